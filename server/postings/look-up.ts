import type { PostingVerdict } from "@/core/postings/desired";
import type { DuePosting } from "@/db/queries/outbox";
import type { OdooClient } from "../adapters/odoo/client";
import { concernsConnection, OdooFailure } from "../adapters/odoo/errors";
import { readBack } from "../adapters/odoo/execute";
import { requestOf } from "./request";

export type LookedUp =
  | { ok: true; verdicts: Map<string, PostingVerdict> }
  | { ok: false; reason: string; down: boolean };

/** Reads Odoo back for a batch of postings: the only judge of what happened. */
export async function lookUp(
  client: OdooClient,
  connectionId: number,
  postings: readonly DuePosting[],
): Promise<LookedUp> {
  try {
    const requests = postings.map((posting) => requestOf(connectionId, posting));
    return { ok: true, verdicts: await readBack(client, requests) };
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    return { ok: false, reason: error.message, down: concernsConnection(error.kind) || error.kind === "unknown" };
  }
}
