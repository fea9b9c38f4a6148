import Link from "next/link";
import { RUN_STATE_LOOK } from "@/components/runs/words";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Time } from "@/components/ui/time";
import type { BatchState } from "@/core/batches/words";
import type { BatchRun, Standing } from "./types";

/** One batch workflow: schedule, next and last run, its history, and running it now. */
export function BatchCard({
  title,
  what,
  standing,
  more,
  run,
  onChange,
}: {
  title: string;
  what: string;
  standing: Standing;
  more: { href: string; word: string };
  run: { word: string; busy: boolean; act: () => void } | null;
  onChange: (() => void) | null;
}) {
  const { words, nextAt, lastAt, open, refusal, runs } = standing;
  return (
    <section aria-label={title} className="min-w-0 rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 pt-3">
        <div className="min-w-0 flex-1 basis-56">
          <h2 className="font-semibold text-base">{title}</h2>
          <p className="text-ink-2">
            {what}{" "}
            <Link href={more.href} className="text-accent underline-offset-2 hover:underline">
              {more.word}
            </Link>
          </p>
        </div>
        <span className="flex flex-wrap gap-2">
          {onChange ? <Button onClick={onChange}>Schedule</Button> : null}
          {run ? (
            <Button
              variant="primary"
              busy={run.busy}
              disabled={refusal !== null || open !== null}
              title={refusal ?? undefined}
              onClick={run.act}
            >
              {run.word}
            </Button>
          ) : null}
        </span>
      </header>
      <dl className="grid gap-x-4 gap-y-2 px-4 py-3 sm:grid-cols-[3fr_3fr_2fr]">
        <Figure word="Schedule">{words}</Figure>
        <Figure word="Next">
          {open ? (
            <Link href={`/runs/${open}`} className="text-accent underline-offset-2 hover:underline">
              runs now
            </Link>
          ) : nextAt ? (
            <>
              <Time at={nextAt} show="absolute" />{" "}
              <span className="whitespace-nowrap font-normal text-ink-3">
                (<Time at={nextAt} />)
              </span>
            </>
          ) : words === "continuous" || words === "real-time" ? (
            "all the time"
          ) : (
            "–"
          )}
        </Figure>
        <Figure word="Last">{lastAt ? <Time at={lastAt} /> : "never yet"}</Figure>
      </dl>
      {refusal ? <p className="px-4 pb-3 text-ink-2">{refusal}</p> : null}
      {runs.length === 0 ? (
        <p className="border-line border-t px-4 py-3 text-ink-3">
          {words === "continuous"
            ? "It runs all the time; a run by hand or by a schedule is listed here."
            : "No run yet."}
        </p>
      ) : (
        <ul aria-label={`Last runs of ${title.toLowerCase()}`}>
          {runs.map((one) => (
            <Row key={one.id} run={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Figure({ word, children }: { word: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-ink-3 text-xs">{word}</dt>
      <dd className="break-words font-medium">{children}</dd>
    </div>
  );
}

const LATE = { word: "Late", tone: "late", shape: "clock" } as const;
const lookOf = (state: BatchState) => (state === "late" ? LATE : RUN_STATE_LOOK[state]);

function Row({ run }: { run: BatchRun }) {
  const look = lookOf(run.state);
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-line border-t px-4 py-1.5">
      <span className="w-24 shrink-0">
        <Badge tone={look.tone} shape={look.shape}>
          {look.word}
        </Badge>
      </span>
      <Link href={run.href} className="min-w-0 flex-1 basis-56 underline-offset-2 hover:underline">
        {run.words}
      </Link>
      <span className="text-ink-3 text-xs">
        {run.by ?? "by its schedule"}, <Time at={run.at} show="absolute" />
      </span>
    </li>
  );
}
