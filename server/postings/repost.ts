import { z } from "zod";
import { whatForbids } from "@/core/postings/checks";
import type { PostingVerdict } from "@/core/postings/desired";
import type { PostingExplained } from "@/core/postings/enriched";
import { POSTING_KINDS, POSTING_STATES } from "@/core/postings/kinds";
import { runPace } from "@/core/runs/run";
import type { Json } from "@/core/shipments/attributes";
import { workingConnections } from "@/db/queries/odoo-work";
import { findForRepost } from "@/db/queries/outbox";
import { insertRun, postingsOfGroup, postingTargets } from "@/db/queries/replay";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import type { OdooClients } from "../odoo/clients";
import { explainPosting } from "./explain";
import { lookUp } from "./look-up";

export const repostScope = z
  .object({
    ids: z.array(z.uuid()).min(1).max(10_000).optional(),
    group: z.guid().optional(),
    states: z.array(z.enum(POSTING_STATES)).max(10).optional(),
    kinds: z.array(z.enum(POSTING_KINDS)).max(20).optional(),
    connections: z.array(z.int().positive()).max(50).optional(),
    since: z.coerce.date().optional(),
    until: z.coerce.date().optional(),
  })
  .refine((s) => s.ids || s.group || s.states || s.since, "Name postings, a group, states or a window.");
export const repostInput = z.object({
  scope: repostScope,
  dryRun: z.boolean().default(false),
  perSecond: runPace,
});
export type RepostInput = z.infer<typeof repostInput>;

const MOST = 1_000_000;

/** Starts a run that posts again; with `dryRun` it reads Odoo's present values beside ours and writes nothing. */
export async function startRepost(
  ctx: Context,
  actor: Actor,
  input: RepostInput,
): Promise<{ id: string; total: number }> {
  requireRight(actor, "postings:repost");
  const id = ctx.uuid();
  return ctx.sql.begin(async (tx) => {
    const { scope } = input;
    const targets = scope.group
      ? await postingsOfGroup(tx, scope.group, MOST + 1)
      : await postingTargets(
          tx,
          {
            ids: scope.ids ?? [],
            states: scope.states ?? [],
            kinds: scope.kinds ?? [],
            connections: scope.connections ?? [],
            since: scope.since ?? null,
            until: scope.until ?? null,
          },
          MOST + 1,
        );
    if (targets.length === 0) throw new AppError("precondition", "No posting is in this scope.");
    if (targets.length > MOST) throw new AppError("limit", `A run holds at most ${MOST} postings; narrow the scope.`);
    const said = JSON.parse(JSON.stringify(scope)) as Json;
    await insertRun(
      tx,
      {
        id,
        kind: "repost",
        dryRun: input.dryRun,
        scope: said,
        mapping: null,
        perSecond: input.perSecond ?? null,
        byPerson: actor.kind === "person" ? actor.id : null,
        byApiKey: actor.kind === "api_key" ? actor.id : null,
        at: ctx.now(),
      },
      targets,
    );
    await recordAudit(ctx, tx, actor, {
      action: "postings.repost",
      subject: `run:${id}`,
      after: { scope: said, dryRun: input.dryRun, postings: targets.length },
    });
    return { id, total: targets.length };
  });
}

export type RepostPreview = {
  id: string;
  kind: string;
  state: string;
  record: string;
  /** What Odoo holds now, and what it would hold. */
  present: Json;
  after: Json;
  verdict: "holds" | "absent" | "differs" | "impossible" | "unread";
  reason: string;
  wouldSend: boolean;
  /** Why it is not sent whoever asks; null where nothing forbids it. */
  forbidden: string | null;
} & PostingExplained;

/** Shows what posting one again would do, with Odoo's present value beside the new one. */
export async function previewRepost(
  ctx: Context,
  actor: Actor,
  clients: OdooClients,
  postingId: string,
): Promise<RepostPreview> {
  requireRight(actor, "postings:read");
  const found = await findForRepost(ctx.sql, postingId);
  if (!found) throw new AppError("not_found", "There is no such posting.");
  const connection = (await workingConnections(ctx.sql)).find((row) => row.id === found.connectionId);
  if (!connection) throw new AppError("precondition", "The Odoo connection of this posting is archived.");
  const explain = async (verdict: PostingVerdict | null) => {
    const explained = await explainPosting(ctx.sql, { ...found.posting, connectionId: found.connectionId }, verdict);
    return { ...explained, forbidden: whatForbids(explained.checks)?.why ?? null };
  };
  const base = {
    id: found.posting.id,
    kind: found.posting.kind,
    state: found.posting.state,
    record: found.posting.recordName ?? `${found.posting.recordModel}/${found.posting.recordId}`,
    after: found.after,
  };
  const unread = async (reason: string): Promise<RepostPreview> => {
    const explained = await explain(null);
    return { ...base, ...explained, present: null, verdict: "unread", reason, wouldSend: explained.forbidden === null };
  };
  try {
    const client = await clients.get(ctx, connection);
    const result = await lookUp(client, connection.id, [found.posting]);
    if (!result.ok) return unread(result.reason);
    const verdict = result.verdicts.get(found.posting.key);
    if (!verdict) return unread("Odoo said nothing of it.");
    const explained = await explain(verdict);
    const sendable = verdict.verdict === "absent" || (verdict.verdict === "differs" && found.level);
    return {
      ...base,
      ...explained,
      present: verdict.found as Json,
      verdict: verdict.verdict,
      reason: verdict.reason,
      wouldSend: sendable && explained.forbidden === null,
    };
  } catch (error) {
    if (error instanceof Error && error.name === "OdooFailure") return unread(error.message);
    throw error;
  }
}
