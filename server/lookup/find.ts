import { z } from "zod";
import { keysText, type LookupKeys, MOST_PASTED, nothingToLookFor, parseLookup } from "@/core/lookup/parse";
import { chosenOf, type FoundBy, ranked } from "@/core/lookup/rank";
import { findByContacts, findByNumbers, type HitRow, listHits } from "@/db/queries/lookup";
import { findByReferencePrefix } from "@/db/queries/shipment-search";
import { type Actor, may, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { contactHash, hashesToSearch } from "../odoo/contact-hash";
import { inScope, shipmentScope } from "../shipments/scope";
import { answerLookup, type LookupAnswer } from "./answer";

export const lookupInput = z.object({ said: z.string().max(MOST_PASTED * 2) });

export type LookupHit = HitRow & { reasons: FoundBy[] };

export type LookupResult = {
  /** What was looked for. */
  keys: LookupKeys;
  /** True where the paste held addresses or numbers of people and this person may not search by them. */
  contactsRefused: boolean;
  hits: LookupHit[];
  /** More was found than is listed. */
  more: boolean;
  chosen: (LookupAnswer & { id: string }) | null;
};

const MOST_HITS = 20;
const SHORTEST_START = 4;

type Reasons = Map<string, FoundBy[]>;
type LookupContext = Pick<Context, "sql" | "now" | "uuid" | "config">;

/**
 * Finds the shipments that a paste names and answers for the one it can only mean. A search by people's addresses or numbers is noted in
 * the audit log, by how many and how much was found, never by which.
 */
export async function findLookup(
  ctx: LookupContext,
  actor: Actor,
  { said }: z.output<typeof lookupInput>,
): Promise<LookupResult> {
  requireRight(actor, "lookup:read");
  const keys = parseLookup(said);
  const contacts = keys.emails.length + keys.phones.length > 0;
  const mayContacts = may(actor, "lookup:contacts");
  const asked = contacts && !mayContacts ? { ...keys, emails: [], phones: [] } : keys;
  const none: LookupResult = { keys, contactsRefused: contacts && !mayContacts, hits: [], more: false, chosen: null };
  if (nothingToLookFor(asked)) return none;
  const [scope, reasons] = await Promise.all([shipmentScope(ctx, actor), reasonsOf(ctx, asked)]);
  const rows = (await listHits(ctx.sql, [...reasons.keys()])).filter((row) => inScope(scope, row));
  const all = ranked(rows, reasons);
  if (contacts && mayContacts) await auditContacts(ctx, actor, keys, all.length);
  const hits = all.slice(0, MOST_HITS);
  const chosen = chosenOf(hits);
  const answer = chosen === null ? null : await answerLookup(ctx, actor, chosen, scope);
  return {
    ...none,
    hits: may(actor, "customers:read") ? hits : hits.map((hit) => ({ ...hit, customer: null })),
    more: all.length > hits.length,
    chosen: chosen === null || answer === null ? null : { id: chosen, ...answer },
  };
}

/** All that names a shipment, by shipment. The start of a number is tried only where a single one was pasted and nothing else fits. */
async function reasonsOf(ctx: LookupContext, keys: LookupKeys): Promise<Reasons> {
  const searched = hashesToSearch(contactHash(ctx.config.secretKey), keys);
  const hashes = searched.flatMap((one, key) => one.hashes.map((hash) => ({ key, hash: hash.toString("hex") })));
  const [byNumber, byContact] = await Promise.all([
    findByNumbers(
      ctx.sql,
      keys.numbers.map((number) => number.value),
      ctx.now(),
    ),
    findByContacts(ctx.sql, hashes),
  ]);
  const reasons: Reasons = new Map();
  if (keys.shipmentId !== null) add(reasons, keys.shipmentId, { by: "address" });
  for (const { id, kind, said, free } of byNumber) add(reasons, id, { by: "number", kind, said, free });
  for (const { id, key } of byContact) {
    const one = searched[key];
    if (one !== undefined) add(reasons, id, { by: one.by, said: one.said });
  }
  const [only] = keys.numbers;
  if (reasons.size > 0 || only === undefined || only.value.length < SHORTEST_START || keysText(keys) !== only.said)
    return reasons;
  for (const { id, kind, said } of await findByReferencePrefix(ctx.sql, only.value, MOST_HITS))
    add(reasons, id, { by: "start", kind, said });
  return reasons;
}

function add(reasons: Reasons, id: string, reason: FoundBy): void {
  reasons.set(id, [...(reasons.get(id) ?? []), reason]);
}

async function auditContacts(ctx: LookupContext, actor: Actor, keys: LookupKeys, found: number): Promise<void> {
  await recordAudit(ctx, ctx.sql, actor, {
    action: "lookup.contacts",
    subject: "lookup",
    after: { emails: keys.emails.length, phones: keys.phones.length, found },
  });
}
