import type { Metadata } from "next";
import { NewFeed } from "@/components/feeds/new-feed";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "New feed" };

export default async function NewFeedPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "feeds:manage")) return <NoRight what="the making of feeds" right="feeds:manage" />;
  return <NewFeed />;
}
