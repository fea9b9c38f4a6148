import type { Metadata } from "next";
import { FeedsScreen } from "@/components/feeds/feeds-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Feeds" };

export default async function FeedsPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "feeds:read")) return <NoRight what="feeds" right="feeds:read" />;
  await getQueryClient().prefetchQuery(trpc.feeds.list.queryOptions());
  return (
    <Hydrate>
      <FeedsScreen />
    </Hydrate>
  );
}
