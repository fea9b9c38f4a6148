"use client";
import { cn } from "@/components/ui/class-names";
import { Mark } from "@/components/ui/mark";
import { Time } from "@/components/ui/time";
import { STAGES, type Stage } from "@/core/shipments/milestones";
import type { FeedName, ShipmentDetail } from "./rows";
import { type StageState, stageStates } from "./stages";
import { STAGE_WORD } from "./words";

/** The ten stages with the time each was reached and who said so; on narrow screens they run down the page. */
export function StageBar({
  state,
  current,
  feeds,
  dense,
}: {
  state: ShipmentDetail["head"]["state"];
  current: string | null;
  feeds: readonly FeedName[];
  dense?: boolean;
}) {
  const stages = stageStates("reached" in state ? state.reached : {}, current);
  const nameOf = (feedId: number | null) => feeds.find((feed) => feed.id === feedId)?.name ?? null;
  return (
    <ol
      aria-label="Stages"
      className={cn(
        "grid gap-y-1",
        dense ? "grid-cols-5 gap-x-1" : "grid-cols-2 gap-x-2 @lg:grid-cols-5 @5xl:grid-cols-10 @5xl:gap-x-1",
      )}
    >
      {stages.map((one) => (
        <li key={one.stage} aria-current={one.stage === current ? "step" : undefined} className="min-w-0">
          <span className="flex h-1.5 items-center">
            <span className={cn("block h-1 w-full rounded-full", LINE[one.state], one.stage === current && "h-1.5")} />
          </span>
          <span
            className={cn(
              "mt-1 flex items-center gap-1 truncate text-xs",
              one.state === "ahead" ? "text-ink-3" : "text-ink",
              one.stage === current && "font-semibold",
            )}
          >
            {one.state === "reached" ? <Mark shape="check" className="size-2.5 text-ok" /> : null}
            {one.state === "inferred" ? <Mark shape="ring" className="size-2.5 text-ink-3" /> : null}
            {one.state === "skipped" ? <Mark shape="dash" className="size-2.5 text-late" /> : null}
            {STAGE_WORD[one.stage]}
          </span>
          <span className="block truncate text-ink-3 text-xs">
            {one.atMs !== null ? (
              <Time at={one.atMs} offsetMinutes={one.offsetMinutes} show={dense ? "relative" : "absolute"} />
            ) : (
              WITHOUT_TIME[one.state]
            )}
          </span>
          {dense ? null : (
            <span className="block truncate text-ink-3 text-xs" title={nameOf(one.feedId) ?? undefined}>
              {nameOf(one.feedId) ?? "\u00a0"}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

const LINE: Readonly<Record<StageState["state"], string>> = {
  reached: "bg-ok",
  inferred: "bg-ok/50",
  skipped: "bg-late/60",
  ahead: "bg-line",
};

const WITHOUT_TIME: Readonly<Record<StageState["state"], string>> = {
  reached: "no time given",
  inferred: "inferred",
  skipped: "not told",
  ahead: "–",
};

/** The stage in a table: ten small steps and the word. */
export function StageSteps({ stage }: { stage: string | null }) {
  const at = stage === null ? -1 : STAGES.indexOf(stage as Stage);
  return (
    <span className="inline-flex items-center gap-2 align-middle">
      <svg viewBox="0 0 49 6" className="h-1.5 w-[49px] shrink-0" aria-hidden>
        {STAGES.map((name, i) => (
          <rect
            key={name}
            x={i * 5}
            y={i === at ? 0 : 1.5}
            width="4"
            height={i === at ? 6 : 3}
            rx="0.5"
            fill={i <= at ? "var(--accent)" : "var(--line)"}
            opacity={i < at ? 0.55 : 1}
          />
        ))}
      </svg>
      {stage === null ? <span className="text-ink-3">No stage</span> : (STAGE_WORD[stage as Stage] ?? stage)}
    </span>
  );
}
