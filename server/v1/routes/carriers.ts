import { z } from "zod";
import type { Figure } from "@/core/carriers/figures";
import { type Days, dayAt, daysSchema } from "@/core/carriers/filter";
import { BASES, KPI_SPECS, KPIS, MINIMUM } from "@/core/carriers/kpis";
import { DIMENSIONS } from "@/core/carriers/measures";
import { readScores } from "../../carriers/read";
import { AppError, sentenceOfZod } from "../../errors";
import { route } from "../route";
import { listOf } from "../shapes";

/** From the first of so many days to the last, when nobody says which. */
const SPAN_MS = 90 * 86_400_000;

const figureShape = z.object({
  kpi: z.enum(KPIS),
  unit: z.enum(["share", "duration", "money"]),
  value: z.number().nullable().meta({ description: "A share from 0 to 1, milliseconds (p50), or minor units" }),
  high: z.number().nullable().meta({ description: "Of durations: p90 of the transit, p95 of the latency" }),
  currency: z.string().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable().meta({ description: "Wilson's, for 95 %" }),
  belowMinimum: z.boolean().meta({ description: `Fewer than ${MINIMUM}: nothing should be concluded` }),
  why: z.string().nullable().meta({ description: "Why there is no value" }),
  note: z.string().nullable(),
  before: z.object({ value: z.number().nullable(), denominator: z.number() }),
});

const scoreShape = z
  .object({
    group: z.string().meta({ description: "The carrier, service, lane or warehouse; - where it is not known" }),
    from: z.string(),
    to: z.string(),
    shipments: z.int().meta({ description: "Handed over in these days" }),
    figures: z.array(figureShape),
  })
  .meta({ id: "CarrierScore" });

/** Values joined by commas. */
const named = z
  .string()
  .max(2000)
  .transform((text) => [...new Set(text.split(",").filter(Boolean))])
  .pipe(z.array(z.string().max(200)).max(50))
  .default([])
  .meta({ description: "One or several, joined by commas" });

function daysIn(query: { from?: string; to?: string }, nowMs: number): Days {
  const to = query.to ?? dayAt(nowMs);
  const from = query.from ?? dayAt(Date.parse(to) - SPAN_MS);
  const parsed = daysSchema.safeParse({ from, to });
  if (!parsed.success) throw new AppError("invalid", sentenceOfZod(parsed.error));
  return parsed.data;
}

function answer(figure: Figure, before: Figure | undefined): z.input<typeof figureShape> {
  const { few, ...rest } = figure;
  return {
    ...rest,
    unit: KPI_SPECS[figure.kpi].unit,
    belowMinimum: few,
    before: { value: before?.value ?? null, denominator: before?.denominator ?? 0 },
  };
}

export const carrierRoutes = [
  route({
    method: "GET",
    path: "/carriers/kpis",
    right: "carriers:read",
    summary:
      "Figures of carriers with what each is made of, and of as many days before; the most shipments first, at most 200",
    query: z.object({
      from: z.iso.date().optional().meta({ description: "Day of UTC; the last 91 days if not given" }),
      to: z.iso.date().optional().meta({ description: "Day of UTC, included; today if not given" }),
      carrier: named,
      service: named,
      lane: named,
      warehouse: named,
      groupBy: z.enum(DIMENSIONS).default("carrier"),
      basis: z.enum(BASES).default("delivered").meta({ description: "What on-time delivery is measured by" }),
    }),
    output: listOf(scoreShape),
    handle: async ({ ctx }, { query }) => {
      const { carrier, service, lane, warehouse, groupBy, basis } = query;
      const days = daysIn(query, ctx.now().getTime());
      const { groups } = await readScores(ctx, { carrier, service, lane, warehouse, by: groupBy, basis, days });
      const items = groups.map(({ word, shipments, figures, before }) => ({
        group: word,
        ...days,
        shipments,
        figures: figures.map((figure, at) => answer(figure, before[at])),
      }));
      return { items, nextCursor: null };
    },
  }),
];
