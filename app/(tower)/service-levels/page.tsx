import type { Metadata } from "next";
import { LevelsScreen } from "@/components/service-levels/levels-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Service levels" };

export default async function ServiceLevelsPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "service_levels:read"))
    return <NoRight what="service levels" right="service_levels:read" />;
  await getQueryClient().prefetchQuery(trpc.serviceLevels.levels.queryOptions());
  return (
    <Hydrate>
      <LevelsScreen />
    </Hydrate>
  );
}
