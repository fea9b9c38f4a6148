import type { Metadata } from "next";
import { PhasesScreen } from "@/components/phases/phases-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Phases" };

export default async function PhasesPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "settings:manage")) return <NoRight what="phases" right="settings:manage" />;
  await getQueryClient().prefetchQuery(trpc.phases.read.queryOptions());
  return (
    <Hydrate>
      <PhasesScreen />
    </Hydrate>
  );
}
