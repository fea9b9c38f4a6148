import { z } from "zod";
import { keysetCursor } from "@/core/keyset";
import { shipmentFilter } from "@/core/shipments/filter";
import { readShipmentFacets, readShipmentList } from "../../shipments/list";
import { getShipmentPage } from "../../shipments/page";
import { findShipments } from "../../shipments/search";
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

  search: allowed("shipments:read")
    .input(z.object({ said: z.string().trim().min(1).max(500), limit: z.int().min(1).max(20).default(8) }))
    .query(async ({ ctx: { ctx, actor }, input }) => ({ items: await findShipments(ctx, actor, input) })),

  get: allowed("shipments:read")
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx: { ctx, actor }, input }) => getShipmentPage(ctx, actor, input.id)),
});
