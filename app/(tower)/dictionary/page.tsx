import type { Metadata } from "next";
import { Suspense } from "react";
import { DictionaryScreen } from "@/components/dictionary/dictionary-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Dictionary" };

export default async function DictionaryPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "shipments:read")) return <NoRight what="the dictionary" right="shipments:read" />;
  await getQueryClient().prefetchQuery(trpc.dictionary.read.queryOptions());
  return (
    <Hydrate>
      <Suspense>
        <DictionaryScreen />
      </Suspense>
    </Hydrate>
  );
}
