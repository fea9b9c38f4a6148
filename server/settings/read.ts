import { readWorkspaceSettings, type WorkspaceSettings } from "@/core/settings/workspace";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";

/** Thresholds, objectives and ownership as they hold now. */
export async function readSettings(ctx: Pick<Context, "sql">): Promise<WorkspaceSettings> {
  return readWorkspaceSettings(await listSettings(ctx.sql));
}
