import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { DEFAULT_THRESHOLDS, type Thresholds } from "@/core/exceptions/thresholds";
import type { FeedClass } from "@/core/feeds/feed";
import { DEFAULT_OWNERSHIP } from "@/core/shipments/ownership";
import { at, claim, event, FEEDS, foldOf, packages } from "@/core/testing/facts";
import {
  ASPECTS,
  type Aspect,
  type Compared,
  lettersOf,
  PAIRS,
  type Pair,
  tallyChange,
  VERDICTS,
  type Verdict,
  verdictsIn,
} from "./aspects";
import { type CauseName, differences, type Evidence, type PostingFact } from "./cause";
import { type CompareInput, compare, type OdooHeld, valueText } from "./compare";
import { belongsTo, forFeed, nextLook, wordsToAsk } from "./deeds";
import { invoiceGap, lookAgainAt } from "./invoice-gap";
import { readinessOf } from "./readiness";
import { planRepair, type RepairAbout, rightsOfSteps } from "./repair";
import { dayOf, dayToClose, reconciliationSchema, startOfDay } from "./settings";

const classOf = (feedId: number) =>
  (Object.entries(FEEDS).find(([, id]) => id === feedId)?.[0] ?? "carrier") as FeedClass;

const HELD: OdooHeld = {
  pickingId: 53,
  name: "WH/OUT/00053",
  state: "done",
  doneAtMs: at(1),
  trackingReference: "1Z1",
  carrierPrice: null,
  lines: [],
  proofs: [],
  returns: [],
  activities: [],
  invoiced: null,
  order: null,
  writtenAtMs: at(5),
  writtenBy: { id: 9, name: "Marc Demo" },
};

type Given = {
  events?: Parameters<typeof foldOf>[0];
  claims?: ReturnType<typeof claim>[];
  numbers?: string[];
  odoo?: Partial<OdooHeld> | null;
  hours?: number;
  thresholds?: Partial<Thresholds>;
  activities?: string[];
  exceptions?: CompareInput["exceptions"];
  proofsFrom?: CompareInput["proofsFrom"];
  accepted?: CompareInput["accepted"];
  freight?: Partial<CompareInput["freight"]>;
  /** Hour at which it was first seen invoiced. */
  invoicedAt?: number;
  aspects?: readonly Aspect[];
};

function given({ events = [], claims = [], numbers = ["1Z1"], odoo = {}, hours = 48, ...rest }: Given): CompareInput {
  const thresholds = { ...DEFAULT_THRESHOLDS, ...rest.thresholds };
  return {
    shipment: foldOf(events, { claims, packages: packages(...numbers), thresholds }),
    odoo: odoo === null ? null : { ...HELD, ...odoo },
    classOf,
    activities: rest.activities ?? [],
    exceptions: rest.exceptions ?? [],
    proofsFrom: rest.proofsFrom ?? [],
    accepted: rest.accepted ?? [],
    freight: { billed: null, approved: null, ...rest.freight },
    aspects: rest.aspects ?? ASPECTS,
    thresholds,
    invoicedSinceMs: rest.invoicedAt === undefined ? null : at(rest.invoicedAt),
    nowMs: at(hours),
  };
}

const verdict = (input: CompareInput, pair: Pair, aspect: Aspect): Verdict | null =>
  compare(input).compared.find((one) => one.pair === pair && one.aspect === aspect)?.verdict ?? null;

const left = [event("picked_up", 1)];
const delivered = [event("picked_up", 1), event("delivered", 4)];
const number = (feedClass: FeedClass, value: string) => claim(feedClass, "tracking_number", value);
const shipped = (feedClass: FeedClass, code: string, done: number) =>
  claim(feedClass, "quantities", [{ code, line: null, ordered: null, done, uom: null }]);
const back = (state: string, over: Partial<OdooHeld["returns"][number]> = {}): OdooHeld["returns"][number] => ({
  name: "WH/IN/1",
  state,
  createdAtMs: at(8),
  writtenAtMs: at(8),
  lines: [{ code: "A", quantity: 2 }],
  ...over,
});
const returning = [...delivered, event("return_initiated", 9)];
const returned = [...returning, event("returned", 20)];
const cameBack = (feedClass: FeedClass, done: number) =>
  claim(feedClass, "returned_quantities", [{ code: "A", line: null, ordered: null, done, uom: null }]);
const kept = (over: Partial<CompareInput["exceptions"][number]>): CompareInput["exceptions"][number] => ({
  id: "x",
  kind: "held",
  subject: "shipment",
  feedId: FEEDS.carrier,
  open: true,
  decided: false,
  ...over,
});
const isHeld = [...left, event("held", 5)];
const document = { sha1: "a".repeat(40), fileName: "pod.pdf" };

