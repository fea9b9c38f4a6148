import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { comeHome } from "@/core/routing/come-home";
import { putClaim } from "@/core/shipments/claims";
import { ruledOutIn } from "@/core/shipments/correction";
import { eventContent } from "@/core/shipments/event";
import type { ShipmentFacts } from "@/core/shipments/facts";
import { type Match, match } from "@/core/shipments/match";
import { type Reference, reference } from "@/core/shipments/references";
import type { ClaimRow, EventRow } from "@/db/queries/pipeline/load";
import type { ClaimsRow, LinkRow, NewReference } from "@/db/queries/pipeline/save";
import { type Families, type Family, freshFamily, remember } from "./families";
import { claimHash, eventKey, type Interpreted } from "./interpret";
import { defaultHits, type Routes, routedHits, targetOf } from "./route";
import { stopwatch } from "./stopwatch";

type Touched = { messageId: string; receivedAtMs: number; correlationId: string; feedId: number; backfill: boolean };

/** What came of one message, and the work it made in microseconds: finding its shipments; filing, folding and judging. */
export type Tally = {
  events: number;
  repeated: number;
  shipmentIds: Set<string>;
  routeUs: number;
  enrichUs: number;
};

/** What filing a batch of facts adds to the database, gathered in memory. */
export type Filed = {
  references: Map<string, NewReference>;
  events: Map<string, EventRow>;
  claims: Map<string, ClaimsRow>;
  links: LinkRow[];
  heads: Map<string, string>;
  /** Families that were made and linked to another in the same batch: members that have no row yet. */
  newMembers: { family: Family; touch: Touched }[];
  /** Families that got something to judge, with the message that touched them last. */
  touched: Map<string, Touched>;
  /** Findings of the correlation, by home. */
  findings: { homeId: string; shipmentId: string; finding: Finding; correlationId: string }[];
  perMessage: Map<string, Tally>;
  /** New actual events with a time, for the latency of the sources. */
  fresh: EventRow[];
};

export function emptyFiled(): Filed {
  return {
    references: new Map(),
    events: new Map(),
    claims: new Map(),
    links: [],
    heads: new Map(),
    newMembers: [],
    touched: new Map(),
    findings: [],
    perMessage: new Map(),
    fresh: [],
  };
}

export type Filing = {
  families: Families;
  filed: Filed;
  odooExpected: boolean;
  routes: Routes | null;
  uuid: () => string;
  nowMs: number;
};

/** Values by which the facts of a message are looked up and locked. */
export function valuesOf(items: readonly Interpreted[]): Set<string> {
  const values = new Set<string>();
  for (const item of items) {
    for (const facts of item.facts?.shipments ?? []) {
      for (const ref of facts.references) values.add(ref.value);
      for (const pack of facts.packages) values.add(pack.number);
    }
  }
  return values;
}

/**
 * Files what one message says: finds or makes the shipment of each of its facts, adds references, events and claims. Returns the keys of the
 * events it speaks of.
 */
export function fileMessage(work: Filing, item: Interpreted): Set<string> {
  const tally: Tally = { events: 0, repeated: 0, shipmentIds: new Set(), routeUs: 0, enrichUs: 0 };
  const whole = stopwatch();
  work.filed.perMessage.set(item.message.id, tally);
  const produced = new Set<string>();
  for (const facts of item.facts?.shipments ?? []) {
    if (facts.references.length === 0 && facts.packages.length === 0) continue;
    const before = work.filed.links.length;
    const references = [...facts.references, ...packageReferences(facts)];
    const routing = stopwatch();
    const family = homeOf(work, item, facts, references);
    tally.routeUs += routing();
    tally.shipmentIds.add(family.headId);
    let news = family.fresh || work.filed.links.length > before;
    if (addReferences(work, item, facts, references, family)) news = true;
    for (const fact of facts.events) {
      const key = eventKey(item.reading.feedId, fact);
      produced.add(key);
      if (addEvent(work, item, family, key, fact)) tally.events++;
      else tally.repeated++;
    }
    news = addClaims(work, item, facts, family) || tally.events > 0 || news;
    if (news) touch(work, item, family);
  }
  tally.enrichUs = Math.max(0, whole() - tally.routeUs);
  return produced;
}

