import type { Metadata } from "next";
import { Suspense } from "react";
import { PostingsScreen } from "@/components/postings/postings-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Postings" };

export default async function PostingsPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "postings:read")) return <NoRight what="postings" right="postings:read" />;
  return (
    <Suspense>
      <PostingsScreen />
    </Suspense>
  );
}
