import { z } from "zod";
import { freightFilter } from "@/core/freight/filter";
import { keysetCursor } from "@/core/keyset";
import { decideBill, decideInput } from "../../freight/decide";
import { countFreight, getBill, previewBill, readBills } from "../../freight/read";
import { runSettlement } from "../../freight/run-settlement";
import { readSettlement, readWindow, readWindows } from "../../freight/settlement";
import { allowed, router } from "../trpc";

const readable = allowed("freight:read");

export const freightRouter = router({
  list: readable
    .input(
      z.object({ filter: freightFilter, cursor: keysetCursor.nullish(), limit: z.int().min(1).max(200).default(60) }),
    )
    .query(({ ctx: { ctx }, input }) => readBills(ctx, input)),

  counts: readable
    .input(z.object({ filter: freightFilter }))
    .query(({ ctx: { ctx }, input }) => countFreight(ctx, input.filter)),

  get: readable.input(z.object({ id: z.uuid() })).query(({ ctx: { ctx }, input }) => getBill(ctx, input.id)),

  preview: readable
    .input(z.object({ id: z.uuid(), payMinor: z.int().positive().nullable() }))
    .query(({ ctx: { ctx }, input }) => previewBill(ctx, input.id, input.payMinor)),

  decide: allowed("freight:decide")
    .input(decideInput)
    .mutation(({ ctx: { ctx, actor }, input }) => decideBill(ctx, actor, input)),

  settlement: readable.query(({ ctx: { ctx } }) => readSettlement(ctx)),

  windows: readable
    .input(z.object({ cursor: z.date().nullish(), limit: z.int().min(1).max(100).default(30) }))
    .query(({ ctx: { ctx }, input }) => readWindows(ctx, input.cursor ?? null, input.limit)),

  window: readable
    .input(z.object({ endsAt: z.date(), cursor: z.uuid().nullish(), limit: z.int().min(1).max(200).default(60) }))
    .query(({ ctx: { ctx }, input }) => readWindow(ctx, input.endsAt, input.cursor ?? null, input.limit)),

  runSettlement: allowed("freight:decide").mutation(({ ctx: { ctx, actor } }) => runSettlement(ctx, actor)),
});
