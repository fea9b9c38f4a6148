import { z } from "zod";
import { keysetCursor, readKeyset } from "@/core/keyset";
import { ASPECTS, PAIRS, VERDICTS, verdictsIn } from "@/core/reconciliation/aspects";
import { CAUSES } from "@/core/reconciliation/cause";
import { readinessFilter, reconciliationFilter } from "@/core/reconciliation/filter";
import { READINESS_LISTS } from "@/core/reconciliation/readiness";
import { readMatrix, readReadiness, readRows } from "../../reconciliation/read";
import { limitSchema, route, words } from "../route";
import { listOf, readinessShape, reconciliationDayShape, reconciliationRowShape } from "../shapes";

const day = z.iso.date();

export const reconciliationRoutes = [
  route({
    method: "GET",
    path: "/reconciliation",
    right: "reconciliation:read",
    summary:
      "Days with their comparisons counted by pair of systems, newest first; counts of pairs add up to those of the day",
    query: z.object({
      to: day.optional(),
      days: z.coerce.number().int().min(1).max(60).default(14),
      aspect: words(ASPECTS),
    }),
    output: z.object({ items: z.array(reconciliationDayShape) }),
    handle: async ({ ctx }, { query: { to, days, aspect } }) => {
      const { days: items } = await readMatrix(ctx, { days, to, aspect, connection: [] });
      return { items };
    },
  }),
  route({
    method: "GET",
    path: "/reconciliation/{day}/rows",
    right: "reconciliation:read",
    summary:
      "Shipments compared on a day, with verdicts and, where they differ, the values of each system and the cause",
    params: z.object({ day }),
    query: z.object({
      pair: words(PAIRS),
      aspect: words(ASPECTS),
      verdict: words(VERDICTS),
      cause: words(CAUSES),
      posted: z
        .enum(["true", "false"])
        .default("false")
        .transform((said) => said === "true")
        .meta({ description: "Only what differs though all that was posted of it succeeded" }),
      limit: limitSchema,
      cursor: z.uuid().optional(),
    }),
    output: listOf(reconciliationRowShape),
    handle: async ({ ctx }, { params, query: { limit, cursor, ...filter } }) => {
      const page = await readRows(ctx, {
        filter: reconciliationFilter.parse({ ...filter, day: params.day }),
        cursor,
        limit,
      });
      const items = page.items.map((row) => ({
        day: row.day,
        shipmentId: row.known ? row.id : null,
        name: row.name,
        connection: row.connection,
        pickingId: row.pickingId,
        compared: verdictsIn(row.letters),
        differences: (row.differences ?? []).map(({ aspect, said, cause, why, by }) => ({
          aspect,
          said: {
            carrier: said.carrier ?? null,
            warehouse: said.warehouse ?? null,
            waypost: said.waypost ?? null,
            odoo: said.odoo ?? null,
          },
          cause,
          why,
          changedBy: by?.name ?? null,
          changedAt: by?.atMs == null ? null : new Date(by.atMs).toISOString(),
        })),
        comparedAt: row.comparedAt.toISOString(),
      }));
      return { items, nextCursor: page.nextCursor };
    },
  }),
  route({
    method: "GET",
    path: "/reconciliation/readiness/{list}",
    right: "reconciliation:read",
    summary: "Shipments on a readiness list, longest standing first, with their products",
    params: z.object({ list: z.enum(READINESS_LISTS) }),
    query: z.object({ limit: limitSchema, cursor: keysetCursor.optional() }),
    output: listOf(readinessShape),
    handle: async ({ ctx }, { params: { list }, query: { limit, cursor } }) => {
      const page = await readReadiness(ctx, {
        filter: readinessFilter.parse({ list }),
        after: readKeyset(cursor),
        limit,
      });
      const items = page.items.map(({ id, micros: _micros, since, checkedAt, orderName, ...row }) => ({
        ...row,
        shipmentId: id,
        order: orderName,
        since: since.toISOString(),
        checkedAt: checkedAt.toISOString(),
      }));
      return { items, nextCursor: page.nextCursor };
    },
  }),
];
