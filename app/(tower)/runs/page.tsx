import type { Metadata } from "next";
import { Suspense } from "react";
import { RunsScreen } from "@/components/runs/runs-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "runs:read")) return <NoRight what="runs" right="runs:read" />;
  return (
    <Suspense>
      <RunsScreen />
    </Suspense>
  );
}
