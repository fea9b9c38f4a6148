import type { Metadata } from "next";
import { LookupScreen } from "@/components/lookup/lookup-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Lookup" };

export default async function LookupPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "lookup:read")) return <NoRight what="the lookup desk" right="lookup:read" />;
  return <LookupScreen />;
}