function homeOf(work: Filing, item: Interpreted, facts: ShipmentFacts, references: Reference[]): Family {
  const found = matchRouted(work, item, { ...facts, references });
  switch (found.kind) {
    case "one":
      return joined(work, found);
    case "none":
      return newFamily(work, item);
    case "ambiguous": {
      const family = newFamily(work, item);
      work.filed.findings.push(ambiguous(item, family.headId, found));
      return family;
    }
    case "conflict": {
      const home =
        found.home === null ? newFamily(work, item) : (work.families.family(found.home) ?? newFamily(work, item));
      for (const other of found.others) work.filed.findings.push(duplicate(item, home.headId, other, found.by));
      return home;
    }
  }
}

/** Matches facts among the shipments of the Odoo they are routed to; the Odoo for all others breaks a tie. */
function matchRouted({ families, routes, odooExpected }: Filing, item: Interpreted, facts: ShipmentFacts): Match {
  const { references } = facts;
  const named = families.hits(new Set(references.map((ref) => ref.value)));
  const { receivedAtMs } = item.message;
  const target = routes && targetOf(routes, item.reading, facts);
  const hits = routes && target ? routedHits(routes, families, target, references, named) : named;
  const candidates = families.candidates(hits, odooExpected);
  const found = match(facts, hits, candidates, receivedAtMs);
  if (target !== null) return comeHome(found, facts, hits, candidates, receivedAtMs);
  const left = routes && found.kind === "ambiguous" ? defaultHits(routes, families, found, references, hits) : null;
  return left === null ? found : match(facts, left, candidates, receivedAtMs);
}

function joined(work: Filing, found: Extract<Match, { kind: "one" }>): Family {
  const family = work.families.family(found.shipmentId);
  if (!family) throw new Error(`match named a shipment that is not loaded: ${found.shipmentId}`);
  for (const other of found.link) {
    const member = work.families.family(other);
    if (!member || member === family) continue;
    for (const id of member.members.keys()) work.filed.heads.set(id, family.headId);
    const why = `same movement by ${found.by.map((ref) => `${ref.kind} ${ref.said}`).join(", ")}`.slice(0, 500);
    work.filed.links.push({
      shipmentId: member.headId,
      id: work.uuid(),
      otherId: family.headId,
      kind: "linked",
      why,
      byPerson: null,
    });
    const touch = work.filed.touched.get(member.headId);
    if (member.fresh && touch) work.filed.newMembers.push({ family: member, touch });
    work.filed.touched.delete(member.headId);
    work.families.link(family, member);
  }
  return family;
}

function newFamily(work: Filing, item: Interpreted): Family {
  const family = freshFamily(work.uuid(), item.reading.feedId, item.message.receivedAtMs);
  work.families.add(family);
  return family;
}

function packageReferences(facts: ShipmentFacts): Reference[] {
  return facts.packages.flatMap((pack) => {
    const known = facts.references.some((ref) => ref.kind === "tracking_number" && ref.value === pack.number);
    const made = known ? null : reference("tracking_number", pack.issuer, pack.number);
    return made ? [made] : [];
  });
}

