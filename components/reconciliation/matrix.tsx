"use client";
import { cn } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/number";
import { PAIRS, type Pair, type Verdict } from "@/core/reconciliation/aspects";
import { StandingBadge } from "./day-standing";
import type { Day } from "./rows";
import { PAIR_WORD } from "./words";

const OPEN: Verdict[] = ["differs", "missing_left", "missing_right"];

/** Days by pairs of systems; each number opens its rows. Within a day the numbers of the pairs add up to those of the day. */
export function Matrix({
  days,
  day,
  today,
  pair,
  verdict,
  onChoose,
}: {
  days: readonly Day[];
  day: string;
  today: string;
  pair: readonly Pair[];
  verdict: readonly Verdict[];
  onChoose: (day: string, pair: Pair | null, verdict: Verdict[]) => void;
}) {
  const same = (some: readonly Verdict[]) =>
    some.length === verdict.length && some.every((one) => verdict.includes(one));
  const number = (of: Day, column: Pair | null, verdicts: Verdict[], word: string, tone: string) => {
    const cell = column === null ? of.all : of.pairs[column];
    const count = verdicts.reduce((sum, one) => sum + cell[one], 0);
    const here =
      of.day === day &&
      same(verdicts) &&
      (column === null ? pair.length === 0 : pair.length === 1 && pair[0] === column);
    if (count === 0 && !here) return <span className="text-ink-3">0</span>;
    return (
      <button
        type="button"
        aria-pressed={here}
        aria-label={`${formatCount(count)} ${word}, ${column === null ? "all pairs" : PAIR_WORD[column]}, ${of.day}`}
        onClick={() => onChoose(of.day, column, verdicts)}
        className={cn(
          "rounded-sm px-1 hover:bg-sunken hover:underline aria-pressed:bg-selected",
          count > 0 ? tone : "text-ink-3",
        )}
      >
        {formatCount(count)}
      </button>
    );
  };
  return (
    <div className="max-h-60 shrink-0 overflow-auto border-line border-b">
      <table aria-label="Days and pairs of systems" className="w-full min-w-[1280px] text-sm tabular-nums">
        <thead className="sticky top-0 z-10 bg-surface">
          <tr className="text-left text-ink-3 text-xs">
            <th scope="col" className="px-4 py-1.5 font-normal">
              Day
            </th>
            <th scope="col" className="px-2 py-1.5 text-right font-normal">
              Shipments
            </th>
            <th scope="col" className="px-2 py-1.5 font-normal">
              Whole day
            </th>
            {[null, ...PAIRS].map((column) => (
              <th
                key={column ?? "all"}
                scope="col"
                className="whitespace-nowrap border-line border-l px-2 py-1 font-normal"
              >
                {column === null ? "All comparisons" : PAIR_WORD[column]}
                <span className="block">matched / differ / missing</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((of) => (
            <tr key={of.day} className={cn("border-line border-t", of.day === day && "bg-sunken/60")}>
              <th scope="row" className="whitespace-nowrap px-4 py-1 text-left font-normal">
                <button
                  type="button"
                  aria-pressed={of.day === day}
                  onClick={() => onChoose(of.day, null, OPEN)}
                  className={cn("hover:underline", of.day === day && "font-medium")}
                >
                  {of.day}
                </button>
              </th>
              <td className="px-2 py-1 text-right">
                <span title={`${formatCount(of.open)} of them differ in something`}>{formatCount(of.shipments)}</span>
              </td>
              <td className="whitespace-nowrap px-2 py-1">
                <StandingBadge standing={of.standing} today={of.day === today} />
              </td>
              {[null, ...PAIRS].map((column) => (
                <td key={column ?? "all"} className="whitespace-nowrap border-line border-l px-1 py-1">
                  {number(of, column, ["matched"], "matched", "text-ok")}
                  <span className="text-ink-3"> / </span>
                  {number(of, column, ["differs"], "differ", "font-medium text-broken")}
                  <span className="text-ink-3"> / </span>
                  {number(of, column, ["missing_left", "missing_right"], "missing", "font-medium text-late")}
                  {(column === null ? of.all : of.pairs[column]).accepted > 0 ? (
                    <>
                      <span className="text-ink-3"> / </span>
                      {number(of, column, ["accepted"], "accepted", "text-ink-2")}
                    </>
                  ) : null}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