describe("comparing one aspect between two systems", () => {
  it.each<[string, Given, Pair, Aspect, Verdict | null]>([
    ["what left and is done agrees", { events: left }, "waypost_odoo", "state", "matched"],
    [
      "what left and is not done differs",
      { events: left, odoo: { state: "assigned" } },
      "waypost_odoo",
      "state",
      "differs",
    ],
    [
      "what left and was cancelled differs",
      { events: left, odoo: { state: "cancel" } },
      "waypost_odoo",
      "state",
      "differs",
    ],
    [
      "what was called off and is gone agrees",
      { events: [event("cancelled", 1)], odoo: null },
      "waypost_odoo",
      "state",
      "matched",
    ],
    [
      "what moves and is gone is missing in Odoo",
      { events: left, odoo: null },
      "waypost_odoo",
      "state",
      "missing_right",
    ],
    [
      "a carrier that is silent on the first day is only slow",
      { odoo: { doneAtMs: at(40) } },
      "carrier_odoo",
      "state",
      null,
    ],
    ["a carrier that is silent for days is missing", {}, "carrier_odoo", "state", "missing_left"],
    [
      "a carrier that goes no further than the booking differs",
      { events: [event("booked", 1)] },
      "carrier_odoo",
      "state",
      "differs",
    ],
    ["delivered by the carrier and done agrees", { events: delivered }, "carrier_odoo", "state", "matched"],
    [
      "delivered by a shop alone differs",
      { events: [event("picked_up", 1), event("delivered", 4, { feedClass: "marketplace" })] },
      "carrier_waypost",
      "state",
      "differs",
    ],
    ["the same number agrees", { claims: [number("carrier", "1Z1")] }, "waypost_odoo", "tracking", "matched"],
    ["another number differs", { claims: [number("carrier", "1Z2")] }, "waypost_odoo", "tracking", "differs"],
    [
      "a number beside ours agrees",
      { claims: [number("carrier", "1Z1")], odoo: { trackingReference: "1Z1, 1Z9" } },
      "waypost_odoo",
      "tracking",
      "matched",
    ],
    [
      "no number is missing",
      { claims: [number("carrier", "1Z1")], odoo: { trackingReference: null } },
      "waypost_odoo",
      "tracking",
      "missing_right",
    ],
    [
      "a cancelled transfer needs no number",
      { claims: [number("carrier", "1Z1")], odoo: { state: "cancel", trackingReference: null } },
      "waypost_odoo",
      "tracking",
      null,
    ],
    [
      "warehouse and Odoo agree on quantities",
      { claims: [shipped("warehouse", "A", 2)], odoo: { lines: [{ code: "A", demand: 2, done: 2 }] } },
      "warehouse_odoo",
      "quantities",
      "matched",
    ],
    [
      "fewer shipped than done differs",
      { claims: [shipped("warehouse", "A", 1)], odoo: { lines: [{ code: "A", demand: 2, done: 2 }] } },
      "warehouse_odoo",
      "quantities",
      "differs",
    ],
    [
      "what is not done has no quantities yet",
      {
        claims: [shipped("warehouse", "A", 1)],
        odoo: { state: "assigned", lines: [{ code: "A", demand: 2, done: null }] },
      },
      "warehouse_odoo",
      "quantities",
      null,
    ],
    [
      "freight to the cent agrees",
      {
        claims: [claim("transport", "expected_freight", { amountMinor: 1250, currency: "EUR" })],
        odoo: { carrierPrice: 12.5 },
      },
      "waypost_odoo",
      "freight",
      "matched",
    ],
    [
      "freight that was approved and is not in Odoo is missing",
      { freight: { approved: { amountMinor: 990, currency: "EUR" } } },
      "waypost_odoo",
      "freight",
      "missing_right",
    ],
    [
      "freight that was approved counts before what was expected",
      {
        claims: [claim("transport", "expected_freight", { amountMinor: 1250, currency: "EUR" })],
        freight: { approved: { amountMinor: 990, currency: "EUR" }, billed: { amountMinor: 1100, currency: "EUR" } },
        odoo: { carrierPrice: 9.9 },
      },
      "waypost_odoo",
      "freight",
      "matched",
    ],
    [
      "a bill is not judged here",
      { freight: { approved: { amountMinor: 990, currency: "EUR" }, billed: { amountMinor: 1100, currency: "EUR" } } },
      "carrier_odoo",
      "freight",
      null,
    ],
    [
      "freight a cent off differs",
      {
        claims: [claim("transport", "expected_freight", { amountMinor: 1251, currency: "EUR" })],
        odoo: { carrierPrice: 12.5 },
      },
      "waypost_odoo",
      "freight",
      "differs",
    ],
    [
      "a proof that is attached agrees",
      { claims: [claim("carrier", "proof_of_delivery", document)], odoo: { proofs: [document.sha1] } },
      "waypost_odoo",
      "proof",
      "matched",
    ],
    [
      "a proof that is not attached is missing",
      { claims: [claim("carrier", "proof_of_delivery", document)] },
      "waypost_odoo",
      "proof",
      "missing_right",
    ],
    [
      "a required proof that never came is missing",
      { events: delivered, thresholds: { podRequired: true }, hours: 100 },
      "carrier_waypost",
      "proof",
      "missing_left",
    ],
    [
      "a return that Odoo has agrees",
      {
        events: [...delivered, event("return_initiated", 9)],
        odoo: { returns: [back("assigned")] },
      },
      "waypost_odoo",
      "returns",
      "matched",
    ],
    [
      "a return that Odoo has not is missing",
      { events: [...delivered, event("return_initiated", 9)] },
      "waypost_odoo",
      "returns",
      "missing_right",
    ],
    [
      "a return that Odoo alone has is missing here",
      { odoo: { returns: [back("done")] } },
      "waypost_odoo",
      "returns",
      "missing_left",
    ],
    [
      "a return that Odoo made today is only new",
      { odoo: { returns: [back("assigned", { createdAtMs: at(47.5) })] } },
      "waypost_odoo",
      "returns",
      null,
    ],
    [
      "goods that came back and a return in Odoo that stays open differ",
      { events: returned, odoo: { returns: [back("assigned")] }, hours: 100 },
      "carrier_odoo",
      "returns",
      "differs",
    ],
    [
      "a return that Odoo finished and the carrier still moves differs",
      { events: returning, odoo: { returns: [back("done")] }, hours: 100 },
      "waypost_odoo",
      "returns",
      "differs",
    ],
    [
      "a return that arrived everywhere agrees",
      { events: returned, odoo: { returns: [back("done")] } },
      "waypost_odoo",
      "returns",
      "matched",
    ],
    [
      "less than Odoo took back differs",
      {
        events: returned,
        claims: [cameBack("warehouse", 1)],
        odoo: { returns: [back("done")] },
      },
      "waypost_odoo",
      "returns",
      "differs",
    ],
    [
      "what Odoo took back, came back",
      { events: returned, claims: [cameBack("warehouse", 2)], odoo: { returns: [back("done")] } },
      "waypost_odoo",
      "returns",
      "matched",
    ],
    [
      "a document that the carrier sent is the carrier's",
      {
        claims: [claim("carrier", "proof_of_delivery", document)],
        proofsFrom: [{ sha1: document.sha1, feedId: FEEDS.carrier }],
      },
      "carrier_odoo",
      "proof",
      "missing_right",
    ],
    [
      "a document that somebody else sent is not the carrier's",
      {
        claims: [claim("customer_service", "proof_of_delivery", document)],
        proofsFrom: [{ sha1: document.sha1, feedId: FEEDS.customer_service }],
      },
      "carrier_waypost",
      "proof",
      null,
    ],
    [
      "a document that the warehouse sent is the warehouse's",
      {
        claims: [claim("warehouse", "proof_of_delivery", document)],
        proofsFrom: [{ sha1: document.sha1, feedId: FEEDS.warehouse }],
        odoo: { proofs: [document.sha1] },
      },
      "warehouse_odoo",
      "proof",
      "matched",
    ],
    [
      "a hold that the carrier reports and Waypost has agrees",
      { events: isHeld, exceptions: [kept({})] },
      "carrier_waypost",
      "exceptions",
      "matched",
    ],
    [
      "a hold that the carrier reports and a person resolved agrees",
      { events: isHeld, exceptions: [kept({ open: false, decided: true })] },
      "carrier_waypost",
      "exceptions",
      "matched",
    ],
    [
      "a hold that the carrier reports and Waypost has not is missing here",
      { events: isHeld },
      "carrier_waypost",
      "exceptions",
      "missing_right",
    ],
    [
      "a hold that is over by itself answers no new report",
      { events: isHeld, exceptions: [kept({ open: false })] },
      "carrier_waypost",
      "exceptions",
      "missing_right",
    ],
    [
      "a hold that the carrier does not report any more is missing there",
      { events: left, exceptions: [kept({})] },
      "carrier_waypost",
      "exceptions",
      "missing_left",
    ],
    [
      "damage that waits for a person is no matter of the carrier any more",
      { events: left, exceptions: [kept({ kind: "damaged" })] },
      "carrier_waypost",
      "exceptions",
      null,
    ],
    [
      "addresses that differ are no report of the carrier",
      { events: left, exceptions: [kept({ kind: "address_mismatch" })] },
      "carrier_waypost",
      "exceptions",
      null,
    ],
    [
      "what a carrier reports is no matter of the warehouse",
      { events: isHeld, exceptions: [kept({})] },
      "warehouse_waypost",
      "exceptions",
      null,
    ],
    [
      "what was never posted is no matter of Odoo",
      { events: isHeld, exceptions: [kept({})] },
      "carrier_odoo",
      "exceptions",
      null,
    ],
    [
      "a hold that the carrier reports and that stands in Odoo agrees",
      { events: isHeld, exceptions: [kept({})], activities: ["x"], odoo: { activities: ["x"] } },
      "carrier_odoo",
      "exceptions",
      "matched",
    ],
    [
      "a hold that was posted and is gone from Odoo is missing there",
      { events: isHeld, exceptions: [kept({})], activities: ["x"] },
      "carrier_odoo",
      "exceptions",
      "missing_right",
    ],
    [
      "damage that the warehouse reports and nobody has is missing here",
      { events: [...left, event("damaged", 5, { feedClass: "warehouse" })] },
      "warehouse_waypost",
      "exceptions",
      "missing_right",
    ],
    [
      "an activity that stands agrees",
      { activities: ["x"], odoo: { activities: ["x"] } },
      "waypost_odoo",
      "exceptions",
      "matched",
    ],
    [
      "an activity that nobody has open is missing here",
      { odoo: { activities: ["x"] } },
      "waypost_odoo",
      "exceptions",
      "missing_left",
    ],
    [
      "delivered and invoiced agrees",
      { events: delivered, odoo: { invoiced: "full" } },
      "waypost_odoo",
      "invoices",
      "matched",
    ],
    [
      "delivered today and not invoiced is no difference yet",
      { events: delivered, odoo: { invoiced: "none" } },
      "waypost_odoo",
      "invoices",
      null,
    ],
    [
      "delivered for days and not invoiced is missing",
      { events: delivered, odoo: { invoiced: "none" }, hours: 24 * 5 },
      "waypost_odoo",
      "invoices",
      "missing_right",
    ],
    [
      "invoiced first and on its way is no difference yet",
      { events: left, odoo: { invoiced: "full" }, hours: 24 * 10, invoicedAt: 1 },
      "waypost_odoo",
      "invoices",
      null,
    ],
    [
      "invoiced first and not delivered for long is missing here",
      { events: left, odoo: { invoiced: "full" }, hours: 24 * 15, invoicedAt: 1 },
      "waypost_odoo",
      "invoices",
      "missing_left",
    ],
    [
      "invoiced first by settings that take none ahead is missing at once",
      { events: left, odoo: { invoiced: "part" }, hours: 2, invoicedAt: 1, thresholds: { invoicedAheadDays: 0 } },
      "waypost_odoo",
      "invoices",
      "missing_left",
    ],
    ["what is not asked for is not compared", { events: left, aspects: ["tracking"] }, "waypost_odoo", "state", null],
  ])("%s", (_, input, pair, aspect, expected) => {
    expect(verdict(given(input), pair, aspect)).toBe(expected);
  });

  it("lets stand what was accepted, until either value becomes another one", () => {
    const input = { claims: [number("carrier", "1Z2")] };
    const accepted = [{ aspect: "tracking" as const, ours: valueText(["1Z2"]), theirs: valueText(["1Z1"]) }];
    expect(verdict(given({ ...input, accepted }), "waypost_odoo", "tracking")).toBe("accepted");
    expect(verdict(given({ ...input, accepted, odoo: { trackingReference: "1Z7" } }), "waypost_odoo", "tracking")).toBe(
      "differs",
    );
    expect(verdict(given({ claims: [number("carrier", "1Z3")], accepted }), "waypost_odoo", "tracking")).toBe(
      "differs",
    );
  });

  it("says of a transfer without a shipment that Waypost has nothing", () => {
    const input = { ...given({}), shipment: null };
    expect(compare(input).compared).toEqual([{ pair: "waypost_odoo", aspect: "state", verdict: "missing_left" }]);
  });
});

