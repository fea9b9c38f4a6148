import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { paceWords } from "./backlog";
import type { Worker, Workers } from "./types";

/** Each worker process as it last told. */
export function WorkerTable({ read: { workers, crews } }: { read: Workers }) {
  return (
    <section className="rounded-lg border border-line bg-surface">
      <h2 className="px-4 pt-3 pb-2 font-semibold text-base">Processes</h2>
      {workers.length === 0 ? (
        <EmptyState title="No worker has been heard of in the last hour" className="py-8">
          What comes in is acknowledged and kept. It goes on as soon as a worker runs.
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keys
        <div tabIndex={0} className="overflow-x-auto">
          <table className="w-full min-w-[720px]" aria-label="Worker processes">
            <thead>
              <tr className="text-left text-ink-3 text-xs">
                <th className="py-1.5 pl-4 font-normal">State</th>
                <th className="py-1.5 font-normal">Process</th>
                <th className="py-1.5 font-normal">Run by</th>
                <th className="py-1.5 font-normal">Since</th>
                <th className="py-1.5 font-normal">Last heard</th>
                <th className="py-1.5 text-right font-normal">Messages</th>
                <th className="py-1.5 text-right font-normal">Pace</th>
                <th className="py-1.5 pr-4 text-right font-normal">Memory</th>
              </tr>
            </thead>
            <tbody>
              {workers.map((worker) => (
                <Row key={worker.process} worker={worker} crews={crews} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ worker, crews }: { worker: Worker; crews: Workers["crews"] }) {
  const ending = crews.some(({ process, wanted }) => process === worker.crew && (worker.slot ?? 0) >= wanted);
  return (
    <tr className="border-line border-t">
      <td className="py-1.5 pl-4">
        {worker.silent ? (
          <Badge tone="broken" shape="cross">
            Silent
          </Badge>
        ) : ending ? (
          <Badge tone="late" shape="clock">
            Ending
          </Badge>
        ) : (
          <Badge tone="ok" shape="check">
            Runs
          </Badge>
        )}
      </td>
      <td className="whitespace-nowrap pr-3">
        {worker.host} <span className="text-ink-3">{worker.pid === null ? "" : `pid ${worker.pid}`}</span>
      </td>
      <td className="whitespace-nowrap pr-3 text-ink-2">{worker.crew === null ? "something else" : "npm start"}</td>
      <td className="pr-3">
        <Time at={worker.startedAt} className="text-ink-2" />
      </td>
      <td className="pr-3">
        <Time at={worker.beatAt} className={worker.silent ? "text-broken" : "text-ink-2"} />
      </td>
      <td className="text-right">{formatCount(worker.advanced)}</td>
      <td className="whitespace-nowrap text-right">{worker.silent ? "–" : paceWords(worker.perSecond)}</td>
      <td className="whitespace-nowrap pr-4 text-right text-ink-2">
        {worker.rssMb === null ? "–" : `${formatCount(worker.rssMb)} MB`}
      </td>
    </tr>
  );
}
