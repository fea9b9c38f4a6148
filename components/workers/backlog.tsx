import { formatCount, formatDuration } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import type { Workers } from "./types";

/** What waits, how fast it goes, and when it is through at that pace. */
export function Backlog({ pipeline }: { pipeline: Workers["pipeline"] }) {
  const { waiting, capped, oldestAt, perSecond } = pipeline;
  return (
    <dl className="mt-3 grid grid-cols-2 gap-3 sm:grid-cols-4">
      <Figure word="Messages waiting">
        {formatCount(waiting)}
        {capped ? "+" : ""}
      </Figure>
      <Figure word="Oldest of them">{oldestAt ? <Time at={oldestAt} /> : "–"}</Figure>
      <Figure word="Through, last half minute">{paceWords(perSecond)}</Figure>
      <Figure word="Done in">{drainWords(pipeline)}</Figure>
    </dl>
  );
}

function Figure({ word, children }: { word: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-ink-3 text-xs">{word}</dt>
      <dd className="font-semibold text-base">{children}</dd>
    </div>
  );
}

/** "120 a second", "3 a minute". */
export function paceWords(perSecond: number): string {
  if (perSecond === 0) return "none";
  if (perSecond >= 1) return `${formatCount(Math.round(perSecond))} a second`;
  return `${formatCount(Math.max(1, Math.round(perSecond * 60)))} a minute`;
}

/** When what waits is through, at the present pace. */
export function drainWords({
  waiting,
  capped,
  drainSeconds,
}: Pick<Workers["pipeline"], "waiting" | "capped" | "drainSeconds">): string {
  if (waiting === 0) return "nothing to do";
  if (drainSeconds === null) return "nothing moves";
  return `${capped ? "more than " : ""}${formatDuration(Math.max(1, drainSeconds) * 1000)}`;
}
