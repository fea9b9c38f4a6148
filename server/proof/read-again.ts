import type { StoredClaim } from "@/core/shipments/attributes";
import { type EventFact, eventContent, type StoredEvent } from "@/core/shipments/event";
import { readMessages } from "@/db/queries/pipeline/claim";
import { findRevisionBody } from "@/db/queries/revisions";
import type { Context } from "../context";
import { type Environment, readingAt } from "../pipeline/environment";
import { claimHash, eventKey, interpret } from "../pipeline/interpret";

export type ReadAgain = "same" | "differs" | "bytes_gone" | "other_version" | "too_large";

/** Larger documents are not read again for a proof. */
export const MOST_BYTES = 2 * 1_048_576;

/** Reads a stored message once more as it was read then, and says whether it still says the fact. Writes nothing. */
export async function readAgain(
  ctx: Pick<Context, "sql">,
  env: Environment,
  read: { messageId: string; size: number; adapterVersion: number; mappingVersion: number; revision: number | null },
  fact: { event: StoredEvent | null; claim: StoredClaim | null },
): Promise<ReadAgain> {
  if (read.size > MOST_BYTES) return "too_large";
  const [stored] = await readMessages(ctx.sql, [read.messageId]);
  if (!stored?.bytes) return "bytes_gone";
  // what a person corrected was read instead of the bytes that came
  const revised = read.revision === null ? null : await findRevisionBody(ctx.sql, read.messageId, read.revision);
  const message = revised === null ? stored : { ...stored, bytes: revised };
  const current = env.readings.get(message.feedId);
  if (!current || current.adapter.version !== read.adapterVersion) return "other_version";
  const item = interpret(message, await readingAt(ctx.sql, current, read.mappingVersion));
  const shipments = item.facts?.shipments ?? [];
  const { event, claim } = fact;
  const said =
    event !== null
      ? shipments.some((s) =>
          s.events.some((e) => eventKey(message.feedId, e) === event.key && shownOf(e) === shownOf(event)),
        )
      : claim === null ||
        shipments.some((s) =>
          s.claims.some((c) => c.attribute === claim.attribute && claimHash(c.value) === claim.hash),
        );
  return said ? "same" : "differs";
}

/** All of an event that a proof shows and its name does not cover. */
function shownOf(event: EventFact): string {
  return `${eventContent(event)}\u001f${event.location ?? ""}`;
}
