import { z } from "zod";
import { keysetCursor, pageOf, readKeyset } from "@/core/keyset";
import { RUN_KINDS, RUN_RESULTS, RUN_STATES } from "@/core/runs/run";
import { findRun, listRunItems, listRuns, type RunRow } from "@/db/queries/runs";
import type { Context } from "../../context";
import { AppError } from "../../errors";
import { replayInput, startReplay } from "../../messages/replay";
import { applyShadow, shadowInput, startShadow } from "../../messages/shadow";
import { cancelRun } from "../../runs/cancel";
import { pauseRun } from "../../runs/pause";
import { resumeRun } from "../../runs/resume";
import { limitSchema, route, words } from "../route";
import { listOf, runItemShape, runShape } from "../shapes";
import { iso } from "../shipment-answer";

const params = z.object({ id: z.uuid() });
const ACTS = { pause: pauseRun, resume: resumeRun, cancel: cancelRun } as const;

function runAnswer(run: RunRow): z.input<typeof runShape> {
  const { id, kind, dryRun, state, total, processed, changed, failed, summary, error } = run;
  const { createdAt, startedAt, endedAt } = run;
  const times = { createdAt: createdAt.toISOString(), startedAt: iso(startedAt), endedAt: iso(endedAt) };
  return { id, kind, dryRun, state, total, processed, changed, failed, summary, error, ...times };
}

/** A run as the API shows it; throws `not_found`. */
export async function readRunAnswer(ctx: Context, id: string): Promise<z.input<typeof runShape>> {
  const run = await findRun(ctx.sql, id);
  if (!run) throw new AppError("not_found", "There is no run of this id.");
  return runAnswer(run);
}

export const runRoutes = [
  route({
    method: "POST",
    path: "/replays",
    right: "messages:replay",
    summary: "Read stored messages again, as a run; a dry run shows in its items what would change and writes nothing",
    body: replayInput,
    output: runShape,
    status: 202,
    handle: async ({ ctx, actor }, { body }) => readRunAnswer(ctx, (await startReplay(ctx, actor, body)).id),
  }),
  route({
    method: "POST",
    path: "/shadow-runs",
    right: "messages:replay",
    summary:
      "Try a replay, or a meaning that is not in force yet, on a copy of the shipments it touches; items show each record before and after",
    body: shadowInput,
    output: runShape,
    status: 202,
    handle: async ({ ctx, actor }, { body }) => readRunAnswer(ctx, (await startShadow(ctx, actor, body)).id),
  }),
  route({
    method: "POST",
    path: "/shadow-runs/{id}/apply",
    right: "messages:replay",
    summary:
      "Do for real exactly what a finished shadow run showed; items that deviate end as conflict and are not written",
    params,
    output: runShape,
    status: 202,
    handle: async ({ ctx, actor }, { params: { id } }) =>
      readRunAnswer(ctx, (await applyShadow(ctx, actor, { id })).id),
  }),
  route({
    method: "GET",
    path: "/runs",
    right: "runs:read",
    summary: "Bulk actions, newest first",
    query: z.object({
      state: words(RUN_STATES),
      kind: words(RUN_KINDS),
      limit: limitSchema,
      cursor: keysetCursor.optional(),
    }),
    output: listOf(runShape),
    handle: async ({ ctx }, { query: { state, kind, limit, cursor } }) => {
      const rows = await listRuns(ctx.sql, { filter: { state, kind }, after: readKeyset(cursor), limit: limit + 1 });
      const { items, nextCursor } = pageOf(rows, limit);
      return { items: items.map(runAnswer), nextCursor };
    },
  }),
  route({
    method: "GET",
    path: "/runs/{id}",
    right: "runs:read",
    summary: "One bulk action with its progress",
    params,
    output: runShape,
    handle: ({ ctx }, { params: { id } }) => readRunAnswer(ctx, id),
  }),
  route({
    method: "GET",
    path: "/runs/{id}/items",
    right: "runs:read",
    summary: "Items of a run in their order, with before and after",
    params,
    query: z.object({
      result: words(RUN_RESULTS),
      limit: limitSchema,
      cursor: z
        .string()
        .regex(/^\d{1,9}$/)
        .optional(),
    }),
    output: listOf(runItemShape),
    handle: async ({ ctx }, { params: { id }, query: { result, limit, cursor } }) => {
      await readRunAnswer(ctx, id);
      const after = cursor === undefined ? null : Number(cursor);
      const rows = await listRunItems(ctx.sql, { runId: id, filter: { result }, after, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map((item) => ({ ...item, at: iso(item.at) })),
        nextCursor: rows.length > limit && last ? String(last.position) : null,
      };
    },
  }),
  ...(["pause", "resume", "cancel"] as const).map((act) =>
    route({
      method: "POST",
      path: `/runs/{id}/${act}`,
      right: "runs:control",
      summary: `${act[0]?.toUpperCase()}${act.slice(1)} a run`,
      params,
      output: runShape,
      handle: async ({ ctx, actor }, { params: { id } }) => {
        await ACTS[act](ctx, actor, { id });
        return readRunAnswer(ctx, id);
      },
    }),
  ),
];
