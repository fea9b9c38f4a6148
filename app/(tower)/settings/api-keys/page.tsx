import type { Metadata } from "next";
import { ApiKeysScreen } from "@/components/api-keys/api-keys-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "API keys" };

export default async function ApiKeysPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "api_keys:manage")) return <NoRight what="API keys" right="api_keys:manage" />;
  await getQueryClient().prefetchQuery(trpc.apiKeys.list.queryOptions());
  return (
    <Hydrate>
      <ApiKeysScreen />
    </Hydrate>
  );
}
