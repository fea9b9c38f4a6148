import type { PostingRequest } from "@/core/postings/desired";
import type { DuePosting } from "@/db/queries/outbox";

/** What the Odoo adapter needs of a posting. */
export function requestOf(connectionId: number, posting: DuePosting): PostingRequest {
  return {
    key: posting.key,
    correlationId: posting.correlationId ?? posting.id,
    record: { connectionId, model: posting.recordModel, id: posting.recordId, companyId: posting.companyId ?? 1 },
    desired: posting.desired,
  };
}
