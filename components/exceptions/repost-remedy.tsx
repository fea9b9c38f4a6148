"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { RepostOneDialog } from "@/components/postings/repost-dialog";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/side-panel";
import type { ExceptionDetail } from "./rows";
import { sentence } from "./words";

/** Posts again what Odoo did not take, after Odoo was asked what it holds. */
export function RepostRemedy({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const mayRepost = useMay("postings:repost");
  const explained = useQuery(trpc.exceptions.explain.queryOptions({ id: exception.id }));
  const [posting, setPosting] = useState<string | null>(null);
  // the newest of its kind: an older one would bring back a value that was replaced
  const about = explained.data?.postings
    .filter((p) => (exception.postingKey ? p.key === exception.postingKey : p.kind === "tracking_number"))
    .slice(0, 1);
  if (!mayRepost || !about || about.length === 0) return null;
  return (
    <Section title="Post it again">
      <div className="flex flex-wrap items-center gap-2">
        {about.map((p) => (
          <Button key={p.id} variant="primary" onClick={() => setPosting(p.id)}>
            Look in Odoo and repost: {sentence(p.kind).toLowerCase()}
          </Button>
        ))}
        <span className="text-ink-3 text-xs">Nothing is sent before you have seen what Odoo holds.</span>
      </div>
      {posting ? <RepostOneDialog id={posting} onClose={() => setPosting(null)} /> : null}
    </Section>
  );
}
