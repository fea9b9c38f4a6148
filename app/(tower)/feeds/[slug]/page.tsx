import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { FeedPage } from "@/components/feeds/feed-page";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { feedSlug } from "@/core/feeds/feed-input";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Feed" };

export default async function Page({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  if (!feedSlug.safeParse(slug).success) notFound();
  const actor = await getActor();
  if (!actor || !allows(actor.role, "feeds:read")) return <NoRight what="feeds" right="feeds:read" />;
  await getQueryClient().prefetchQuery(trpc.feeds.get.queryOptions({ slug }));
  return (
    <Hydrate>
      <Suspense>
        <FeedPage slug={slug} />
      </Suspense>
    </Hydrate>
  );
}
