"use client";
import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import { FLOW_SHAPE, FLOW_TONE, FLOW_WORD, type Flow } from "@/components/ui/flow";
import { Mark } from "@/components/ui/mark";
import { Tooltip } from "@/components/ui/tooltip";
import type { Right } from "@/core/access/rights";
import { useConnection } from "./live";
import { usePulse } from "./pulse";
import { useMay } from "./viewer";

/** Two lamps and the line to the server, each with a shape, a word and the reason on hover. */
export function Lamps() {
  const pulse = usePulse();
  return (
    <div className="flex items-center gap-1">
      <Lamp word="Odoo" right="odoo:read" href="/settings/odoo" lamp={pulse?.odoo} />
      <Lamp word="Feeds" right="feeds:read" href="/feeds" lamp={pulse?.feeds} />
      <Line />
    </div>
  );
}

function Lamp({
  word,
  right,
  href,
  lamp,
}: {
  word: string;
  right: Right;
  href: string;
  lamp: { flow: Flow; words: string } | undefined;
}) {
  const may = useMay(right);
  if (!lamp || !may) return null;
  return (
    <Tooltip content={lamp.words} side="bottom">
      <Link
        href={href}
        aria-label={`${word}: ${FLOW_WORD[lamp.flow]}. ${lamp.words}`}
        className={cn("flex h-7 items-center gap-1.5 rounded-md px-2 text-xs hover:bg-sunken", FLOW_TONE[lamp.flow])}
      >
        <Mark shape={FLOW_SHAPE[lamp.flow]} />
        <span className="text-ink-2 max-sm:sr-only">{word}</span>
      </Link>
    </Tooltip>
  );
}

function Line() {
  const connection = useConnection();
  if (connection === "live") {
    return (
      <Tooltip content="Live: changes arrive by themselves" side="bottom">
        <span className="flex h-7 items-center gap-1.5 px-2 text-ok text-xs">
          <Mark shape="dot" className="size-2" />
          <span className="text-ink-3 max-md:sr-only">Live</span>
        </span>
      </Tooltip>
    );
  }
  return (
    <span
      role="status"
      className={cn("flex h-7 items-center gap-1.5 px-2 text-xs", connection === "lost" ? "text-broken" : "text-ink-3")}
    >
      <Mark shape={connection === "lost" ? "cross" : "clock"} />
      <span className="max-sm:sr-only">{connection === "lost" ? "Not live, connecting again" : "Connecting"}</span>
    </span>
  );
}
