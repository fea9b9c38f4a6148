import { z } from "zod";
import { bulkInput } from "@/core/exceptions/bulk";
import { queueCursor, readQueueCursor, writeQueueCursor } from "@/core/exceptions/cursor";
import { exceptionFilter } from "@/core/exceptions/filter";
import {
  findExceptionGroup,
  listExceptionGroups,
  listGroupTrends,
  searchExceptionGroups,
} from "@/db/queries/exception-groups";
import { listLost } from "@/db/queries/exception-lost";
import { listSteps } from "@/db/queries/exception-steps";
import {
  countExceptions,
  findException,
  listExceptionNotes,
  listExceptions,
  RESOLVED_COUNTED,
} from "@/db/queries/exceptions";
import { isWatching } from "@/db/queries/notifications";
import { listFeedNames } from "@/db/queries/tower";
import { watchException, watchInput } from "../../alerts/watch";
import { cached } from "../../cached";
import { AppError } from "../../errors";
import { acknowledgeExceptions, acknowledgeInput } from "../../exceptions/acknowledge";
import { askForLabel, askLabelInput } from "../../exceptions/ask-label";
import { assignExceptions, assignInput } from "../../exceptions/assign";
import { bulkExceptions } from "../../exceptions/bulk";
import { commentException, commentInput } from "../../exceptions/comment";
import { explainException } from "../../exceptions/explain";
import { giveToOwners, tryOwners, tryOwnersInput } from "../../exceptions/owners";
import { reopenExceptions, reopenInput } from "../../exceptions/reopen";
import { resolveExceptions, resolveInput } from "../../exceptions/resolve";
import { snoozeExceptions, snoozeInput } from "../../exceptions/snooze";
import { snoozeCause, snoozeCauseInput, wakeCause, wakeCauseInput } from "../../exceptions/snooze-cause";
import { tickException, tickInput } from "../../exceptions/tick";
import { endWindow, endWindowInput, planWindow, planWindowInput, readWindows } from "../../exceptions/windows";
import { readSettings } from "../../settings/read";
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

const LOST_DAYS = 30;
const LOST_SHOWN = 50;

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
    const [{ value, atMs }, feeds, { owners }] = await Promise.all([
      counts(JSON.stringify(input), () => countExceptions(ctx.sql, { ...input, now: ctx.now() })),
      listFeedNames(ctx.sql),
      readSettings(ctx),
    ]);
    const teams = owners.teams.map(({ id, name }) => ({ id, name }));
    const resolved = value.reduce((sum, cell) => sum + (cell.state === "resolved" ? cell.count : 0), 0);
    return { cells: value, atMs, feeds, teams, resolvedCapped: resolved >= RESOLVED_COUNTED };
  }),

  /** What was lost in the past days because a clock ran out. */
  lost: readable.query(({ ctx: { ctx } }) =>
    listLost(ctx.sql, new Date(ctx.now().getTime() - LOST_DAYS * 86_400_000), LOST_SHOWN),
  ),

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

  get: readable.input(z.object({ id: z.uuid() })).query(async ({ ctx: { ctx, actor }, input }) => {
    const detail = await findException(ctx.sql, input.id);
    if (!detail) throw new AppError("not_found", "This exception does not exist.");
    const [notes, steps, watching, { owners }] = await Promise.all([
      listExceptionNotes(ctx.sql, detail.homeId, detail.id),
      listSteps(ctx.sql, detail),
      isWatching(ctx.sql, detail.id, actor.id),
      readSettings(ctx),
    ]);
    const teamName = owners.teams.find((one) => one.id === detail.teamId)?.name ?? null;
    return { ...detail, notes, steps, watching, teamName };
  }),

  watch: readable.input(watchInput).mutation(({ ctx: { ctx, actor }, input }) => watchException(ctx, actor, input)),

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

  /** One act on many, as a run; the verb asks for the right of the act. */
  bulk: readable.input(bulkInput).mutation(({ ctx: { ctx, actor }, input }) => bulkExceptions(ctx, actor, input)),

  acknowledge: allowed("exceptions:acknowledge")
    .input(acknowledgeInput)
    .mutation(({ ctx: { ctx, actor }, input }) => acknowledgeExceptions(ctx, actor, input)),
  assign: allowed("exceptions:assign")
    .input(assignInput)
    .mutation(({ ctx: { ctx, actor }, input }) => assignExceptions(ctx, actor, input)),
  snooze: allowed("exceptions:snooze")
    .input(snoozeInput)
    .mutation(({ ctx: { ctx, actor }, input }) => snoozeExceptions(ctx, actor, input)),
  askLabel: allowed("exceptions:snooze")
    .input(askLabelInput)
    .mutation(({ ctx: { ctx, actor }, input }) => askForLabel(ctx, actor, input)),
  snoozeCause: allowed("exceptions:snooze")
    .input(snoozeCauseInput)
    .mutation(({ ctx: { ctx, actor }, input }) => snoozeCause(ctx, actor, input)),
  wakeCause: allowed("exceptions:snooze")
    .input(wakeCauseInput)
    .mutation(({ ctx: { ctx, actor }, input }) => wakeCause(ctx, actor, input)),
  tryOwners: allowed("settings:manage")
    .input(tryOwnersInput)
    .mutation(({ ctx: { ctx, actor }, input }) => tryOwners(ctx, actor, input)),
  giveToOwners: allowed("settings:manage").mutation(({ ctx: { ctx, actor } }) => giveToOwners(ctx, actor)),
  windows: readable.query(({ ctx: { ctx, actor } }) => readWindows(ctx, actor)),
  planWindow: allowed("exceptions:suppress")
    .input(planWindowInput)
    .mutation(({ ctx: { ctx, actor }, input }) => planWindow(ctx, actor, input)),
  endWindow: allowed("exceptions:suppress")
    .input(endWindowInput)
    .mutation(({ ctx: { ctx, actor }, input }) => endWindow(ctx, actor, input)),
  tick: allowed("exceptions:acknowledge")
    .input(tickInput)
    .mutation(({ ctx: { ctx, actor }, input }) => tickException(ctx, actor, input)),
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
