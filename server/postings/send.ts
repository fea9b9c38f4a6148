import { findDocument } from "@/db/queries/documents";
import type { DuePosting } from "@/db/queries/outbox";
import type { OdooClient } from "../adapters/odoo/client";
import type { OdooAttempt } from "../adapters/odoo/execute";
import { executeTogether } from "../adapters/odoo/execute-together";
import type { Context } from "../context";
import { requestOf } from "./request";

/**
 * Sends postings that may share their calls, and says of each what came of it; never throws for anything that Odoo or the network does. No
 * transaction is open meanwhile.
 */
export function sendTogether(
  ctx: Context,
  client: OdooClient,
  connectionId: number,
  postings: readonly DuePosting[],
): Promise<OdooAttempt[]> {
  const requests = postings.map((posting) => requestOf(connectionId, posting));
  return executeTogether(client, requests, {
    now: () => ctx.now().getTime(),
    document: (documentId) => findDocument(ctx.sql, documentId),
  });
}