const fact = (over: Partial<PostingFact>): PostingFact => ({
  id: "p",
  key: "tracking_number-1-53-1",
  kind: "tracking_number",
  state: "verified",
  held: null,
  reason: null,
  atMs: at(2),
  lateByMs: null,
  ...over,
});
const source = { feedId: FEEDS.carrier, name: "Carrier", feedClass: "carrier" as const, silent: false, spoke: true };

function caused(input: Given, over: Partial<Evidence> = {}) {
  const compared = given(input);
  return differences(compare(compared), {
    shipment: compared.shipment,
    odoo: compared.odoo,
    postings: [],
    ownUserId: 7,
    elsewhere: [],
    sources: [source],
    lateMs: 24 * 3_600_000,
    ...over,
  });
}

describe("the cause of a difference", () => {
  const wrong = { claims: [number("carrier", "1Z2")] };
  const open = { events: left, odoo: { state: "assigned", trackingReference: "1Z1" } };
  const unmapped = event("unmapped_code", 2, { raw: { word: "ZZ" } });
  it.each<[string, Given, Partial<Evidence>, Aspect, CauseName]>([
    ["no posting at all", open, {}, "state", "never_posted"],
    [
      "a posting that waits",
      wrong,
      { postings: [fact({ state: "held", held: "kind_off" })] },
      "tracking",
      "never_posted",
    ],
    [
      "a posting that a person cancelled",
      wrong,
      { postings: [fact({ state: "cancelled" })] },
      "tracking",
      "never_posted",
    ],
    [
      "a posting that Odoo refused",
      wrong,
      { postings: [fact({ state: "rejected", reason: "No." })] },
      "tracking",
      "refused",
    ],
    ["a posting that was given up", wrong, { postings: [fact({ state: "dead" })] }, "tracking", "refused"],
    ["a value posted and changed afterwards", wrong, { postings: [fact({})] }, "tracking", "changed_by_hand"],
    [
      "a value posted that nobody else wrote over",
      wrong,
      { postings: [fact({})], ownUserId: 9 },
      "tracking",
      "not_kept",
    ],
    ["a value posted after the last hand on it", wrong, { postings: [fact({ atMs: at(6) })] }, "tracking", "not_kept"],
    [
      "a value that a scheduled action of Odoo set back",
      { ...wrong, odoo: { writtenBy: { id: 1, name: "OdooBot" } } },
      { postings: [fact({})] },
      "tracking",
      "not_kept",
    ],
    ["a report of the carrier that Waypost has not", { events: isHeld }, {}, "exceptions", "never_posted"],
    [
      "an exception that the carrier reports no longer",
      { events: left, exceptions: [kept({})] },
      {},
      "exceptions",
      "lost_by_source",
    ],
    ["a return that nobody told of", { odoo: { returns: [back("done")] } }, {}, "returns", "lost_by_source"],
    ["a number typed in Odoo before any posting", wrong, {}, "tracking", "changed_by_hand"],
    ["a transfer that was deleted", { events: left, odoo: null }, {}, "state", "changed_by_hand"],
    ["a transfer that was cancelled", { events: left, odoo: { state: "cancel" } }, {}, "state", "changed_by_hand"],
    ["a feed that is silent", {}, { sources: [{ ...source, silent: true }] }, "state", "late_feed"],
    [
      "a posting on its way of news that came late",
      wrong,
      { postings: [fact({ state: "planned", lateByMs: 90_000_000 })] },
      "tracking",
      "late_feed",
    ],
    [
      "a number of another shipment",
      wrong,
      { elsewhere: [{ number: "1Z2", shipmentId: "s", name: "WH/OUT/9" }] },
      "tracking",
      "wrong_match",
    ],
    ["a word without a meaning", { events: [...left, unmapped] }, {}, "state", "mapping"],
    [
      "a product by two names",
      { claims: [shipped("warehouse", "SKU-1", 2)], odoo: { lines: [{ code: "A", demand: 2, done: 2 }] } },
      {},
      "quantities",
      "mapping",
    ],
    ["a carrier that tells of others only", {}, {}, "state", "lost_by_source"],
    [
      "a proof that never came",
      { events: delivered, thresholds: { podRequired: true }, hours: 100 },
      {},
      "proof",
      "lost_by_source",
    ],
  ])("of %s", (_, input, over, aspect, cause) => {
    expect(caused(input, over).find((one) => one.aspect === aspect)?.cause).toBe(cause);
  });

  it("names who changed a value in Odoo and when, but not Waypost itself", () => {
    const [difference] = caused(wrong, { postings: [fact({})] }).filter(({ aspect }) => aspect === "tracking");
    expect(difference?.by).toEqual({ id: 9, name: "Marc Demo", atMs: at(5) });
    expect(difference?.why).toContain("Marc Demo");
    expect(
      caused(wrong, { postings: [fact({})], ownUserId: 9 }).find(({ aspect }) => aspect === "tracking")?.by,
    ).toBeNull();
  });
});

