"use client";
import { clockTime, useNow, useZone } from "@/components/ui/time";
import { HOLD_WORD } from "@/core/postings/hold-words";
import type { HoldReason } from "@/core/postings/kinds";

/** Why a posting waits, and when that ends where a clock ends it: "next window 18:00". */
export function HoldWords({ row }: { row: { heldBecause: HoldReason | null; dueAt: Date } }) {
  const zone = useZone();
  const now = useNow();
  const because = row.heldBecause;
  if (because === null) return null;
  const { word } = HOLD_WORD[because];
  if (because !== "window" && because !== "interval") return word;
  const next = because === "window" ? "next window" : "next batch";
  return `${word}, ${next} ${clockTime(row.dueAt.getTime(), now, zone)}`;
}
