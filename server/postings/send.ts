import { findDocument } from "@/db/queries/documents";
import type { DuePosting } from "@/db/queries/outbox";
import type { OdooClient } from "../adapters/odoo/client";
import { executePosting, type OdooAttempt } from "../adapters/odoo/execute";
import type { Context } from "../context";
import { requestOf } from "./request";

/** Sends one posting; never throws for anything that Odoo or the network does. No transaction is open meanwhile. */
export function sendOne(
  ctx: Context,
  client: OdooClient,
  connectionId: number,
  posting: DuePosting,
): Promise<OdooAttempt> {
  return executePosting(client, requestOf(connectionId, posting), {
    now: () => ctx.now().getTime(),
    document: (documentId) => findDocument(ctx.sql, documentId),
  });
}
