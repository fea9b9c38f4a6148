import type { z } from "zod";
import type { kindInput } from "@/core/odoo/connection-input";
import { OPT_IN_KINDS, POSTING_TYPE, type PostingKind } from "@/core/postings/kinds";
import { exampleOf } from "@/core/postings/plan";
import type { Milestone } from "@/core/shipments/milestones";
import {
  type ConnectionRow,
  findConnection,
  listNewestLinked,
  listWouldPost,
  saveDryRun,
  type WouldPost,
} from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export type KindDryRun = {
  at: Date;
  /** Postings that would go at once when the kind is switched on now, the oldest of them as rows. */
  would: number;
  rows: WouldPost[];
  /** Facts of before posting began: shown, and never posted. */
  kept: number;
  /** Of a kind that is planned only once it is on: what it would have told of the newest transfers. `rows` are then these. */
  example: { looked: number; found: number } | null;
  postSince: Date;
};

const SHOWN = 200;
const EXAMPLES_OF = 500;

/** Lists what switching a posting kind on would send to Odoo now, sends nothing, and notes that somebody looked. */
export async function dryRunKind(ctx: Context, actor: Actor, input: z.infer<typeof kindInput>): Promise<KindDryRun> {
  requireRight(actor, "odoo:manage");
  const connection = await findConnection(ctx.sql, input.id);
  if (!connection) throw new AppError("not_found", "There is no such connection.");
  const at = ctx.now();
  const postSince = connection.postSince ?? at;
  const waiting = await listWouldPost(ctx.sql, connection.id, input.kind, postSince, SHOWN);
  const chosen = OPT_IN_KINDS.has(input.kind) && waiting.would === 0;
  const examples = chosen ? await examplesOf(ctx, connection, input.kind) : null;
  const rows = examples?.rows.slice(0, SHOWN) ?? waiting.rows;
  const found = { ...waiting, rows, example: examples && { looked: examples.looked, found: examples.rows.length } };
  await ctx.sql.begin(async (tx) => {
    if (!(await saveDryRun(tx, connection.id, input.kind, at)))
      throw new AppError("conflict", `${connection.name} is archived.`);
    await recordAudit(ctx, tx, actor, {
      action: "odoo.dry_run_kind",
      subject: `connection:${connection.id}`,
      after: { kind: input.kind, would: found.would, kept: found.kept, example: found.example },
    });
  });
  return { at, postSince, ...found };
}

async function examplesOf(
  ctx: Context,
  connection: ConnectionRow,
  kind: PostingKind,
): Promise<{ looked: number; rows: WouldPost[] }> {
  const newest = await listNewestLinked(ctx.sql, connection.id, EXAMPLES_OF);
  const wishes = { notes: connection.notes as Milestone[], invoiceNeedsProof: connection.invoiceNeedsProof };
  const level = POSTING_TYPE[kind] === "level";
  const rows = newest.flatMap(({ shipmentId, name, state }): WouldPost[] => {
    const example = exampleOf(kind, state, wishes);
    if (example === null) return [];
    const { picking, after, receivedAtMs } = example;
    const receivedAt = receivedAtMs === null ? null : new Date(receivedAtMs);
    const record = { recordId: picking.pickingId, recordName: picking.name ?? name };
    return [{ id: null, ...record, shipmentId, before: null, after, level, receivedAt, createdAt: ctx.now() }];
  });
  return { looked: newest.length, rows };
}
