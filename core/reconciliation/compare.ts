import type { Thresholds } from "@/core/exceptions/thresholds";
import type { FeedClass } from "@/core/feeds/feed";
import { toMinor } from "@/core/money";
import type { Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";
import { MILESTONES, type Milestone, RANK } from "@/core/shipments/milestones";
import { numbersIn } from "@/core/shipments/owned";
import { quantitiesIn } from "@/core/shipments/quantities";
import type { Shipment } from "@/core/shipments/shipment";
import { ASPECTS, type Aspect, type Compared, PAIRS, type Pair, SIDES, type System, type Verdict } from "./aspects";

/** A transfer as Odoo holds it, with what belongs to it; only what is compared. Instants in ms. */
export type OdooHeld = {
  pickingId: number;
  name: string;
  state: string;
  doneAtMs: number | null;
  trackingReference: string | null;
  /** Price of the delivery in units of its currency, as Odoo keeps it. */
  carrierPrice: number | null;
  /** By product code; `done` is null until the transfer is done. */
  lines: { code: string; demand: number; done: number | null }[];
  /** SHA-1 of the documents attached. */
  proofs: string[];
  /** Transfers that bring its goods back. */
  returns: { name: string; state: string }[];
  /** Marks of Waypost's activities that are open. */
  activities: string[];
  /** Its lines of the order: how much was invoiced of what was delivered; null where it has no order. */
  invoiced: "none" | "part" | "full" | null;
  order: string | null;
  writtenAtMs: number | null;
  writtenBy: { id: number; name: string } | null;
};

/** A person's decision that Odoo's value stays as it is; it holds as long as both values are those that were decided on. */
export type Accepted = { aspect: Aspect; ours: string; theirs: string };

export type Amount = { amountMinor: number; currency: string };

export type CompareInput = {
  /** null: Waypost knows no shipment of this transfer. */
  shipment: Shipment | null;
  /** null: the transfer is not in Odoo, or the user may not see it. */
  odoo: OdooHeld | null;
  classOf: (feedId: number) => FeedClass;
  /** Marks of the activities that were posted as open and not closed since. */
  activities: readonly string[];
  accepted: readonly Accepted[];
  /** What carriers billed for it, and what of that was approved; null where nothing was, or in several currencies. */
  freight: { billed: Amount | null; approved: Amount | null };
  aspects: readonly Aspect[];
  thresholds: Pick<
    Thresholds,
    "firstScanMinutes" | "podMinutes" | "podRequired" | "returnGraceMinutes" | "invoiceHoldDays"
  >;
  nowMs: number;
};

/** What each system says of one aspect: undefined where it does not speak of it, null where it should and has nothing. */
export type Said = Partial<Record<System, Json>>;

export type Comparison = { said: Partial<Record<Aspect, Said>>; compared: Compared[] };

const CARRIERS: ReadonlySet<FeedClass> = new Set(["carrier", "aggregator"]);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const RETURNS: readonly Milestone[] = ["returned", "return_in_transit", "return_initiated"];

/** Compares a shipment among carrier, warehouse, Waypost and Odoo, aspect by aspect and pair by pair. */
export function compare(input: CompareInput): Comparison {
  const said: Comparison["said"] = {};
  const compared: Compared[] = [];
  for (const aspect of ASPECTS) {
    if (!input.aspects.includes(aspect)) continue;
    const values = SAY[aspect](input);
    if (Object.keys(values).length === 0) continue;
    said[aspect] = values;
    for (const pair of PAIRS) {
      const verdict = verdictOf(aspect, pair, values, input);
      if (verdict !== null) compared.push({ pair, aspect, verdict });
    }
  }
  return { said, compared };
}

/** The text by which a value is remembered in a decision. */
export function valueText(value: Json | undefined): string {
  return value === undefined ? "" : canonicalJson(value);
}

const SAY: Readonly<Record<Aspect, (input: CompareInput) => Said>> = {
  state: states,
  tracking,
  quantities,
  freight,
  proof,
  returns,
  exceptions,
  invoices,
};

/** The highest milestone that sources of a class told; null where they told none. */
function toldBy(shipment: Shipment, isOf: (feedId: number) => boolean, among: readonly Milestone[] = MILESTONES) {
  let best: { milestone: Milestone; atMs: number | null; receivedAtMs: number | null } | null = null;
  for (const milestone of among) {
    const reached = shipment.reached[milestone];
    if (reached === undefined || reached.inferred || reached.feedId === null || !isOf(reached.feedId)) continue;
    if (best === null || RANK[milestone] > RANK[best.milestone])
      best = { milestone, atMs: reached.occurredAtMs, receivedAtMs: reached.receivedAtMs };
  }
  return best;
}

function states({ shipment, odoo, classOf, thresholds, nowMs }: CompareInput): Said {
  if (shipment === null) return odoo === null ? {} : { waypost: null, odoo: odoo.state };
  const isCarrier = (feedId: number) => CARRIERS.has(classOf(feedId));
  const cancelled = shipment.terminal === "cancelled";
  // a transfer that is gone and a shipment that was called off tell the same
  const said: Said = {
    waypost: cancelled ? "cancelled" : shipment.milestone,
    odoo: odoo?.state ?? (cancelled ? "cancel" : null),
  };
  const carrier = toldBy(shipment, isCarrier);
  const unmapped = shipment.unmapped.find(({ feedId }) => isCarrier(feedId));
  if (unmapped) said.carrier = `“${unmapped.word}”`;
  else if (carrier) said.carrier = carrier.milestone;
  else if (
    odoo?.state === "done" &&
    odoo.doneAtMs !== null &&
    nowMs - odoo.doneAtMs > thresholds.firstScanMinutes * MINUTE_MS &&
    hasNumber(shipment, odoo)
  )
    said.carrier = null;
  const warehouse = toldBy(shipment, (feedId) => classOf(feedId) === "warehouse");
  if (warehouse) said.warehouse = warehouse.milestone;
  return said;
}

function hasNumber(shipment: Shipment, odoo: OdooHeld): boolean {
  return shipment.packages.length > 0 || odoo.trackingReference !== null;
}

function tracking({ shipment, odoo }: CompareInput): Said {
  const theirs = odoo?.trackingReference ?? null;
  const said: Said = {};
  if (shipment !== null) {
    const owned = shipment.attributes.tracking_number;
    const ours = owned === undefined ? shipment.packages.map(({ number }) => number) : numbersIn(owned.value);
    if (ours.length > 0) said.waypost = [...ours].sort();
    for (const { feedClass, numbers } of shipment.trackingBy) {
      const system = CARRIERS.has(feedClass as FeedClass) ? "carrier" : feedClass === "warehouse" ? "warehouse" : null;
      if (system !== null && numbers.length > 0)
        said[system] = [...new Set([...((said[system] as string[] | undefined) ?? []), ...numbers])].sort();
    }
  }
  const spoken = said.waypost !== undefined || said.carrier !== undefined || said.warehouse !== undefined;
  if (!spoken && theirs === null) return {};
  if (odoo !== null && odoo.state !== "cancel") said.odoo = theirs === null ? null : numbersIn(theirs);
  if (said.waypost === undefined && shipment !== null) said.waypost = null;
  return said;
}

function quantities({ shipment, odoo }: CompareInput): Said {
  const said: Said = {};
  if (shipment !== null) {
    const owner = shipment.attributes.quantities;
    const told =
      owner === undefined
        ? []
        : [
            owner,
            ...shipment.advisories.filter(({ attribute, subject }) => attribute === "quantities" && subject === ""),
          ];
    const warehouse = told.find(({ feedClass }) => feedClass === "warehouse");
    const done = (value: Json) => doneIn(value);
    if (warehouse && done(warehouse.value) !== null) said.warehouse = done(warehouse.value);
    if (owner && done(owner.value) !== null) said.waypost = done(owner.value);
  }
  if (odoo?.state === "done" && odoo.lines.length > 0)
    said.odoo = sums(odoo.lines.map(({ code, done }) => [code, done ?? 0]));
  return said.warehouse === undefined && said.waypost === undefined ? {} : said;
}

function doneIn(value: Json): Json {
  const found = [...quantitiesIn(value)].flatMap(([code, { done }]) => (done === null ? [] : [[code, done] as const]));
  return found.length === 0 ? null : sums(found);
}

function sums(lines: readonly (readonly [string, number])[]): Json {
  const byCode = new Map<string, number>();
  for (const [code, quantity] of lines) byCode.set(code, round((byCode.get(code) ?? 0) + quantity));
  return Object.fromEntries([...byCode].filter(([, quantity]) => quantity !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Sums of decimal fractions to a hundred-thousandth, as Odoo rounds quantities. */
function round(quantity: number): number {
  return Math.round(quantity * 100_000) / 100_000;
}

function freight({ shipment, odoo, freight: { billed, approved } }: CompareInput): Said {
  const ours = approved ?? expectedOf(shipment);
  if (ours === null || odoo === null) return {};
  const price = odoo.carrierPrice ? toMinor(String(odoo.carrierPrice), ours.currency) : null;
  // an estimate that Odoo was never to hold is no difference; what was approved belongs there
  if (price === null && approved === null) return {};
  const theirs = price === null ? null : { amountMinor: price, currency: ours.currency };
  return { ...(billed === null ? {} : { carrier: billed }), waypost: ours, odoo: theirs };
}

/** What somebody but Odoo expects it to cost. */
function expectedOf(shipment: Shipment | null): Amount | null {
  const owned = shipment?.attributes.expected_freight;
  const value = owned?.value;
  if (owned === undefined || owned.feedClass === "odoo" || value === null || typeof value !== "object") return null;
  if (Array.isArray(value)) return null;
  const { amountMinor, currency } = value as { amountMinor?: Json; currency?: Json };
  return typeof amountMinor === "number" && typeof currency === "string" ? { amountMinor, currency } : null;
}

function proof({ shipment, odoo, thresholds, nowMs }: CompareInput): Said {
  if (shipment === null) return {};
  const value = shipment.attributes.proof_of_delivery?.value ?? null;
  const documents = (Array.isArray(value) ? value : [value]).flatMap((one) =>
    one !== null && typeof one === "object" && !Array.isArray(one) && typeof one.sha1 === "string" ? [one.sha1] : [],
  );
  if (documents.length > 0) {
    const held = new Set(odoo?.proofs ?? []);
    return {
      carrier: documents.sort(),
      waypost: documents,
      odoo: documents.some((sha1) => held.has(sha1)) ? documents.filter((sha1) => held.has(sha1)) : null,
    };
  }
  const deliveredAtMs = shipment.reached.delivered?.occurredAtMs ?? null;
  const overdue = deliveredAtMs !== null && nowMs - deliveredAtMs > thresholds.podMinutes * MINUTE_MS;
  return thresholds.podRequired && overdue && value === null && !shipment.reached.pod_received
    ? { carrier: null, waypost: "required" }
    : {};
}

function returns({ shipment, odoo, classOf, thresholds, nowMs }: CompareInput): Said {
  const theirs = odoo === null || odoo.returns.length === 0 ? null : odoo.returns.map(({ name }) => name).sort();
  const told = shipment === null ? null : toldBy(shipment, () => true, RETURNS);
  if (told === null) return {};
  const since = told.receivedAtMs ?? told.atMs;
  if (theirs === null && since !== null && nowMs - since < thresholds.returnGraceMinutes * MINUTE_MS) return {};
  const said: Said = { waypost: told.milestone, odoo: odoo === null ? null : theirs };
  const carrier = shipment === null ? null : toldBy(shipment, (feedId) => CARRIERS.has(classOf(feedId)), RETURNS);
  if (carrier) said.carrier = carrier.milestone;
  const warehouse = shipment === null ? null : toldBy(shipment, (feedId) => classOf(feedId) === "warehouse", RETURNS);
  if (warehouse) said.warehouse = warehouse.milestone;
  return said;
}

function exceptions({ activities, odoo }: CompareInput): Said {
  const theirs = odoo?.activities ?? [];
  if (activities.length === 0 && theirs.length === 0) return {};
  const listed = (marks: readonly string[]) => (marks.length === 0 ? null : [...marks].sort());
  return { waypost: listed(activities), odoo: listed(theirs) };
}

function invoices({ shipment, odoo, thresholds, nowMs }: CompareInput): Said {
  if (shipment === null || odoo === null || odoo.invoiced === null) return {};
  const deliveredAtMs = shipment.reached.delivered?.occurredAtMs ?? null;
  if (deliveredAtMs === null) return odoo.invoiced === "none" ? {} : { waypost: null, odoo: odoo.invoiced };
  const due = nowMs - deliveredAtMs > thresholds.invoiceHoldDays * DAY_MS;
  if (odoo.invoiced === "full") return { waypost: "delivered", odoo: "full" };
  return due ? { waypost: "delivered", odoo: odoo.invoiced === "none" ? null : odoo.invoiced } : {};
}

function verdictOf(aspect: Aspect, pair: Pair, said: Said, input: CompareInput): Verdict | null {
  const [left, right] = SIDES[pair];
  // whether a bill is right is decided under Freight; here it only stands beside what was approved
  if (aspect === "freight" && pair !== "waypost_odoo") return null;
  const [a, b] = [said[left], said[right]];
  if (a === undefined || b === undefined) return null;
  const found = judged(aspect, pair, a, b, input);
  if (found === null || found === "matched") return found;
  const decided =
    right === "odoo" &&
    input.accepted.some(
      (one) => one.aspect === aspect && one.ours === valueText(said.waypost) && one.theirs === valueText(b),
    );
  return decided ? "accepted" : found;
}

function judged(aspect: Aspect, pair: Pair, a: Json, b: Json, input: CompareInput): Verdict | null {
  if (a === null && b === null) return null;
  if (a === null) return "missing_left";
  if (b === null) return "missing_right";
  switch (aspect) {
    case "state":
      return sameState(pair, String(a), String(b), input);
    case "tracking":
      return sameNumbers(pair, a as string[], b as string[]) ? "matched" : "differs";
    case "returns":
      return "matched";
    case "invoices":
      return a === "delivered" && b === "full" ? "matched" : "differs";
    case "proof":
      return a === "required" || b === "required" || valueText(a) === valueText(b) ? "matched" : "differs";
    case "quantities":
    case "freight":
    case "exceptions":
      return valueText(a) === valueText(b) ? "matched" : "differs";
  }
}

/** Naming fewer numbers is no contradiction between sources; Odoo has to hold all that Waypost does. */
function sameNumbers(pair: Pair, a: readonly string[], b: readonly string[]): boolean {
  const within = (some: readonly string[], all: readonly string[]) => some.every((number) => all.includes(number));
  return pair === "waypost_odoo" ? within(a, b) : within(a, b) || within(b, a);
}

type Phase = "open" | "left" | "delivered" | "returned" | "cancelled" | "unread";

function phaseOf(word: string): Phase {
  if (word === "done") return "left";
  if (word === "cancel" || word === "cancelled") return "cancelled";
  if (!(MILESTONES as readonly string[]).includes(word)) return word.startsWith("“") ? "unread" : "open";
  const rank = RANK[word as Milestone];
  if (word === "returned") return "returned";
  if (rank >= RANK.delivered && rank < RANK.return_initiated) return "delivered";
  return rank >= RANK.picked_up || word === "lost" || word === "destroyed" ? "left" : "open";
}

function sameState(pair: Pair, a: string, b: string, input: CompareInput): Verdict | null {
  const withOdoo = SIDES[pair][1] === "odoo";
  const [left, right] = [phaseOf(a), phaseOf(b)].map((phase) =>
    withOdoo && (phase === "delivered" || phase === "returned") ? "left" : phase,
  );
  if (left === right) return "matched";
  if (left === "unread" || right === "unread") return "differs";
  // A source that speaks less far than the others is behind, and wrong only when its time is over.
  const { odoo, nowMs, thresholds } = input;
  const sinceMs = withOdoo && pair !== "waypost_odoo" ? (odoo?.doneAtMs ?? null) : null;
  if (left === "open" && right === "left" && pair !== "waypost_odoo") {
    if (sinceMs !== null && nowMs - sinceMs > thresholds.firstScanMinutes * MINUTE_MS && pair === "carrier_odoo")
      return "differs";
    return null;
  }
  if (pair === "warehouse_waypost" && left !== "cancelled" && right !== "cancelled") return "matched";
  return "differs";
}
