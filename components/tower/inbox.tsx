import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { drainWords, paceWords } from "@/components/workers/backlog";
import { Part } from "./part";
import type { Overview } from "./types";

const TONE = { ok: "", late: "text-late", broken: "text-broken" } as const;

/** Messages on their way through the pipeline; a backlog tells how fast it goes and when it is through. */
export function Inbox({ inbox }: { inbox: NonNullable<Overview["inbox"]> }) {
  const { waiting, capped, oldestAt, setAside, workers, perSecond, backlog, flow, words } = inbox;
  return (
    <Part
      title="Pipeline"
      href="/settings/workers"
      aside={
        <span className={TONE[flow]} title={words}>
          {workers === 0 ? "no worker runs" : `${workers} ${workers === 1 ? "worker" : "workers"}`}
          {flow === "late" ? ": not all as wanted" : ""}
        </span>
      }
    >
      <dl className="grid grid-cols-3 gap-2 px-4 pb-3">
        <div>
          <dt className="text-ink-3 text-xs">Messages waiting</dt>
          <dd className="font-semibold text-base">
            <Link href="/feeds" className="underline-offset-2 hover:underline">
              {formatCount(waiting)}
              {capped ? "+" : ""}
            </Link>
          </dd>
        </div>
        <div>
          <dt className="text-ink-3 text-xs">Oldest of them</dt>
          <dd className="font-semibold text-base">{oldestAt ? <Time at={oldestAt} /> : "–"}</dd>
        </div>
        <div>
          <dt className="text-ink-3 text-xs">Set aside</dt>
          <dd className="font-semibold text-base">
            <Link href="/exceptions?view=list&kind=our_fault" className="underline-offset-2 hover:underline">
              {formatCount(setAside)}
            </Link>
          </dd>
        </div>
      </dl>
      {backlog ? (
        <p className={cn("px-4 pb-3", perSecond > 0 ? "text-ink-2" : "text-broken")} role="status">
          {perSecond > 0
            ? `A backlog: ${paceWords(perSecond)} are through, done in ${drainWords(inbox)}.`
            : "A backlog, and nothing moves."}{" "}
          <Link href="/settings/workers" className="text-accent underline-offset-2 hover:underline">
            Workers
          </Link>
        </p>
      ) : null}
    </Part>
  );
}
