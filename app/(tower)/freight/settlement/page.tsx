import type { Metadata } from "next";
import { Suspense } from "react";
import { SettlementScreen } from "@/components/freight/settlement-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Freight settlement" };

export default async function SettlementPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "freight:read")) return <NoRight what="freight settlement" right="freight:read" />;
  return (
    <Suspense>
      <SettlementScreen />
    </Suspense>
  );
}
