import type { Metadata } from "next";
import { AutomationScreen } from "@/components/automation/automation-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Automation" };

export default async function AutomationPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "exceptions:read")) return <NoRight what="automation" right="exceptions:read" />;
  const client = getQueryClient();
  await Promise.all([
    client.prefetchQuery(trpc.automation.list.queryOptions()),
    client.prefetchQuery(trpc.automation.suggestions.queryOptions()),
  ]);
  return (
    <Hydrate>
      <AutomationScreen />
    </Hydrate>
  );
}
