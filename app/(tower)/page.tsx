import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { TowerScreen } from "@/components/tower/tower-screen";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Tower" };

export default async function TowerPage() {
  const actor = await getActor();
  // a partner has shipments only
  if (!actor || !allows(actor.role, "tower:read")) redirect("/shipments");
  await getQueryClient().prefetchQuery(trpc.tower.overview.queryOptions());
  return (
    <Hydrate>
      <TowerScreen />
    </Hydrate>
  );
}
