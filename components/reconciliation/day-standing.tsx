"use client";
import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import type { Day } from "./rows";
import { STANDING_LOOK } from "./words";

/** How far the comparison of a whole day is, with the reason in its title; it leads to the run. */
export function StandingBadge({ standing, today }: { standing: Day["standing"]; today: boolean }) {
  if (standing.state === "never" && today) return <span className="text-ink-3">as it changes</span>;
  const look = STANDING_LOOK[standing.state];
  const badge = (
    <Badge tone={look.tone} shape={look.shape} title={standing.why ?? undefined}>
      {look.word}
    </Badge>
  );
  if (standing.runId === null) return badge;
  return (
    <Link href={`/runs/${standing.runId}`} className="hover:underline">
      {badge}
    </Link>
  );
}

/** One line about a day that is not, or not yet, compared as a whole; nothing where it is. */
export function StandingLine({ day, today }: { day: Day; today: string }) {
  const { state, why, wait, runId } = day.standing;
  if (state === "compared" || runId === null) return null;
  const name = day.day === today ? "Today" : day.day;
  const words = {
    running: `${name} is being compared.`,
    paused: `The comparison of ${name} is paused.`,
    waiting: `${name} is not compared yet; it goes on by itself. ${why}.`,
    part: `${name} is compared in part: ${why}.`,
    failed: `${name} is not compared: ${why}.`,
    cancelled: `${name} is not compared as a whole: its run was cancelled.`,
    never: "",
  }[state];
  return (
    <p role="status" className="flex flex-wrap gap-x-2 border-line border-b bg-sunken/60 px-4 py-1.5 text-ink-2">
      <span className="min-w-0 break-words">{words}</span>
      {wait ? <span className="text-ink-3">Tried {wait.tries} times.</span> : null}
      <Link href={`/runs/${runId}`} className="text-accent underline-offset-2 hover:underline">
        See the run
      </Link>
    </p>
  );
}

/** In place of the rows of a day that has none. */
export function NoRows({ day }: { day: Day }) {
  const { state } = day.standing;
  if (state === "compared")
    return <EmptyState title={`Nothing was to be compared on ${day.day}`}>No shipment changed on this day.</EmptyState>;
  if (state === "running" || state === "waiting" || state === "paused")
    return <EmptyState title={`${day.day} has no results yet`}>They appear here as its run goes on.</EmptyState>;
  return (
    <EmptyState title={`${day.day} was not compared`}>
      With the button above it is compared now: what changed last on that day, as it stands in Odoo today.
    </EmptyState>
  );
}