const ABOUT: RepairAbout = {
  shipmentId: "00000000-0000-4000-8000-000000000001",
  known: true,
  connectionId: 1,
  pickingId: 7,
  belongs: null,
  slugOf: () => "carrier",
  isMended: () => false,
  isAskable: () => false,
  askFromMs: at(0),
};

describe("the repair of differences", () => {
  const plan = (input: Given, over: Partial<Evidence> = {}, ownership = DEFAULT_OWNERSHIP) =>
    planRepair(caused(input, over), ownership, ABOUT).map(({ act, aspect }) => `${act} ${aspect}`);
  const wrong = { claims: [number("carrier", "1Z2")], events: left };

  it("posts the tracking number before it validates the transfer", () => {
    const cancelled = [fact({ state: "cancelled" }), fact({ kind: "transfer_validated", state: "cancelled" })];
    expect(plan({ ...wrong, odoo: { state: "assigned" } }, { postings: cancelled })).toEqual([
      "post tracking",
      "post state",
    ]);
  });
  it("has a word mended before anything is posted", () => {
    const events = [...left, event("unmapped_code", 2, { raw: { word: "ZZ" } })];
    expect(plan({ ...wrong, events }, { postings: [fact({})] })).toEqual([
      "mend_mapping state",
      "replay state",
      "post tracking",
    ]);
  });
  it("looks for the rule that takes a value back before it posts it again", () => {
    expect(plan(wrong, { postings: [fact({})], ownUserId: 9 })).toEqual(["correct_in_odoo tracking", "post tracking"]);
  });
  it("shows Odoo's value before and ours after, and only where something is written", () => {
    const [step] = planRepair(caused(wrong, { postings: [fact({})] }), DEFAULT_OWNERSHIP, ABOUT);
    expect(step).toMatchObject({ act: "post", before: ["1Z1"], after: ["1Z2"], posting: { kind: "tracking_number" } });
  });
  it("lets stand what the ownership matrix gives to Odoo", () => {
    const ownership = { ...DEFAULT_OWNERSHIP, tracking_number: ["odoo", "carrier"] as const };
    expect(plan(wrong, { postings: [fact({})] }, ownership)).toEqual(["accept tracking"]);
  });
  it("has a refused record corrected first, then posts again", () => {
    expect(plan(wrong, { postings: [fact({ state: "rejected" })] })).toEqual([
      "correct_in_odoo tracking",
      "post tracking",
    ]);
  });
  it.each<[string, PostingFact]>([
    ["switch_on tracking", fact({ state: "held", held: "observe" })],
    ["switch_on tracking", fact({ state: "held", held: "kind_off" })],
    ["correct_in_odoo tracking", fact({ state: "held", held: "invalid" })],
    ["release tracking", fact({ state: "held", held: "paused" })],
    ["wait tracking", fact({ state: "held", held: "window" })],
    ["wait tracking", fact({ state: "planned" })],
  ])("does not post what waits for another reason: %s", (act, posting) => {
    expect(plan(wrong, { postings: [posting] })).toEqual([act]);
  });
  it.each(["before_connection", "contradicted"] as const)("posts what a person may let out: %s", (held) => {
    expect(plan(wrong, { postings: [fact({ state: "held", held })] })).toEqual(["post tracking"]);
  });
  it("plans anew what was never planned", () => {
    const typed = { ...wrong, odoo: { trackingReference: null } };
    expect(plan(typed, {})).toEqual(["plan tracking", "correct_in_odoo tracking"]);
  });
  it("moves a number to the shipment that it belongs to, in the direction a person names", () => {
    const other = "00000000-0000-4000-8000-000000000002";
    const found = caused(wrong, { elsewhere: [{ number: "1Z2", shipmentId: other, name: "WH/OUT/9" }] });
    const deeds = (belongs: RepairAbout["belongs"]) =>
      planRepair(found, DEFAULT_OWNERSHIP, { ...ABOUT, belongs }).flatMap(({ deed }) => deed ?? []);
    expect(deeds(null)).toEqual([{ act: "move_number", number: "1Z2", from: ABOUT.shipmentId, to: other }]);
    expect(deeds("here")).toEqual([{ act: "move_number", number: "1Z2", from: other, to: ABOUT.shipmentId }]);
  });
  it("reads again at once what has its meaning by now, and asks a source for what it lost", () => {
    const found = caused({ events: [...left, event("unmapped_code", 2, { raw: { word: "ZZ" } })] });
    const acts = (about: RepairAbout) =>
      planRepair(found, DEFAULT_OWNERSHIP, about).map(({ act, waits }) => [act, waits]);
    expect(acts({ ...ABOUT, isMended: () => true })).toEqual([["replay", null]]);
    const lost = planRepair(caused({}), DEFAULT_OWNERSHIP, ABOUT).filter(({ aspect }) => aspect === "state");
    expect(lost.map(({ act, waits }) => [act, waits])).toEqual([
      ["recover", null],
      ["ask_source", "source"],
    ]);
    const asked = planRepair(caused({}), DEFAULT_OWNERSHIP, { ...ABOUT, isAskable: () => true });
    expect(asked.flatMap(({ deed }) => (deed?.act === "ask_feed" ? [deed.from] : []))).toEqual([
      new Date(at(0)).toISOString(),
    ]);
  });
  it("asks for the right of each act", () => {
    const steps = planRepair(
      caused(wrong, { postings: [fact({ state: "held", held: "paused" })] }),
      DEFAULT_OWNERSHIP,
      ABOUT,
    );
    expect(rightsOfSteps(steps)).toEqual(["odoo:manage"]);
  });
});

