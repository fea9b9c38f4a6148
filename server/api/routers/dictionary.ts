import { z } from "zod";
import { findEventType, listEventTypes } from "../../dictionary/events";
import { readDictionary } from "../../dictionary/read";
import { entities } from "../../v1/entities";
import { allowed, router } from "../trpc";

export const dictionaryRouter = router({
  read: allowed("shipments:read").query(async ({ ctx: { ctx, actor } }) => ({
    ...(await readDictionary(ctx, actor)),
    entities: entities(),
  })),

  /** The event catalogue. */
  events: allowed("shipments:read").query(({ ctx: { ctx, actor } }) => listEventTypes(ctx, actor)),

  /** One type of event with its schema and a real event of it. */
  event: allowed("shipments:read")
    .input(z.object({ kind: z.string().max(60) }))
    .query(({ ctx: { ctx, actor }, input }) => findEventType(ctx, actor, input.kind)),
});
