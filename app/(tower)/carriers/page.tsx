import type { Metadata } from "next";
import { Suspense } from "react";
import { CarriersScreen } from "@/components/carriers/carriers-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Carriers" };

export default async function CarriersPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "carriers:read"))
    return <NoRight what="figures of carriers" right="carriers:read" />;
  return (
    <Suspense>
      <CarriersScreen />
    </Suspense>
  );
}