describe("what a repair waits for", () => {
  const minute = 60_000;
  it("is a feed until it should have spoken, and again after as long", () => {
    const wait = forFeed(3, 30 * minute, at(0), at(0) + 10 * minute);
    expect([wait.firstMs, wait.everyMs]).toEqual([20 * minute, 30 * minute]);
    expect(forFeed(3, minute, at(0), at(9)).firstMs).toBe(5 * minute);
    expect(nextLook(wait, at(0), at(1))).toBe(at(1) + 30 * minute);
    expect(nextLook(wait, at(0), at(0) + wait.mostMs)).toBeNull();
  });
  it("is a number's place only where the evidence is plain", () => {
    const said = (...numbers: string[]) => [{ feedClass: "carrier", numbers }];
    expect(belongsTo("N", said("OWN", "N"), said("N"))).toBe("there");
    expect(belongsTo("N", said("N"), said("OWN", "N"))).toBe("here");
    expect(belongsTo("N", said("N"), said("N"))).toBeNull();
  });
  it("is asked of the source with numbers, times and the way in", () => {
    const words = wordsToAsk({
      shipment: "WH/OUT/1",
      numbers: ["1Z1"],
      feed: "UPS",
      door: "https://x/api/feeds/ups",
      fromMs: at(0),
      toMs: at(2),
    });
    for (const part of [
      "1Z1",
      "WH/OUT/1",
      "UPS",
      "https://x/api/feeds/ups",
      new Date(at(2)).toISOString().slice(0, 10),
    ])
      expect(words).toContain(part);
  });
});

