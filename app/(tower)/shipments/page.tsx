import type { Metadata } from "next";
import { Suspense } from "react";
import { ShipmentsScreen } from "@/components/shipments/shipments-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Shipments" };

export default async function ShipmentsPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "shipments:read")) return <NoRight what="shipments" right="shipments:read" />;
  return (
    <Suspense>
      <ShipmentsScreen />
    </Suspense>
  );
}