/** Adds references the family does not have; false when all are known. */
function addReferences(
  work: Filing,
  item: Interpreted,
  facts: ShipmentFacts,
  references: readonly Reference[],
  family: Family,
): boolean {
  let news = false;
  const packages = new Map(facts.packages.map((pack) => [pack.number, pack]));
  for (const ref of references) {
    const pack = ref.kind === "tracking_number" ? packages.get(ref.value) : undefined;
    const issuer = ref.issuer ?? "";
    const known = family.references.find(
      (row) => row.value === ref.value && row.kind === ref.kind && (row.issuer === issuer || issuer === ""),
    );
    // a person said that the number is not of this shipment: it does not come back with every message
    if (!known && ref.kind === "tracking_number" && ruledOutIn(family.claims, "tracking_number").has(ref.value))
      continue;
    const isPackage = pack !== undefined;
    const isMaster = pack?.master ?? false;
    if (known && (known.package || !isPackage) && (known.master || !isMaster)) continue;
    const row: NewReference = {
      value: ref.value,
      kind: ref.kind,
      issuer: known?.issuer ?? issuer,
      shipmentId: known?.shipmentId ?? family.headId,
      said: known?.said ?? ref.said,
      feedId: known?.feedId ?? item.reading.feedId,
      package: isPackage || (known?.package ?? false),
      master: isMaster || (known?.master ?? false),
      liveUntilMs: known?.liveUntilMs ?? null,
      messageId: item.message.id,
    };
    news = true;
    work.filed.references.set([row.value, row.kind, row.issuer, row.shipmentId].join("\u001f"), row);
    if (known) Object.assign(known, { package: row.package, master: row.master });
    else {
      family.references.push(row);
      work.families.index(row);
    }
  }
  return news;
}

/** Adds one reading of an event; false when it says nothing new. */
function addEvent(
  work: Filing,
  item: Interpreted,
  family: Family,
  key: string,
  fact: ShipmentFacts["events"][number],
): boolean {
  const { reading, message } = item;
  const known = family.byKey.get(key);
  if (known) {
    if (known.generation > reading.generation) return false;
    if (!known.withdrawn) {
      const [was, says] = [eventContent(known), eventContent(fact)];
      if (was === says || (known.generation === reading.generation && was < says)) return false;
    }
  }
  const row: EventRow = {
    ...fact,
    key,
    generation: reading.generation,
    withdrawn: false,
    feedId: reading.feedId,
    feedClass: reading.class,
    messageId: known?.messageId ?? message.id,
    receivedAtMs: known ? Math.min(known.receivedAtMs, message.receivedAtMs) : message.receivedAtMs,
    shipmentId: known?.shipmentId ?? family.headId,
  };
  keepEvent(work, family, row);
  if (!known && fact.classifier === "actual" && fact.time !== null && !fact.overall) work.filed.fresh.push(row);
  return true;
}

function keepEvent(work: Filing, family: Family, row: EventRow): void {
  family.events.push(row);
  remember(family, row);
  work.filed.events.set(`${row.key}/${row.generation}/${row.shipmentId}`, row);
}

/** Withdraws events and claims that came with this message under an earlier reading and that the new one does not yield. */
export function withdraw(work: Filing, item: Interpreted, produced: ReadonlySet<string>): void {
  for (const family of work.families.byHead.values()) {
    for (const row of [...family.byKey.values()]) {
      if (
        row.messageId !== item.message.id ||
        row.withdrawn ||
        produced.has(row.key) ||
        row.generation >= item.reading.generation
      )
        continue;
      keepEvent(work, family, { ...row, generation: item.reading.generation, withdrawn: true });
      touch(work, item, family);
    }
    const gone = family.claims.filter(
      (claim) => claim.messageId === item.message.id && claim.generation < item.reading.generation,
    );
    if (gone.length === 0) continue;
    family.claims = family.claims.filter((claim) => !gone.includes(claim));
    for (const claim of gone) writeClaims(work, family, claim.shipmentId, claim.feedId, claim.subject);
    touch(work, item, family);
  }
}

function touch(work: Filing, item: Interpreted, family: Family): void {
  const { id, receivedAtMs, correlationId, name } = item.message;
  const backfill =
    (work.filed.touched.get(family.headId)?.backfill ?? true) && name !== null && name.startsWith(BACKFILL);
  const feedId = item.reading.feedId;
  work.filed.touched.set(family.headId, { messageId: id, receivedAtMs, correlationId, feedId, backfill });
}

/** Names of messages that a poll read as history start with this: they ask for no effect that happens once. */
export const BACKFILL = "backfill ";

