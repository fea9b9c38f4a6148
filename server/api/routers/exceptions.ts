import { z } from "zod";
import { queueCursor, readQueueCursor, writeQueueCursor } from "@/core/exceptions/cursor";
import { exceptionFilter } from "@/core/exceptions/filter";
import {
  findExceptionGroup,
  listExceptionGroups,
  listGroupTrends,
  searchExceptionGroups,
} from "@/db/queries/exception-groups";
import {
  countExceptions,
  findException,
  listExceptionNotes,
  listExceptions,
  RESOLVED_COUNTED,
} from "@/db/queries/exceptions";
import { listFeedNames } from "@/db/queries/tower";
import { cached } from "../../cached";
import { AppError } from "../../errors";
import { acknowledgeExceptions, acknowledgeInput } from "../../exceptions/acknowledge";
import { assignExceptions, assignInput } from "../../exceptions/assign";
import { commentException, commentInput } from "../../exceptions/comment";
import { explainException } from "../../exceptions/explain";
import { reopenExceptions, reopenInput } from "../../exceptions/reopen";
import { resolveExceptions, resolveInput } from "../../exceptions/resolve";
import { snoozeExceptions, snoozeInput } from "../../exceptions/snooze";
import { allowed, router } from "../trpc";

const page = z.object({
  filter: exceptionFilter,
  cursor: queueCursor.nullish(),
  limit: z.number().int().min(1).max(200).default(60),
});
const scope = z.object({ group: z.guid().nullable(), shipment: z.uuid().nullable(), resolved: z.boolean() });
const counts = cached<Awaited<ReturnType<typeof countExceptions>>>(1500, () => Date.now());
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const readable = allowed("exceptions:read");

export const exceptionsRouter = router({
  list: readable.input(page).query(async ({ ctx: { ctx, actor }, input }) => {
    const { rows, next } = await listExceptions(ctx.sql, input.filter, {
      me: actor.id,
      now: ctx.now(),
      limit: input.limit,
      after: readQueueCursor(input.cursor),
    });
    return { items: rows, nextCursor: writeQueueCursor(next) };
  }),

  /** Counts by all facets at once; the screen adds up what its filter lets through, so facets and list agree. */
  counts: readable.input(scope).query(async ({ ctx: { ctx }, input }) => {
    const [{ value, atMs }, feeds] = await Promise.all([
      counts(JSON.stringify(input), () => countExceptions(ctx.sql, { ...input, now: ctx.now() })),
      listFeedNames(ctx.sql),
    ]);
    const resolved = value.reduce((sum, cell) => sum + (cell.state === "resolved" ? cell.count : 0), 0);
    return { cells: value, atMs, feeds, resolvedCapped: resolved >= RESOLVED_COUNTED };
  }),

  groups: readable.input(page).query(async ({ ctx: { ctx, actor }, input }) => {
    const { rows, next } = await listExceptionGroups(ctx.sql, input.filter, {
      me: actor.id,
      now: ctx.now(),
      limit: input.limit,
      after: readQueueCursor(input.cursor),
    });
    return { items: rows, nextCursor: writeQueueCursor(next) };
  }),

  group: readable.input(z.object({ id: z.guid() })).query(async ({ ctx: { ctx }, input }) => {
    const group = await findExceptionGroup(ctx.sql, input.id);
    if (!group) throw new AppError("not_found", "This group of exceptions does not exist.");
    return group;
  }),

  trends: readable
    .input(z.object({ ids: z.array(z.guid()).max(200) }))
    .query(async ({ ctx: { ctx }, input }) => Object.fromEntries(await listGroupTrends(ctx.sql, input.ids, ctx.now()))),

  get: readable.input(z.object({ id: z.uuid() })).query(async ({ ctx: { ctx }, input }) => {
    const detail = await findException(ctx.sql, input.id);
    if (!detail) throw new AppError("not_found", "This exception does not exist.");
    return { ...detail, notes: await listExceptionNotes(ctx.sql, detail.homeId, detail.id) };
  }),

  /** What it rests on: raw words, canonical facts, Odoo's side. */
  explain: readable.input(z.object({ id: z.uuid() })).query(async ({ ctx: { ctx, actor }, input }) => {
    const detail = await findException(ctx.sql, input.id);
    if (!detail) throw new AppError("not_found", "This exception does not exist.");
    return explainException(ctx, actor, detail);
  }),

  /** For the palette: one exception by its id, causes by a part of their words. */
  find: readable.input(z.object({ said: z.string().trim().min(1).max(400) })).query(async ({ ctx: { ctx }, input }) => {
    if (UUID.test(input.said)) {
      const one = await findException(ctx.sql, input.said);
      return one ? [{ id: one.id, kind: one.kind, text: one.text, href: `/exceptions?view=list&id=${one.id}` }] : [];
    }
    const groups = await searchExceptionGroups(ctx.sql, input.said, 6);
    return groups.map((group) => ({ ...group, href: `/exceptions?view=list&group=${group.id}` }));
  }),

  acknowledge: allowed("exceptions:acknowledge")
    .input(acknowledgeInput)
    .mutation(({ ctx: { ctx, actor }, input }) => acknowledgeExceptions(ctx, actor, input)),
  assign: allowed("exceptions:assign")
    .input(assignInput)
    .mutation(({ ctx: { ctx, actor }, input }) => assignExceptions(ctx, actor, input)),
  snooze: allowed("exceptions:snooze")
    .input(snoozeInput)
    .mutation(({ ctx: { ctx, actor }, input }) => snoozeExceptions(ctx, actor, input)),
  comment: allowed("exceptions:comment")
    .input(commentInput)
    .mutation(({ ctx: { ctx, actor }, input }) => commentException(ctx, actor, input)),
  resolve: allowed("exceptions:resolve")
    .input(resolveInput)
    .mutation(({ ctx: { ctx, actor }, input }) => resolveExceptions(ctx, actor, input)),
  reopen: allowed("exceptions:resolve")
    .input(reopenInput)
    .mutation(({ ctx: { ctx, actor }, input }) => reopenExceptions(ctx, actor, input)),
});
