import type { Metadata } from "next";
import { Suspense } from "react";
import { ReconciliationScreen } from "@/components/reconciliation/reconciliation-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Reconciliation" };

export default async function ReconciliationPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "reconciliation:read"))
    return <NoRight what="the reconciliation" right="reconciliation:read" />;
  return (
    <Suspense>
      <ReconciliationScreen />
    </Suspense>
  );
}