/** Merges claims; false when none of them stands. */
function addClaims(work: Filing, item: Interpreted, facts: ShipmentFacts, family: Family): boolean {
  if (facts.claims.length === 0) return false;
  const { feedId, class: feedClass, generation } = item.reading;
  const shipmentId = family.headId;
  let news = false;
  for (const { attribute, subject, value, occurredAtMs } of facts.claims) {
    const hash = hashKnown(family.claims, attribute, value) ?? claimHash(value);
    const messageId = item.message.id;
    const claim: ClaimRow = {
      attribute,
      subject,
      value,
      occurredAtMs,
      shipmentId,
      feedId,
      feedClass,
      messageId,
      generation,
      hash,
    };
    if (!putClaim(family.claims, claim)) continue;
    news = true;
    writeClaims(work, family, shipmentId, feedId, subject);
  }
  return news;
}

/** Sources repeat themselves: the same word has the same hash. */
function hashKnown(claims: readonly ClaimRow[], attribute: string, value: ClaimRow["value"]): string | null {
  if (typeof value === "object") return null;
  for (const claim of claims) if (claim.attribute === attribute && claim.value === value) return claim.hash;
  return null;
}

/** Notes that the row of these claims is to be written; what stands in it is read when all messages are filed. */
function writeClaims(work: Filing, family: Family, shipmentId: string, feedId: number, subject: string): void {
  const name = `${shipmentId}\u001f${feedId}\u001f${subject}`;
  work.filed.claims.set(name, {
    shipmentId,
    feedId,
    subject,
    get values() {
      return valuesOfClaims(family, shipmentId, feedId, subject);
    },
  });
}

function valuesOfClaims(family: Family, shipmentId: string, feedId: number, subject: string): ClaimsRow["values"] {
  const values: ClaimsRow["values"] = {};
  for (const claim of family.claims) {
    if (claim.feedId !== feedId || claim.subject !== subject || claim.shipmentId !== shipmentId) continue;
    values[claim.attribute] = {
      v: claim.value,
      at: claim.occurredAtMs,
      h: claim.hash,
      g: claim.generation,
      m: claim.messageId,
    };
  }
  return values;
}

function ambiguous(
  item: Interpreted,
  homeId: string,
  found: Extract<Match, { kind: "ambiguous" }>,
): Filed["findings"][number] {
  const by = found.by.map((ref) => ref.said).join(", ");
  const candidates = [...found.candidates].sort();
  return {
    homeId,
    shipmentId: homeId,
    correlationId: item.message.correlationId,
    finding: {
      kind: "ambiguous_match",
      subject: "shipment",
      occurrence: candidates.join(","),
      severity: EXCEPTION_SPECS.ambiguous_match.severity,
      cause: { source: item.reading.slug, what: found.by[0]?.kind ?? "reference" },
      text: `${by} fits ${candidates.length} shipments`,
      evidence: { numbers: found.by.map((ref) => ({ kind: ref.kind, value: ref.said })), candidates },
      feedId: item.reading.feedId,
      messageId: item.message.id,
    },
  };
}

function duplicate(
  item: Interpreted,
  homeId: string,
  other: string,
  by: readonly Reference[],
): Filed["findings"][number] {
  const [first, second] = [homeId, other].sort() as [string, string];
  const said = by.map((ref) => ref.said).join(", ");
  return {
    homeId: first,
    shipmentId: homeId,
    correlationId: item.message.correlationId,
    finding: {
      kind: "duplicate_shipment",
      subject: `pair:${second}`,
      occurrence: `${first},${second}`,
      severity: EXCEPTION_SPECS.duplicate_shipment.severity,
      cause: { source: item.reading.slug, what: by[0]?.kind ?? "reference" },
      text: `${said} names two shipments`,
      evidence: { numbers: by.map((ref) => ({ kind: ref.kind, value: ref.said })), shipments: [first, second] },
      feedId: item.reading.feedId,
      messageId: item.message.id,
    },
  };
}
