"use client";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import type { ExceptionRow } from "./rows";

/** When a snoozed one comes back: at a time, after so many more, or when it escalates. */
export function WakesWhen({
  exception,
}: {
  exception: Pick<ExceptionRow, "snoozedUntil" | "wakesAfter" | "wakesEscalating" | "withCause">;
}) {
  const { snoozedUntil, wakesAfter, wakesEscalating, withCause } = exception;
  const title = withCause ? "Snoozed with its whole cause" : undefined;
  if (wakesAfter !== null)
    return (
      <span className="text-snoozed" title={title}>
        after {formatCount(wakesAfter)} more
      </span>
    );
  if (wakesEscalating)
    return (
      <span className="text-snoozed" title={title}>
        escalating
      </span>
    );
  return snoozedUntil ? <Time at={snoozedUntil} className="text-snoozed" /> : <span className="text-ink-3">–</span>;
}
