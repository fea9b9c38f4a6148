import type { Metadata } from "next";
import { Suspense } from "react";
import { FreightScreen } from "@/components/freight/freight-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Freight" };

export default async function FreightPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "freight:read")) return <NoRight what="freight bills" right="freight:read" />;
  return (
    <Suspense>
      <FreightScreen />
    </Suspense>
  );
}
