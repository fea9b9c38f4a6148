import type { Metadata } from "next";
import { RoutingScreen } from "@/components/routing/routing-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Routing" };

export default async function RoutingPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "settings:manage")) return <NoRight what="the routing" right="settings:manage" />;
  await getQueryClient().prefetchQuery(trpc.settings.read.queryOptions());
  return (
    <Hydrate>
      <RoutingScreen />
    </Hydrate>
  );
}
