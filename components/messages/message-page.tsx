"use client";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { useTRPC } from "@/components/providers";
import { Identifier } from "@/components/ui/identifier";
import { Inspector } from "./inspector";

/** The inspector as a page of its own, for links. */
export function MessagePage({ id }: { id: string }) {
  const trpc = useTRPC();
  const got = useQuery(trpc.messages.inspect.queryOptions({ id }));
  const feed = got.data?.feed;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
      <header className="border-line border-b px-4 pt-3 pb-3">
        <Link
          href={feed ? `/feeds/${feed.slug}?tab=messages` : "/feeds"}
          className="inline-flex items-center gap-1 text-ink-3 text-xs hover:text-ink"
        >
          <ArrowLeft className="size-3" aria-hidden />
          {feed ? feed.name : "Feeds"}
        </Link>
        <h1 className="flex flex-wrap items-baseline gap-x-3 font-semibold text-xl tracking-tight">
          Message
          <Identifier value={id} max={40} className="font-normal" />
        </h1>
      </header>
      <div className="max-w-[1100px]">
        <Inspector id={id} />
      </div>
    </div>
  );
}
