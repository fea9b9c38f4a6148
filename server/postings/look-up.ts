import type { PostingRequest, PostingVerdict } from "@/core/postings/desired";
import { workingConnections } from "@/db/queries/odoo-work";
import type { DuePosting } from "@/db/queries/outbox";
import type { OdooClient } from "../adapters/odoo/client";
import { concernsConnection, OdooFailure } from "../adapters/odoo/errors";
import { readBack } from "../adapters/odoo/execute";
import type { Context } from "../context";
import type { OdooClients } from "../odoo/clients";
import { requestOf } from "./request";

export type LookedUp =
  | { ok: true; verdicts: Map<string, PostingVerdict>; unread: Map<string, string> }
  | { ok: false; reason: string; down: boolean };

/** Reads Odoo back for a batch of postings: the only judge of what happened. */
export async function lookUp(
  client: OdooClient,
  connectionId: number,
  postings: readonly DuePosting[],
): Promise<LookedUp> {
  try {
    const requests = postings.map((posting) => requestOf(connectionId, posting));
    const unread = new Map<string, string>();
    return { ok: true, verdicts: await readBack(client, requests, unread), unread };
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    return { ok: false, reason: error.message, down: concernsConnection(error.kind) || error.kind === "unknown" };
  }
}

const MOST_AT_ONCE = 200;

/** What Odoo holds now of what these postings would change, by key. Those whose Odoo cannot be read are left out. */
export async function readPresent(
  ctx: Context,
  clients: OdooClients,
  requests: readonly PostingRequest[],
): Promise<Map<string, PostingVerdict>> {
  const found = new Map<string, PostingVerdict>();
  if (requests.length === 0) return found;
  const connections = await workingConnections(ctx.sql);
  for (const [id, mine] of Map.groupBy(requests, (request) => request.record.connectionId)) {
    const connection = connections.find((one) => one.id === id);
    if (!connection) continue;
    try {
      const client = await clients.get(ctx, connection);
      for (let at = 0; at < mine.length; at += MOST_AT_ONCE)
        for (const [key, verdict] of await readBack(client, mine.slice(at, at + MOST_AT_ONCE))) found.set(key, verdict);
    } catch (error) {
      if (!(error instanceof OdooFailure)) throw error;
    }
  }
  return found;
}
