import type { PostingFilter } from "@/core/postings/filter";
import { listPostingIds } from "@/db/queries/postings";
import type { Context } from "../context";
import { AppError } from "../errors";

/** A bulk act takes at most so many postings at once. */
export const BULK_LIMIT = 10_000;

/** Ids of the postings that an act is about: those chosen, or all of a filter but a few. Throws `limit` for too many. */
export async function chosenPostings(
  ctx: Pick<Context, "sql">,
  target: { ids: readonly string[] } | { filter: PostingFilter; except: readonly string[] },
): Promise<string[]> {
  if ("ids" in target) return [...target.ids];
  const ids = await listPostingIds(ctx.sql, target.filter, BULK_LIMIT + 1);
  if (ids.length > BULK_LIMIT)
    throw new AppError("limit", `More than ${BULK_LIMIT.toLocaleString("en")} postings match; narrow the filter.`);
  const except = new Set(target.except);
  return ids.filter((id) => !except.has(id));
}