describe("counts", () => {
  const compared = fc.record({
    pair: fc.constantFrom(...PAIRS),
    aspect: fc.constantFrom(...ASPECTS),
    verdict: fc.constantFrom(...VERDICTS),
  });
  const line = fc
    .uniqueArray(compared, { selector: ({ pair, aspect }) => `${pair} ${aspect}`, maxLength: 40 })
    .map(lettersOf);

  test("a line of letters says what was written into it", () => {
    fc.assert(
      fc.property(fc.uniqueArray(compared, { selector: ({ pair, aspect }) => `${pair} ${aspect}` }), (list) => {
        const sorted = (some: readonly Compared[]) =>
          some.map((one) => `${one.pair} ${one.aspect} ${one.verdict}`).sort();
        expect(sorted(verdictsIn(lettersOf(list)))).toEqual(sorted(list));
      }),
    );
  });

  test("changed step by step they are those of the rows, whatever happened in between", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.option(line)), { maxLength: 30 }), (steps) => {
        const rows = new Map<number, string>();
        const counts = new Map<string, number>();
        for (const [row, after] of steps) {
          for (const { pair, aspect, verdict: word, count } of tallyChange([
            { before: rows.get(row) ?? null, after },
          ])) {
            const key = `${pair} ${aspect} ${word}`;
            counts.set(key, (counts.get(key) ?? 0) + count);
          }
          if (after === null) rows.delete(row);
          else rows.set(row, after);
        }
        const expected = new Map<string, number>();
        for (const letters of rows.values())
          for (const { pair, aspect, verdict: word } of verdictsIn(letters)) {
            const key = `${pair} ${aspect} ${word}`;
            expected.set(key, (expected.get(key) ?? 0) + 1);
          }
        expect(new Map([...counts].filter(([, count]) => count !== 0))).toEqual(expected);
      }),
    );
  });

  test("what systems agree on has no difference, and each difference has one cause and a plan", () => {
    const odoo = fc.record({
      state: fc.constantFrom("assigned", "done", "cancel"),
      trackingReference: fc.constantFrom(null, "1Z1", "1Z2", "1Z1,1Z2"),
      invoiced: fc.constantFrom<OdooHeld["invoiced"]>(null, "none", "part", "full"),
      proofs: fc.constantFrom<string[]>([], ["a".repeat(40)]),
    });
    fc.assert(
      fc.property(
        odoo,
        fc.constantFrom([], left, delivered),
        fc.boolean(),
        fc.constantFrom([], [fact({})]),
        (held, events, told, postings) => {
          const input = {
            events,
            claims: told ? [number("carrier", "1Z1")] : [],
            odoo: held,
            hours: 200,
          };
          const open = new Set(
            compare(given(input))
              .compared.filter(({ verdict: word }) => word !== "matched")
              .map(({ aspect }) => aspect),
          );
          const found = caused(input, { postings });
          expect(new Set(found.map(({ aspect }) => aspect))).toEqual(open);
          expect(planRepair(found, DEFAULT_OWNERSHIP, ABOUT).length).toBeGreaterThanOrEqual(found.length);
        },
      ),
    );
  });
});

