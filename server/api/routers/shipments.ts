import { z } from "zod";
import { keysetCursor } from "@/core/keyset";
import { shipmentFilter } from "@/core/shipments/filter";
import { eventLegs } from "../../service-levels/event-legs";
import { traceShipment } from "../../service-levels/trace";
import { correctInput, correctShipment, previewCorrection, previewCorrectionInput } from "../../shipments/correct";
import {
  keepApart,
  linkInput,
  linkShipments,
  previewLink,
  previewLinkInput,
  reconsiderPair,
  unlinkInput,
  unlinkShipment,
} from "../../shipments/link";
import { countShipmentChanges, readShipmentFacets, readShipmentList } from "../../shipments/list";
import { getShipmentPage } from "../../shipments/page";
import { findShipments } from "../../shipments/search";
import { readSources, readSourcesInput } from "../../shipments/sources";
import { allowed, router } from "../trpc";

export const shipmentsRouter = router({
  list: allowed("shipments:read")
    .input(
      z.object({ filter: shipmentFilter, cursor: keysetCursor.nullish(), limit: z.int().min(1).max(200).default(100) }),
    )
    .query(({ ctx: { ctx, actor }, input }) => readShipmentList(ctx, actor, input)),

  facets: allowed("shipments:read")
    .input(z.object({ filter: shipmentFilter }))
    .query(({ ctx: { ctx, actor }, input }) => readShipmentFacets(ctx, actor, input.filter)),

  /** How many shipments of a filter changed since, for "12 new"; counted up to a thousand. */
  changes: allowed("shipments:read")
    .input(z.object({ filter: shipmentFilter, since: z.date() }))
    .query(({ ctx: { ctx, actor }, input }) => countShipmentChanges(ctx, actor, input)),

  search: allowed("shipments:read")
    .input(z.object({ said: z.string().trim().min(1).max(500), limit: z.int().min(1).max(20).default(8) }))
    .query(async ({ ctx: { ctx, actor }, input }) => ({ items: await findShipments(ctx, actor, input) })),

  get: allowed("shipments:read")
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx: { ctx, actor }, input }) => getShipmentPage(ctx, actor, input.id)),

  /** Who says what about a field that a person may decide. */
  sources: allowed("shipments:correct")
    .input(readSourcesInput)
    .query(({ ctx: { ctx, actor }, input }) => readSources(ctx, actor, input)),
  previewCorrection: allowed("shipments:correct")
    .input(previewCorrectionInput)
    .query(({ ctx: { ctx, actor }, input }) => previewCorrection(ctx, actor, input)),
  correct: allowed("shipments:correct")
    .input(correctInput)
    .mutation(({ ctx: { ctx, actor }, input }) => correctShipment(ctx, actor, input)),

  /** Who had each event for how long, from when it happened until Odoo held it. */
  legs: allowed("shipments:read")
    .input(z.object({ shipmentId: z.uuid(), messageId: z.uuid().optional() }))
    .query(({ ctx: { ctx, actor }, input }) => eventLegs(ctx, actor, input)),

  /** The five stages of the newest messages that told of it, each with when and how long. */
  trace: allowed("shipments:read")
    .input(z.object({ shipmentId: z.uuid() }))
    .query(({ ctx: { ctx, actor }, input }) => traceShipment(ctx, actor, input)),

  previewLink: allowed("shipments:link")
    .input(previewLinkInput)
    .query(({ ctx: { ctx, actor }, input }) => previewLink(ctx, actor, input)),
  link: allowed("shipments:link")
    .input(linkInput)
    .mutation(({ ctx: { ctx, actor }, input }) => linkShipments(ctx, actor, input)),
  keepApart: allowed("shipments:link")
    .input(linkInput)
    .mutation(({ ctx: { ctx, actor }, input }) => keepApart(ctx, actor, input)),
  reconsider: allowed("shipments:link")
    .input(linkInput)
    .mutation(({ ctx: { ctx, actor }, input }) => reconsiderPair(ctx, actor, input)),
  unlink: allowed("shipments:link")
    .input(unlinkInput)
    .mutation(({ ctx: { ctx, actor }, input }) => unlinkShipment(ctx, actor, input)),
});
