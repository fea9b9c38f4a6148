import type { z } from "zod";
import { DRY_RUN_HOURS, type switchKindInput } from "@/core/odoo/connection-input";
import { notifyLive } from "@/db/queries/live";
import { findConnection, holdPlanned, releaseHeld, switchKindRow } from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export type KindSwitched = {
  /** Postings that are due now, or that wait again. */
  moved: number;
  /** Facts of before posting began, which stay unposted. */
  kept: number;
};

/**
 * Switches a posting kind of a connection. On: needs a dry run of the last day (`precondition`), ends the observing and frees what was held
 * for it. Off: holds what is planned; what is under way goes on.
 */
export async function switchKind(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof switchKindInput>,
): Promise<KindSwitched> {
  requireRight(actor, "odoo:manage");
  const { id, kind, to } = input;
  const connection = await findConnection(ctx.sql, id);
  if (!connection) throw new AppError("not_found", "There is no such connection.");
  const now = ctx.now();
  const since = new Date(now.getTime() - DRY_RUN_HOURS * 3_600_000);
  const ran = connection.dryRuns[kind];
  if (to === "on" && (!ran || new Date(ran) < since))
    throw new AppError("precondition", "Look at the dry run first: it shows what would be posted now.");
  return ctx.sql.begin(async (tx) => {
    const switched = await switchKindRow(tx, id, kind, to, now, since);
    if (!switched) throw new AppError("conflict", `This kind is ${to} already, or ${connection.name} is archived.`);
    const result =
      to === "on"
        ? await releaseHeld(tx, id, kind, switched.postSince ?? now, now)
        : { released: await holdPlanned(tx, id, kind, now), kept: 0 };
    await recordAudit(ctx, tx, actor, {
      action: "odoo.switch_kind",
      subject: `connection:${id}`,
      before: { [kind]: connection.kinds[kind] ?? "off", observing: connection.observing },
      after: { [kind]: to, observing: switched.observing, postings: result.released, kept: result.kept },
    });
    await notifyLive(tx, "odoo");
    await notifyLive(tx, "postings");
    return { moved: result.released, kept: result.kept };
  });
}
