import { allows, type Right } from "@/core/access/rights";
import type { Role } from "@/core/access/roles";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { insertAudit } from "@/db/queries/audit";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Who acts: a person by role, an API key by scopes, or Waypost itself. */
export type Actor =
  | { kind: "person"; id: string; name: string; role: Role }
  | { kind: "api_key"; id: string; name: string; scopes: readonly string[] }
  | { kind: "system"; id: null; name: string; rule?: string };

export type PersonActor = Extract<Actor, { kind: "person" }>;
export type KeyActor = Extract<Actor, { kind: "api_key" }>;

export const SYSTEM: Actor = { kind: "system", id: null, name: "Waypost" };

/** Says whether the actor may; API keys hold rights as scopes. */
export function may(actor: Actor, right: Right): boolean {
  if (actor.kind === "system") return true;
  return actor.kind === "person" ? allows(actor.role, right) : actor.scopes.includes(right);
}

/** Who answers for a decision: a person, an API key or a rule by its id; null where Waypost did what follows from the facts. */
export function deciderOf(actor: Actor): string | null {
  return actor.kind === "system" ? (actor.rule ?? null) : actor.id;
}

/** First line of every write verb: throws `forbidden` unless the actor may. */
export function requireRight(actor: Actor, right: Right): void {
  if (!may(actor, right)) throw new AppError("forbidden", `You need the right ${right} for this.`);
}

/** Records who changed what, in the transaction of the change itself. */
export async function recordAudit(
  ctx: Pick<Context, "now" | "uuid">,
  tx: Tx,
  actor: Actor,
  entry: { action: string; subject: string; before?: Json; after?: Json; reason?: string; correlationId?: string },
): Promise<void> {
  await insertAudit(tx, {
    id: ctx.uuid(),
    at: ctx.now(),
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    action: entry.action,
    subject: entry.subject,
    before: entry.before ?? null,
    after: entry.after ?? null,
    reason: entry.reason ?? null,
    correlationId: entry.correlationId ?? null,
  });
}
