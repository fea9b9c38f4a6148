"use client";
import { cn } from "@/components/ui/class-names";
import { formatDuration } from "@/components/ui/number";
import type { EventLeg } from "@/core/service-levels/event-legs";
import { LEG_LOOK, LEG_WORD, sharesOf } from "./shares";

type Leg = { leg: EventLeg; ms: number };

/** One bar from zero, a stretch a leg, as long as that leg took of the whole; very short ones are kept visible. */
export function LegsBar({ legs, totalMs, className }: { legs: readonly Leg[]; totalMs: number; className?: string }) {
  const shares = sharesOf(legs);
  return (
    <div
      role="img"
      aria-label={`${formatDuration(totalMs)}: ${legs
        .filter(({ ms }) => ms > 0)
        .map(({ leg, ms }) => `${LEG_WORD[leg]} ${formatDuration(ms)}`)
        .join(", ")}`}
      className={cn("flex h-3 w-full overflow-hidden rounded-sm bg-sunken", className)}
    >
      {shares.map(({ leg, ms, percent }) => (
        <span
          key={leg}
          title={`${LEG_WORD[leg]}: ${formatDuration(ms)}`}
          className={cn("h-full border-surface border-r last:border-r-0", LEG_LOOK[leg])}
          style={{ width: `${percent}%`, minWidth: 3 }}
        />
      ))}
    </div>
  );
}

/** What the colours mean. */
export function LegsKey({ only }: { only?: readonly EventLeg[] }) {
  const legs = only ?? (Object.keys(LEG_WORD) as EventLeg[]);
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-1 text-ink-2 text-xs">
      {legs.map((leg) => (
        <span key={leg} className="inline-flex items-center gap-1">
          <span aria-hidden className={cn("size-2.5 rounded-[2px]", LEG_LOOK[leg])} />
          {LEG_WORD[leg]}
        </span>
      ))}
    </span>
  );
}
