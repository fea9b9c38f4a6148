import type { Metadata } from "next";
import { NoRight } from "@/components/ui/empty-state";
import { WorkersScreen } from "@/components/workers/workers-screen";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Workers" };

export default async function WorkersPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "feeds:read")) return <NoRight what="workers" right="feeds:read" />;
  await getQueryClient().prefetchQuery(trpc.workers.read.queryOptions());
  return (
    <Hydrate>
      <WorkersScreen />
    </Hydrate>
  );
}
