import type { Metadata } from "next";
import { BatchesScreen } from "@/components/batches/batches-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Batch workflows" };

export default async function BatchesPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "runs:read")) return <NoRight what="batch workflows" right="runs:read" />;
  await getQueryClient().prefetchQuery(trpc.batches.read.queryOptions());
  return (
    <Hydrate>
      <BatchesScreen />
    </Hydrate>
  );
}
