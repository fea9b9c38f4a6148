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
import {
  type ExceptionSides,
  judgeActivities,
  judgeInOdoo,
  judgeReported,
  type KeptException,
  namesOf,
  reportedBy,
  saidBySource,
  saidByWaypost,
} from "./compare-exceptions";
import { type OdooReturn, odooSide, type ReturnSide, sameReturn } from "./compare-returns";
import { invoiceGap } from "./invoice-gap";

/** A transfer as Odoo holds it, with what belongs to it; only what is compared. Instants in ms. */
export type OdooHeld = {
  pickingId: number;
  name: string;
  state: string;
  doneAtMs: number | null;
  trackingReference: string | null;
  /** Price of the delivery in units of its currency, as Odoo keeps it. */
  carrierPrice: number | null;
  /** By product code; `done` is null until the transfer is done, `invoiced` is how much of it is on an invoice. */
  lines: { code: string; demand: number; done: number | null; invoiced?: number }[];
  /** SHA-1 of the documents attached. */
  proofs: string[];
  /** Transfers that bring its goods back. */
  returns: OdooReturn[];
  /** Marks of Waypost's activities that are open. */
  activities: string[];
  /**
   * How much of what this transfer delivers is invoiced, where several deliver a line in the order in which they were done; null where it has
   * no order, or nothing of it is to be invoiced.
   */
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
  /** Exceptions of it that Waypost has. */
  exceptions: readonly KeptException[];
  /** Which feeds sent its documents, by their SHA-1. */
  proofsFrom: readonly { sha1: string; feedId: number }[];
  accepted: readonly Accepted[];
  /** What carriers billed for it, and what of that was approved; null where nothing was, or in several currencies. */
  freight: { billed: Amount | null; approved: Amount | null };
  aspects: readonly Aspect[];
  thresholds: Pick<
    Thresholds,
    "firstScanMinutes" | "podMinutes" | "podRequired" | "returnGraceMinutes" | "invoiceHoldDays" | "invoicedAheadDays"
  >;
  /** When it was first seen invoiced and not delivered; null where it never was. */
  invoicedSinceMs: number | null;
  nowMs: number;
};

/** What each system says of one aspect: undefined where it does not speak of it, null where it should and has nothing. */
export type Said = Partial<Record<System, Json>>;

export type Comparison = { said: Partial<Record<Aspect, Said>>; compared: Compared[] };

const CARRIERS: ReadonlySet<FeedClass> = new Set(["carrier", "aggregator"]);

/** Whose side a feed is on; null for those that are not compared by themselves. */
function systemOf(feedClass: FeedClass): "carrier" | "warehouse" | null {
  return CARRIERS.has(feedClass) ? "carrier" : feedClass === "warehouse" ? "warehouse" : null;
}

const MINUTE_MS = 60_000;
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
      const system = systemOf(feedClass as FeedClass);
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

