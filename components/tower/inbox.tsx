import Link from "next/link";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { Part } from "./part";
import type { Overview } from "./types";

/** Messages on their way through the pipeline. */
export function Inbox({ inbox }: { inbox: NonNullable<Overview["inbox"]> }) {
  const { waiting, capped, oldestAt, setAside, workers } = inbox;
  return (
    <Part
      title="Pipeline"
      aside={
        workers === 0 ? (
          <span className="text-broken">no worker runs</span>
        ) : (
          `${workers} ${workers === 1 ? "worker" : "workers"}`
        )
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
    </Part>
  );
}
