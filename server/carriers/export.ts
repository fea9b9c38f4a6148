import { type CarrierQuestion, daysOfRange } from "@/core/carriers/filter";
import { KPI_SPECS } from "@/core/carriers/kpis";
import { csvRow } from "@/core/csv-row";
import { fromMinor } from "@/core/money";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { readScores } from "./read";

const HEAD = [
  "by",
  "value",
  "kpi",
  "basis",
  "from",
  "to",
  "unit",
  "figure",
  "p90_or_p95",
  "currency",
  "numerator",
  "denominator",
  "low_95",
  "high_95",
  "below_minimum",
  "figure_before",
  "denominator_before",
  "why_none",
];

/** Gives all figures of a question as CSV, a line a carrier (or service, lane, warehouse) and figure, and records that somebody took them. */
export async function exportScores(
  ctx: Context,
  actor: Actor,
  question: CarrierQuestion,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "carriers:read");
  await recordAudit(ctx, ctx.sql, actor, { action: "carriers.export", subject: "carriers", after: { ...question } });
  const days = daysOfRange(question.range, ctx.now().getTime());
  // every group: a file is no screen
  const { groups } = await readScores(ctx, { ...question, days }, Number.POSITIVE_INFINITY);
  return (async function* () {
    yield csvRow(HEAD);
    for (const group of groups) {
      const lines = group.figures.map((figure, at) => {
        const { kpi, currency } = figure;
        const { unit } = KPI_SPECS[kpi];
        const before = group.before[at];
        const said = (value: number | null | undefined, of: string | null | undefined) =>
          value == null ? null : unit === "money" ? fromMinor(value, of ?? "") : value;
        return csvRow([
          question.by,
          group.word,
          kpi,
          kpi === "on_time_delivery" ? question.basis : null,
          days.from,
          days.to,
          unit === "duration" ? "ms" : unit,
          said(figure.value, currency),
          figure.high,
          currency,
          said(figure.numerator, currency),
          figure.denominator,
          figure.interval?.[0] ?? null,
          figure.interval?.[1] ?? null,
          figure.few,
          said(before?.value, before?.currency),
          before?.denominator ?? null,
          figure.why,
        ]);
      });
      yield lines.join("");
    }
  })();
}
