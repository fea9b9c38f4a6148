import { type Answer, answerOf, type LookupFacts } from "@/core/lookup/answer";
import { withoutFreeText, withoutPrivate } from "@/core/shipments/private";
import type { Shipment } from "@/core/shipments/shipment";
import { readLookup } from "@/db/queries/lookup";
import { type Actor, may } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import type { PartnerScope } from "../people/partner-scope";
import { inScope, shipmentScope } from "../shipments/scope";

export type LookupAnswer = { answer: Answer; feeds: { id: number; name: string }[] };

/** The answer about one shipment for this actor; throws `not_found`, also for what lies outside of a partner's scope. */
export async function answerLookup(
  ctx: Pick<Context, "sql" | "now">,
  actor: Actor,
  id: string,
  known?: PartnerScope | null,
): Promise<LookupAnswer> {
  const [scope, read] = await Promise.all([
    known === undefined ? shipmentScope(ctx, actor) : known,
    readLookup(ctx.sql, id, { exceptions: may(actor, "exceptions:read"), notes: may(actor, "postings:read") }),
  ]);
  if (read === null || !inScope(scope, read)) throw new AppError("not_found", "There is no shipment of this number.");
  const siblings = read.facts.siblings.filter((one) => inScope(scope, one));
  const facts = { ...read.facts, siblings };
  const answer = answerOf(may(actor, "customers:read") ? facts : masked(facts), ctx.now().getTime());
  const told = new Set([...answer.way, ...answer.back].map((stop) => stop.feedId));
  return {
    answer,
    feeds: read.feeds.filter((feed) => told.has(feed.id)).map(({ id: feedId, name }) => ({ id: feedId, name })),
  };
}

/** What may be told without `customers:read`: no name of a customer, nobody's signature, and no free text of a source. */
function masked(facts: LookupFacts): LookupFacts {
  const state = "attributes" in facts.state ? withoutPrivate(facts.state as Shipment) : facts.state;
  return { ...facts, customer: null, state, events: facts.events.map(withoutFreeText) };
}
