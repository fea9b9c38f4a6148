import type { Breaker } from "@/core/postings/breaker";
import { POSTING_KINDS, type PostingKind } from "@/core/postings/kinds";
import { paceFrom } from "@/core/postings/pace";
import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import type { Context } from "../context";
import type { Gate } from "./gate";
import { breakerFrom } from "./sender-breaker";
import { isOpen, type Sender } from "./sender-state";

/** The connection by which calls leave, with its own pace and breaker. `records`: whose postings they are, where a rule sends those by it. */
export type Way = WorkingConnection & { records?: WorkingConnection };

/** One way out and what takes it. */
export type Leg = {
  way: Way;
  /** Kinds that may leave by it now. */
  kinds: PostingKind[];
  /** Kinds that stand before these on a record though they leave by the other way. */
  first: PostingKind[];
  /** Kinds whose effect is looked up by it; null: all. */
  readBack: PostingKind[] | null;
};

/** Whose postings leave by a way. */
export function recordsOf(way: Way): WorkingConnection {
  return way.records ?? way;
}

/**
 * The ways by which the postings of a connection leave now: its own, and that of the kinds that a rule reroutes. These wait while the other
 * connection is paused or gone. A way whose breaker is open holds up nothing on the other.
 */
export async function legsOf(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  { kinds, rerouted }: Gate,
): Promise<Leg[]> {
  if (rerouted === null) return [{ way: connection, kinds, first: [], readBack: null }];
  const isRerouted = (kind: PostingKind) => rerouted.kinds.includes(kind);
  const own = kinds.filter((kind) => !isRerouted(kind));
  const others = kinds.filter(isRerouted);
  const via = (await workingConnections(ctx.sql)).find(({ id }) => id === rerouted.viaConnectionId);
  const isWorking = via?.state === "active";
  if (via && isWorking) adopt(sender, via);
  const legs: Leg[] = [];
  const readBack = POSTING_KINDS.filter((kind) => !isRerouted(kind));
  // an Odoo of which all is rerouted is asked nothing
  if (readBack.length > 0)
    legs.push({
      way: connection,
      kinds: own,
      first: via && isWorking && !isOpen(sender, via) ? others : [],
      readBack,
    });
  if (via && isWorking)
    legs.push({
      way: { ...via, records: connection },
      kinds: others,
      first: isOpen(sender, connection) ? [] : own,
      readBack: rerouted.kinds,
    });
  return legs;
}

/** Takes over how another connection stands, from whoever sends for it. */
function adopt(sender: Sender, via: WorkingConnection): void {
  if (!sender.paces.has(via.id)) sender.paces.set(via.id, paceFrom(via.pace));
  if (sender.taken.has(via.id)) return;
  const kept = via.breaker as Breaker | null;
  const stored = kept?.state === "closed" ? kept : breakerFrom(kept);
  const known = sender.breakers.get(via.id);
  // what another process counts as failures in a row goes on counting here
  if (known === undefined || known.state !== stored.state) sender.breakers.set(via.id, stored);
}
