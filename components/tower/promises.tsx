import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { formatCount } from "@/components/ui/number";
import { spanOf, Time } from "@/components/ui/time";
import { Part } from "./part";
import type { Overview } from "./types";

/** Promises that have passed, and those that the carrier's own estimate will miss. */
export function Promises({ promises }: { promises: NonNullable<Overview["promises"]> }) {
  const { late, atRisk, dueToday, rows } = promises;
  return (
    <Part title="Promises" href="/shipments?late=true" aside={`${formatCount(dueToday)} due within 24 h`}>
      <dl className="grid grid-cols-2 border-line border-b">
        <div className="px-4 pb-3">
          <dt>
            <Badge tone={late > 0 ? "broken" : "ok"} shape={late > 0 ? "cross" : "check"}>
              Late
            </Badge>
          </dt>
          <dd className="font-semibold text-xl">
            <Link href="/shipments?late=true" className="underline-offset-2 hover:underline">
              {formatCount(late)}
            </Link>
          </dd>
        </div>
        <div className="border-line border-l px-4 pb-3">
          <dt>
            <Badge tone={atRisk > 0 ? "late" : "ok"} shape={atRisk > 0 ? "clock" : "check"}>
              At risk, due in 7 days
            </Badge>
          </dt>
          <dd className="font-semibold text-xl">
            <a href="#at-risk" className="underline-offset-2 hover:underline">
              {formatCount(atRisk)}
            </a>
          </dd>
        </div>
      </dl>
      {rows.length === 0 ? (
        <p className="px-4 py-3 text-ink-2">No estimate lies after its promise.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keys
        <div id="at-risk" tabIndex={0} className="max-h-64 min-h-0 flex-1 overflow-y-auto">
          <table className="w-full">
            <caption className="sr-only">
              Shipments whose estimate lies after the promise, the first promise first
            </caption>
            <thead>
              <tr className="text-left text-ink-3 text-xs">
                <th className="py-1 pl-4 font-normal">Shipment</th>
                <th className="py-1 font-normal">Carrier</th>
                <th className="py-1 text-right font-normal">Promised</th>
                <th className="py-1 pr-4 text-right font-normal">Estimate</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id} className="border-line border-t hover:bg-sunken">
                  <td className="py-1 pl-4">
                    <Link
                      href={`/shipments/${row.id}`}
                      className="font-mono text-[12px] underline-offset-2 hover:underline"
                    >
                      {row.name}
                    </Link>
                  </td>
                  <td className="py-1 text-ink-2">{row.carrier}</td>
                  <td className="py-1 text-right">
                    <Time at={row.promisedAt} />
                  </td>
                  <td className="py-1 pr-4 text-right text-late">
                    {row.etaAt ? `${spanOf(row.etaAt.getTime() - row.promisedAt.getTime()) ?? "moments"} late` : "–"}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {atRisk > rows.length ? (
            <p className="px-4 py-2 text-ink-3 text-xs">
              The first {rows.length} of {formatCount(atRisk)}.
            </p>
          ) : null}
        </div>
      )}
    </Part>
  );
}
