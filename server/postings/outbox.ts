import { pageOf, readKeyset } from "@/core/keyset";
import type { DesiredPosting } from "@/core/postings/desired";
import type { PostingExplained } from "@/core/postings/enriched";
import { OUTBOX_TAB_NAMES, OUTBOX_TABS, type OutboxTab, type PostingFilter } from "@/core/postings/filter";
import { HOLD_REASONS, MAKES_RECORD, POSTING_KINDS, POSTING_STATES } from "@/core/postings/kinds";
import {
  COUNT_LIMIT,
  countPostings,
  findPosting,
  listAttempts,
  listPostings,
  type PostingAttempt,
  type PostingCounts,
  type PostingDetail,
} from "@/db/queries/postings";
import type { Context } from "../context";
import { AppError } from "../errors";
import { linkToRecord } from "../odoo/record-link";
import { explainPosting } from "./explain";

/** One page of the outbox. */
export async function readOutbox(
  ctx: Pick<Context, "sql">,
  input: { filter: PostingFilter; cursor?: string | null; limit: number },
) {
  const rows = await listPostings(ctx.sql, {
    filter: input.filter,
    after: readKeyset(input.cursor),
    limit: input.limit + 1,
  });
  return pageOf(rows, input.limit);
}

/** A count of tabs and facets; `capped` where there are more than are counted. */
export type OutboxCounts = Omit<PostingCounts, "state"> & {
  tabs: Record<OutboxTab, { count: number; capped: boolean }>;
};

/** Counts of the outbox under a filter. */
export async function countOutbox(ctx: Pick<Context, "sql">, filter: PostingFilter): Promise<OutboxCounts> {
  const lists = { states: POSTING_STATES, kinds: POSTING_KINDS, holds: HOLD_REASONS };
  const { state, ...rest } = await countPostings(ctx.sql, filter, lists);
  const tabs = Object.fromEntries(
    OUTBOX_TAB_NAMES.map((tab) => {
      const counts = OUTBOX_TABS[tab].map((name) => state[name] ?? 0);
      const sum = counts.reduce((total, count) => total + Math.min(count, COUNT_LIMIT), 0);
      return [tab, { count: sum, capped: counts.some((count) => count > COUNT_LIMIT) }];
    }),
  ) as OutboxCounts["tabs"];
  return { ...rest, tabs };
}

/** One posting with its attempts and the address of its record in Odoo; throws `not_found`. */
export async function getPosting(
  ctx: Pick<Context, "sql">,
  id: string,
): Promise<{
  posting: PostingDetail;
  attempts: PostingAttempt[];
  odooLink: string | null;
  explained: PostingExplained;
}> {
  const posting = await findPosting(ctx.sql, id);
  if (!posting) throw new AppError("not_found", "There is no posting of this id.");
  const attempts = await listAttempts(ctx.sql, posting.shipmentId, posting.key);
  const connection = { url: posting.connectionUrl, version: posting.connectionVersion };
  const recordId = MAKES_RECORD.has(posting.kind) ? madeRecord(attempts) : posting.recordId;
  const odooLink = recordId === null ? null : linkToRecord(connection, posting.recordModel, recordId);
  const explained = await explainPosting(ctx.sql, {
    ...posting,
    desired: posting.desired as unknown as DesiredPosting,
  });
  return { posting, attempts, odooLink, explained };
}

/** The record that a posting made, as Odoo was last read back (newest attempt first); null while nobody has seen it. */
function madeRecord(attempts: readonly PostingAttempt[]): number | null {
  for (const { answer } of attempts) {
    if (answer === null || typeof answer !== "object" || Array.isArray(answer)) continue;
    const id = answer.billId ?? answer.costId;
    if (typeof id === "number") return id;
  }
  return null;
}
