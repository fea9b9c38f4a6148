import type { Metadata } from "next";
import { Suspense } from "react";
import { ExceptionsScreen } from "@/components/exceptions/exceptions-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Exceptions" };

export default async function ExceptionsPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "exceptions:read")) return <NoRight what="exceptions" right="exceptions:read" />;
  return (
    <Suspense>
      <ExceptionsScreen />
    </Suspense>
  );
}