function proof({ shipment, odoo, proofsFrom, classOf, thresholds, nowMs }: CompareInput): Said {
  if (shipment === null) return {};
  const value = shipment.attributes.proof_of_delivery?.value ?? null;
  const documents = (Array.isArray(value) ? value : [value]).flatMap((one) =>
    one !== null && typeof one === "object" && !Array.isArray(one) && typeof one.sha1 === "string" ? [one.sha1] : [],
  );
  if (documents.length > 0) {
    documents.sort();
    const held = new Set(odoo?.proofs ?? []);
    const from = (system: System) => {
      const sent = new Set(
        proofsFrom.flatMap(({ sha1, feedId }) => (systemOf(classOf(feedId)) === system ? sha1 : [])),
      );
      return documents.filter((sha1) => sent.has(sha1));
    };
    const [carrier, warehouse] = [from("carrier"), from("warehouse")];
    return {
      ...(carrier.length > 0 ? { carrier } : {}),
      ...(warehouse.length > 0 ? { warehouse } : {}),
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

function returns(input: CompareInput): Said {
  const { shipment, odoo, thresholds, nowMs } = input;
  if (shipment === null) return {};
  const graceMs = thresholds.returnGraceMinutes * MINUTE_MS;
  const isYoung = (sinceMs: number | null) => sinceMs !== null && nowMs - sinceMs < graceMs;
  const theirs = odoo === null || odoo.returns.length === 0 ? null : odoo.returns.map(returnName).sort();
  const told = toldBy(shipment, () => true, RETURNS);
  if (told === null) {
    // a return that Odoo alone has: whoever moves the goods may tell of it later
    if (theirs === null || odoo === null) return {};
    const young = odoo.returns.every(({ state, createdAtMs, writtenAtMs }) =>
      isYoung(state === "done" ? writtenAtMs : (createdAtMs ?? writtenAtMs)),
    );
    return young ? {} : { waypost: null, odoo: theirs };
  }
  if (theirs === null && isYoung(told.receivedAtMs ?? told.atMs)) return {};
  const said: Said = { waypost: withQuantities(told.milestone, returnedOf(shipment, null)), odoo: theirs };
  for (const system of ["carrier", "warehouse"] as const) {
    const one = returnTold(input, system);
    if (one) said[system] = withQuantities(one.milestone, system === "warehouse" ? returnedOf(shipment, system) : null);
  }
  return said;
}

function returnName({ name, state, lines }: OdooReturn): string {
  const what = lines.map(({ code, quantity }) => `${quantity} × ${code}`).join(" + ");
  return `${name} ${state}${what === "" ? "" : `: ${what}`}`;
}

function withQuantities(milestone: Milestone, quantities: Json | null): Json {
  if (quantities === null || typeof quantities !== "object") return milestone;
  return [
    milestone,
    Object.entries(quantities)
      .map(([code, quantity]) => `${quantity} × ${code}`)
      .join(" + "),
  ];
}

function returnTold({ shipment, classOf }: CompareInput, system: System) {
  return shipment === null
    ? null
    : toldBy(shipment, (feedId) => system === "waypost" || systemOf(classOf(feedId)) === system, RETURNS);
}

/** What came back by product, as its owner or as the warehouse tells; null where nobody says. */
function returnedOf(shipment: Shipment, of: "warehouse" | null): Json | null {
  const owner = shipment.attributes.returned_quantities;
  const all = [owner, ...shipment.advisories.filter(({ attribute }) => attribute === "returned_quantities")];
  const said = of === null ? owner : all.find((one) => one?.feedClass === of);
  return said === undefined ? null : doneIn(said.value);
}

function returnSide(input: CompareInput, system: System): ReturnSide | null {
  const { shipment, odoo } = input;
  if (system === "odoo") return odoo === null || odoo.returns.length === 0 ? null : odooSide(odoo.returns, sums);
  const told = returnTold(input, system);
  if (!told || shipment === null) return null;
  const of = system === "warehouse" ? "warehouse" : null;
  const quantities = system === "carrier" ? null : returnedOf(shipment, of);
  return { arrived: told.milestone === "returned", sinceMs: told.receivedAtMs ?? told.atMs, quantities };
}

function judgeReturns(pair: Pair, input: CompareInput): Verdict | null {
  const [left, right] = SIDES[pair];
  const [a, b] = [returnSide(input, left), returnSide(input, right)];
  if (a === null || b === null) return null;
  return sameReturn(a, b, input.thresholds.returnGraceMinutes * MINUTE_MS, input.nowMs, valueText);
}

function sidesOf({ shipment, activities, exceptions: kept, odoo }: CompareInput): ExceptionSides {
  return { shipment, posted: activities, held: odoo?.activities ?? [], kept };
}

function exceptions(input: CompareInput): Said {
  const { classOf } = input;
  const sides = sidesOf(input);
  const said: Said = {};
  for (const system of ["carrier", "warehouse"] as const) {
    const one = saidBySource(sides, (feedId) => systemOf(classOf(feedId)) === system);
    if (one !== undefined) said[system] = one;
  }
  if (sides.posted.length + sides.held.length > 0)
    said.odoo = sides.held.length === 0 ? null : namesOf(sides.held, sides.kept);
  if (Object.keys(said).length === 0) return {};
  const reported = new Set<string>(reportedBy(sides.shipment, () => true));
  return { ...said, waypost: saidByWaypost(sides, reported) };
}

function judgeExceptions(pair: Pair, input: CompareInput): Verdict | null {
  const [left, right] = SIDES[pair];
  const sides = sidesOf(input);
  if (left === "waypost") return judgeActivities(sides);
  const isOf = (feedId: number) => systemOf(input.classOf(feedId)) === left;
  return right === "waypost" ? judgeReported(sides, isOf) : judgeInOdoo(sides, isOf);
}

function invoices({ shipment, odoo, ...clock }: CompareInput): Said {
  if (shipment === null || odoo === null || odoo.invoiced === null) return {};
  const said = {
    waypost: shipment.reached.delivered ? "delivered" : null,
    odoo: odoo.invoiced === "none" ? null : odoo.invoiced,
  };
  const gap = invoiceGap(shipment, odoo, clock);
  if (gap !== null) return clock.nowMs > gap.dueAtMs ? said : {};
  return said.waypost === null && said.odoo === null ? {} : said;
}

function verdictOf(aspect: Aspect, pair: Pair, said: Said, input: CompareInput): Verdict | null {
  const [left, right] = SIDES[pair];
  // whether a bill is right is decided under Freight; here it only stands beside what was approved
  if (aspect === "freight" && pair !== "waypost_odoo") return null;
  const [a, b] = [said[left], said[right]];
  if (a === undefined || b === undefined) return null;
  const found = aspect === "exceptions" ? judgeExceptions(pair, input) : judged(aspect, pair, a, b, input);
  if (found === null || found === "matched") return found;
  const decided =
    right === "odoo" &&
    input.accepted.some(
      (one) => one.aspect === aspect && one.ours === valueText(said.waypost) && one.theirs === valueText(b),
    );
  return decided ? "accepted" : found;
}

/** A source sends its own documents, and there may be others beside them; Odoo has to hold all that Waypost does. */
function holdsAll(pair: Pair, a: readonly string[], b: readonly string[]): boolean {
  return pair === "waypost_odoo" ? valueText([...a]) === valueText([...b]) : a.every((one) => b.includes(one));
}

function judged(
  aspect: Exclude<Aspect, "exceptions">,
  pair: Pair,
  a: Json,
  b: Json,
  input: CompareInput,
): Verdict | null {
  if (a === null && b === null) return null;
  if (a === null) return "missing_left";
  if (b === null) return "missing_right";
  switch (aspect) {
    case "state":
      return sameState(pair, String(a), String(b), input);
    case "tracking":
      return sameNumbers(pair, a as string[], b as string[]) ? "matched" : "differs";
    case "returns":
      return judgeReturns(pair, input);
    case "invoices":
      return a === "delivered" && b === "full" ? "matched" : "differs";
    case "proof":
      if (a === "required" || b === "required") return "matched";
      return holdsAll(pair, a as string[], b as string[]) ? "matched" : "differs";
    case "quantities":
    case "freight":
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
