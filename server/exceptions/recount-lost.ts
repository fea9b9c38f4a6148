import { EXCEPTION_KINDS } from "@/core/exceptions/kinds";
import { listMiscounted } from "@/db/queries/exception-acts";
import type { Context } from "../context";
import { recount } from "./raise";

/** Twice as long as the upkeep rests, and some. */
const LOOK_BACK_MS = 30 * 60_000;
const MOST = 1000;

/** Counts anew what a process that ended between raising an exception and counting it left behind. Returns how many shipments. */
export async function recountLost(ctx: Pick<Context, "sql" | "now">): Promise<number> {
  const since = new Date(ctx.now().getTime() - LOOK_BACK_MS);
  const ids = await listMiscounted(ctx.sql, EXCEPTION_KINDS, since, MOST);
  await recount(ctx, ids);
  return ids.length;
}
