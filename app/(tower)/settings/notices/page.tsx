import type { Metadata } from "next";
import { NoticesScreen } from "@/components/notices/notices-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Notifications" };

export default async function NoticesPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "settings:manage")) return <NoRight what="notifications" right="settings:manage" />;
  await getQueryClient().prefetchQuery(trpc.notices.read.queryOptions());
  return (
    <Hydrate>
      <NoticesScreen />
    </Hydrate>
  );
}
