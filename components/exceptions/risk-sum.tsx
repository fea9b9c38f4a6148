"use client";
import { formatMoney } from "@/components/ui/money";
import { formatCount } from "@/components/ui/number";
import { type ExceptionCell, type ExceptionFilter, riskOf } from "@/core/exceptions/filter";

/** The money at risk of all that the filter lets through, a sum a currency, and how many have no known value. */
export function RiskSum({
  cells,
  filter,
  me,
}: {
  cells: readonly ExceptionCell[];
  filter: ExceptionFilter;
  me: string | null;
}) {
  const { sums, unknown } = riskOf(cells, filter, me);
  if (sums.length === 0) return null;
  return (
    <p
      className="ml-auto self-center whitespace-nowrap px-2 text-ink-2 text-xs tabular-nums"
      title={unknown > 0 ? `The value of the order is not known for ${formatCount(unknown)} of them.` : undefined}
    >
      <span className="font-medium text-ink">
        {sums.map((sum) => formatMoney(sum.riskMinor, sum.currency)).join(" + ")}
      </span>{" "}
      at risk{unknown > 0 ? ` · ${formatCount(unknown)} of unknown value` : ""}
    </p>
  );
}
