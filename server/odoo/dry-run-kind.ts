import type { z } from "zod";
import type { kindInput } from "@/core/odoo/connection-input";
import { findConnection, listWouldPost, saveDryRun, type WouldPost } from "@/db/queries/odoo";
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
  postSince: Date;
};

const SHOWN = 200;

/** Lists what switching a posting kind on would send to Odoo now, sends nothing, and notes that somebody looked. */
export async function dryRunKind(ctx: Context, actor: Actor, input: z.infer<typeof kindInput>): Promise<KindDryRun> {
  requireRight(actor, "odoo:manage");
  const connection = await findConnection(ctx.sql, input.id);
  if (!connection) throw new AppError("not_found", "There is no such connection.");
  const at = ctx.now();
  const postSince = connection.postSince ?? at;
  const found = await listWouldPost(ctx.sql, connection.id, input.kind, postSince, SHOWN);
  await ctx.sql.begin(async (tx) => {
    if (!(await saveDryRun(tx, connection.id, input.kind, at)))
      throw new AppError("conflict", `${connection.name} is archived.`);
    await recordAudit(ctx, tx, actor, {
      action: "odoo.dry_run_kind",
      subject: `connection:${connection.id}`,
      after: { kind: input.kind, would: found.would, kept: found.kept },
    });
  });
  return { at, postSince, ...found };
}