describe("readiness", () => {
  const lines = [{ code: "A", demand: 2, done: null }];
  const lists = (
    events: Parameters<typeof foldOf>[0],
    odoo: Partial<OdooHeld>,
    claims: ReturnType<typeof claim>[] = [],
  ) => {
    const [shipment, held] = [foldOf(events, { claims }), { ...HELD, lines, ...odoo }];
    const clock = { thresholds: DEFAULT_THRESHOLDS, invoicedSinceMs: null, nowMs: at(48) };
    return readinessOf(shipment, held, invoiceGap(shipment, held, clock), at(48));
  };
  it("lists of a transfer what is apart, and not what stands on an invoice already", () => {
    const held = [
      { code: "A", demand: 5, done: 5, invoiced: 5 },
      { code: "B", demand: 4, done: 4, invoiced: 1 },
    ];
    expect(lists(delivered, { invoiced: "part", lines: held })[0]?.lines).toEqual([{ code: "B", quantity: 3 }]);
    expect(lists(left, { invoiced: "part", lines: held })[0]?.lines).toEqual([
      { code: "A", quantity: 5 },
      { code: "B", quantity: 1 },
    ]);
  });
  it("says when a gap falls due: days after the delivery, or after it was invoiced and not before the promise", () => {
    const held = { ...HELD, lines, invoiced: "none" as const };
    const clock = { thresholds: DEFAULT_THRESHOLDS, invoicedSinceMs: at(10), nowMs: at(48) };
    const days = (n: number) => n * 86_400_000;
    const gap = invoiceGap(foldOf(delivered), held, clock);
    expect(gap).toMatchObject({ sinceMs: at(4), dueAtMs: at(4) + days(3) });
    expect(lookAgainAt(gap, at(48))).toBe(at(48) + 6 * 3_600_000);
    expect(lookAgainAt(gap, at(4) + days(3) - 60_000)).toBe(at(4) + days(3) + 1);
    const ahead = { ...held, invoiced: "full" as const };
    expect(invoiceGap(foldOf(left), ahead, clock)).toMatchObject({ sinceMs: at(10), dueAtMs: at(10) + days(14) });
    const promised = { ...foldOf(left), promisedDeliveryAtMs: at(10) + days(30) };
    expect(invoiceGap(promised, ahead, clock)).toMatchObject({ dueAtMs: at(10) + days(30) });
    expect(invoiceGap({ ...promised, terminal: "lost" }, ahead, clock)).toBeNull();
  });
  it("lists what was delivered and is not invoiced since the delivery", () => {
    expect(lists(delivered, { invoiced: "part" })).toMatchObject([{ list: "delivered_not_invoiced", sinceMs: at(4) }]);
    expect(lists(delivered, { invoiced: "full" })).toEqual([]);
  });
  it("lists what is invoiced and was not delivered", () => {
    expect(lists(left, { invoiced: "full" })).toMatchObject([{ list: "invoiced_not_delivered" }]);
  });
  it("lists what left and is not validated, with what the warehouse shipped", () => {
    const found = lists(left, { state: "assigned" }, [shipped("warehouse", "A", 1)]);
    expect(found).toEqual([{ list: "shipped_not_validated", sinceMs: at(1), lines: [{ code: "A", quantity: 1 }] }]);
    expect(lists(left, { state: "assigned" })[0]?.lines).toEqual([{ code: "A", quantity: 2 }]);
  });
  it("lists returns until they have arrived", () => {
    expect(lists([...delivered, event("return_initiated", 9)], { invoiced: "full" })).toMatchObject([
      { list: "return_on_the_way" },
    ]);
    expect(lists([...delivered, event("return_initiated", 9), event("returned", 20)], { invoiced: "full" })).toEqual(
      [],
    );
  });
});

describe("the day that is closed", () => {
  const settings = reconciliationSchema.parse({ zone: "Europe/Berlin" });
  it.each([
    ["2026-11-27T23:30:00Z", "2026-11-26", null],
    ["2026-11-28T01:30:00Z", "2026-11-26", "2026-11-27"],
    ["2026-11-28T01:30:00Z", "2026-11-27", null],
    ["2026-11-28T01:30:00Z", "2026-11-23", "2026-11-24"],
    ["2026-11-27T23:30:00Z", "2026-11-25", "2026-11-26"],
    ["2026-11-28T01:30:00Z", "2026-01-01", "2026-11-14"],
  ])("at %s, when %s was closed last, is %s", (now, last, day) => {
    expect(dayToClose(Date.parse(now), settings, last)).toBe(day);
  });
  it("begins and ends with the clocks of the zone", () => {
    expect(new Date(startOfDay("2026-11-28", "Europe/Berlin")).toISOString()).toBe("2026-11-27T23:00:00.000Z");
    expect(dayOf(Date.parse("2026-11-27T23:30:00Z"), "Europe/Berlin")).toBe("2026-11-28");
  });
});
