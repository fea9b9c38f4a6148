import Link from "next/link";
import { formatCount } from "@/components/ui/number";
import { SeverityBadge } from "@/components/ui/severity";
import { EXCEPTION_SPECS, type ExceptionKind, SEVERITIES } from "@/core/exceptions/kinds";
import { Part } from "./part";
import type { Overview } from "./types";

/** What stands, by severity and by the most frequent kinds. */
export function OpenExceptions({ exceptions }: { exceptions: NonNullable<Overview["exceptions"]> }) {
  const standing = exceptions.reduce((sum, row) => sum + row.count, 0);
  const overdue = exceptions.reduce((sum, row) => sum + row.overdue, 0);
  const byKind = new Map<ExceptionKind, number>();
  for (const row of exceptions) byKind.set(row.kind, (byKind.get(row.kind) ?? 0) + row.count);
  const kinds = [...byKind].toSorted((a, b) => b[1] - a[1]).slice(0, 6);
  const top = kinds[0]?.[1] ?? 1;
  return (
    <Part
      title="Exceptions standing"
      href="/exceptions"
      aside={
        overdue > 0 ? (
          <Link href="/exceptions?view=list&overdue=true" className="text-broken underline-offset-2 hover:underline">
            {formatCount(overdue)} overdue
          </Link>
        ) : (
          "none overdue"
        )
      }
    >
      {standing === 0 ? (
        <p className="px-4 pb-4 text-ink-2">Nothing stands. New ones appear here by themselves.</p>
      ) : null}
      <table className="w-full">
        <thead className="sr-only">
          <tr>
            <th>Severity</th>
            <th>Standing</th>
            <th>Nobody has seen</th>
          </tr>
        </thead>
        <tbody>
          {SEVERITIES.map((severity) => {
            const rows = exceptions.filter((row) => row.severity === severity);
            const count = rows.reduce((sum, row) => sum + row.count, 0);
            const open = rows.reduce((sum, row) => sum + row.open, 0);
            return (
              <tr key={severity} className="hover:bg-sunken">
                <td className="py-1 pl-4">
                  <SeverityBadge severity={severity} />
                </td>
                <td className="py-1 text-right font-semibold text-base">
                  <Link
                    href={`/exceptions?view=list&severity=${severity}`}
                    className="underline-offset-2 hover:underline"
                  >
                    {formatCount(count)}
                  </Link>
                </td>
                <td className="w-32 py-1 pr-4 text-right text-ink-3 text-xs">
                  {open > 0 ? (
                    <Link
                      href={`/exceptions?view=list&severity=${severity}&state=open`}
                      className="underline-offset-2 hover:underline"
                    >
                      {formatCount(open)} untouched
                    </Link>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {kinds.length > 0 ? (
        <ol className="mt-1 flex flex-col border-line border-t py-2">
          {kinds.map(([kind, count]) => (
            <li key={kind}>
              <Link
                href={`/exceptions?view=groups&kind=${kind}`}
                className="relative flex items-center justify-between gap-3 px-4 py-1 hover:bg-sunken"
              >
                <span className="truncate">{EXCEPTION_SPECS[kind].label}</span>
                <span className="flex shrink-0 items-center gap-2">
                  <span className="h-1.5 w-20" aria-hidden>
                    <span
                      className="block h-full rounded-full bg-chart-count"
                      style={{ width: `${Math.max(3, (count / top) * 100)}%` }}
                    />
                  </span>
                  <span className="w-12 text-right">{formatCount(count)}</span>
                </span>
              </Link>
            </li>
          ))}
        </ol>
      ) : null}
    </Part>
  );
}
