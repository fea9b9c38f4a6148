import type { Metadata } from "next";
import { SettingsScreen } from "@/components/settings/settings-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Thresholds" };

export default async function ThresholdsPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "service_levels:read"))
    return <NoRight what="thresholds" right="service_levels:read" />;
  await getQueryClient().prefetchQuery(trpc.settings.read.queryOptions());
  return (
    <Hydrate>
      <SettingsScreen />
    </Hydrate>
  );
}
