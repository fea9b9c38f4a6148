import type { Metadata } from "next";
import { OwnershipScreen } from "@/components/settings/ownership-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Ownership" };

export default async function OwnershipPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "service_levels:read"))
    return <NoRight what="the ownership of fields" right="service_levels:read" />;
  await getQueryClient().prefetchQuery(trpc.settings.read.queryOptions());
  return (
    <Hydrate>
      <OwnershipScreen />
    </Hydrate>
  );
}
