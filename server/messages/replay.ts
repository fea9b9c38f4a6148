import { z } from "zod";
import { instantOfUuidV7 } from "@/core/ids";
import { runPace } from "@/core/runs/run";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { findFeedId, messagesWithWord } from "@/db/queries/mend";
import { insertRun, knownReceipts, receiptsOfFeed, receiptsOfGroup, wordsOfGroup } from "@/db/queries/replay";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

const receipt = z.uuid();
export const replayScope = z
  .object({
    receipts: z.array(receipt).min(1).max(10_000).optional(),
    group: z.guid().optional(),
    feed: z.string().min(1).max(100).optional(),
    /** Only messages that told this status word, with `feed`. */
    word: z.string().min(1).max(500).optional(),
    since: z.coerce.date().optional(),
    until: z.coerce.date().optional(),
    status: z.enum(["received", "interpreted", "failed", "ignored"]).optional(),
  })
  .refine((s) => s.receipts || s.group || s.feed || s.since, "Name receipts, a group, a feed or a window.");
export const replayInput = z.object({
  scope: replayScope,
  mapping: z.enum(["current", "original"]).default("current"),
  dryRun: z.boolean().default(false),
  perSecond: runPace,
});
export type ReplayInput = z.infer<typeof replayInput>;

const MOST = 1_000_000;
const LONGEST_WINDOW_MS = 400 * 86_400_000;

/** Starts a run that reads stored messages again; with `dryRun` it shows what would change and writes nothing. Returns the run's id. */
export async function startReplay(
  ctx: Context,
  actor: Actor,
  input: ReplayInput,
): Promise<{ id: string; total: number }> {
  requireRight(actor, "messages:replay");
  const id = ctx.uuid();
  return ctx.sql.begin(async (tx) => {
    const receipts = await receiptsIn(ctx, tx, input.scope);
    if (receipts.length === 0) throw new AppError("precondition", "No stored message is in this scope.");
    if (receipts.length > MOST) throw new AppError("limit", `A run holds at most ${MOST} messages; narrow the scope.`);
    const scope = JSON.parse(JSON.stringify(input.scope)) as Json;
    await insertRun(
      tx,
      {
        id,
        kind: "replay",
        dryRun: input.dryRun,
        scope,
        mapping: input.mapping,
        perSecond: input.perSecond ?? null,
        byPerson: actor.kind === "person" ? actor.id : null,
        byApiKey: actor.kind === "api_key" ? actor.id : null,
        at: ctx.now(),
      },
      receipts,
    );
    await recordAudit(ctx, tx, actor, {
      action: "messages.replay",
      subject: `run:${id}`,
      after: { scope, mapping: input.mapping, dryRun: input.dryRun, messages: receipts.length },
    });
    return { id, total: receipts.length };
  });
}

/** Receipts of the stored messages in a scope, oldest first; no more than `most`. */
export async function receiptsIn(
  ctx: Context,
  tx: Tx,
  scope: z.infer<typeof replayScope>,
  most = MOST + 1,
): Promise<string[]> {
  if (scope.receipts) {
    const times = scope.receipts.map(instantOfUuidV7).filter((ms) => ms > 0 && ms < 8.64e15);
    if (times.length === 0) return [];
    return knownReceipts(tx, scope.receipts, new Date(Math.min(...times)), new Date(Math.max(...times)));
  }
  if (scope.group) {
    const receipts = new Set(await receiptsOfGroup(tx, scope.group, most));
    for (const { feedId, word } of await wordsOfGroup(tx, scope.group)) {
      for (const id of await messagesWithWord(tx, feedId, word, most)) receipts.add(id);
    }
    return [...receipts].sort().slice(0, most);
  }
  const feedId = scope.feed === undefined ? null : await findFeedId(tx, scope.feed);
  if (scope.feed !== undefined && feedId === null) throw new AppError("not_found", `There is no feed ${scope.feed}.`);
  if (scope.word !== undefined && feedId !== null) return (await messagesWithWord(tx, feedId, scope.word, most)).sort();
  const until = scope.until ?? new Date(ctx.now().getTime() + 1000);
  const since = scope.since ?? new Date(until.getTime() - LONGEST_WINDOW_MS);
  if (until.getTime() - since.getTime() > LONGEST_WINDOW_MS + 2000)
    throw new AppError("invalid", "A window may be at most 400 days long.");
  return receiptsOfFeed(tx, { feedId, since, until, status: scope.status ?? null }, most);
}
