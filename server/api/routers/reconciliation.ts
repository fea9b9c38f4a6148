import { z } from "zod";
import { keysetCursor, readKeyset } from "@/core/keyset";
import { ASPECTS } from "@/core/reconciliation/aspects";
import { readinessFilter, reconciliationFilter } from "@/core/reconciliation/filter";
import { acceptInput, acceptOdoo } from "../../reconciliation/accept";
import { goOnInput, goOnRepair } from "../../reconciliation/go-on";
import {
  countReady,
  countReconciled,
  readMatrix,
  readNewest,
  readReadiness,
  readRow,
  readRows,
} from "../../reconciliation/read";
import { repairInput, startRepair } from "../../reconciliation/repair";
import { reconcileInput, startReconcile } from "../../reconciliation/start";
import { webComparer } from "../../reconciliation/web-comparer";
import { allowed, router } from "../trpc";

const readable = allowed("reconciliation:read");
const day = z.iso.date();
const limit = z.int().min(1).max(200).default(60);

export const reconciliationRouter = router({
  matrix: readable
    .input(
      z.object({
        days: z.int().min(1).max(60).default(14),
        to: day.optional(),
        aspect: z.array(z.enum(ASPECTS)).max(ASPECTS.length).default([]),
        connection: z.array(z.int().positive()).max(20).default([]),
      }),
    )
    .query(({ ctx: { ctx }, input }) => readMatrix(ctx, input)),

  list: readable
    .input(z.object({ filter: reconciliationFilter, cursor: z.uuid().nullish(), limit }))
    .query(({ ctx: { ctx }, input }) => readRows(ctx, input)),

  counts: readable
    .input(z.object({ filter: reconciliationFilter }))
    .query(({ ctx: { ctx }, input }) => countReconciled(ctx, input.filter)),

  get: readable
    .input(z.object({ id: z.uuid(), day: day.optional() }))
    .query(({ ctx: { ctx }, input }) => readRow(ctx, input)),

  ofShipment: readable
    .input(z.object({ shipmentId: z.uuid() }))
    .query(({ ctx: { ctx }, input }) => readNewest(ctx, input.shipmentId)),

  readiness: readable
    .input(z.object({ filter: readinessFilter, cursor: keysetCursor.nullish(), limit }))
    .query(({ ctx: { ctx }, input }) => readReadiness(ctx, { ...input, after: readKeyset(input.cursor) })),

  readinessCounts: readable
    .input(z.object({ filter: readinessFilter }))
    .query(({ ctx: { ctx }, input }) => countReady(ctx, input.filter)),

  run: allowed("reconciliation:run")
    .input(reconcileInput)
    .mutation(({ ctx: { ctx, actor }, input }) => startReconcile(ctx, actor, input)),

  repair: allowed("reconciliation:repair")
    .input(repairInput)
    .mutation(({ ctx: { ctx, actor }, input }) => startRepair(ctx, actor, input)),

  /** Lets a repair that waits look at once. */
  goOn: allowed("reconciliation:repair")
    .input(goOnInput)
    .mutation(({ ctx: { ctx, actor }, input }) => goOnRepair(ctx, actor, input)),

  accept: allowed("reconciliation:repair")
    .input(acceptInput)
    .mutation(({ ctx: { ctx, actor }, input }) => acceptOdoo(ctx, actor, webComparer(), input)),
});
