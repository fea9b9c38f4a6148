import { z } from "zod";
import { keysetCursor, pageOf, readKeyset } from "@/core/keyset";
import { postingFilter } from "@/core/postings/filter";
import { POSTING_KINDS, POSTING_STATES, type PostingState } from "@/core/postings/kinds";
import { failedWindow } from "@/core/postings/recover";
import { listPostings, type PostingListRow } from "@/db/queries/postings";
import { recoverFailed } from "../../postings/recover";
import { startRepost } from "../../postings/repost";
import { limitSchema, route, words } from "../route";
import { listOf, postingShape, runShape } from "../shapes";
import { readRunAnswer } from "./runs";

const WAITING: ReadonlySet<PostingState> = new Set(["planned", "held", "unconfirmed"]);

function postingAnswer(row: PostingListRow): z.input<typeof postingShape> {
  const { id, key, kind, state, shipmentId, connection, before, after, attempts, heldBecause, lastReason } = row;
  return {
    id,
    key,
    kind,
    state,
    shipmentId,
    connection,
    record: { model: row.recordModel, id: row.recordId, name: row.recordName },
    before,
    after,
    attempts,
    heldBecause,
    lastReason,
    nextAt: WAITING.has(state) ? row.dueAt.toISOString() : null,
    updatedAt: row.updatedAt.toISOString(),
  };
}

export const postingRoutes = [
  route({
    method: "GET",
    path: "/postings",
    right: "postings:read",
    summary: "The Odoo outbox, newest change first",
    query: z.object({
      shipment: z.uuid().optional(),
      state: words(POSTING_STATES),
      kind: words(POSTING_KINDS),
      limit: limitSchema,
      cursor: keysetCursor.optional(),
    }),
    output: listOf(postingShape),
    handle: async ({ ctx }, { query }) => {
      const { state, kind, shipment, limit } = query;
      const filter = postingFilter.parse({ state, kind, search: shipment ?? "" });
      const rows = await listPostings(ctx.sql, { filter, after: readKeyset(query.cursor), limit: limit + 1 });
      const { items, nextCursor } = pageOf(rows, limit);
      return { items: items.map(postingAnswer), nextCursor };
    },
  }),
  route({
    method: "POST",
    path: "/postings/{id}/repost",
    right: "postings:repost",
    summary: "Post one again as a run; its items show Odoo's present value beside the new one, a dry run sends nothing",
    params: z.object({ id: z.uuid() }),
    body: z.object({ dryRun: z.boolean().default(false) }),
    output: runShape,
    status: 202,
    handle: async ({ ctx, actor }, { params: { id }, body: { dryRun } }) => {
      const run = await startRepost(ctx, actor, { scope: { ids: [id] }, dryRun });
      return readRunAnswer(ctx, run.id);
    },
  }),
  route({
    method: "POST",
    path: "/postings/recover",
    right: "postings:repost",
    summary: "Post all again, as a run, that Odoo refused or that was given up in a window of time, each once",
    body: z.object({
      since: z.iso.datetime({ offset: true }),
      until: z.iso
        .datetime({ offset: true })
        .nullish()
        .meta({ description: "Without it, or later than now: until now" }),
      kinds: failedWindow.shape.kinds,
      connections: failedWindow.shape.connections,
      dryRun: z.boolean().default(false),
    }),
    output: runShape,
    status: 202,
    handle: async ({ ctx, actor }, { body: { dryRun, ...window } }) => {
      const run = await recoverFailed(ctx, actor, { window: failedWindow.parse(window), dryRun });
      return readRunAnswer(ctx, run.id);
    },
  }),
];
