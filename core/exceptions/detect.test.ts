import { describe, expect, it } from "vitest";
import type { FeedClass } from "@/core/feeds/feed";
import type { OdooPicking } from "@/core/shipments/attributes";
import type { StoredEvent } from "@/core/shipments/event";
import type { EventKind } from "@/core/shipments/milestones";
import { at, claim, event, FEEDS, foldOf, packages } from "@/core/testing/facts";
import { DETECTED_KINDS, type DetectInput, detect } from "./detect";
import { EXCEPTION_SPECS, type ExceptionKind } from "./kinds";
import { DEFAULT_THRESHOLDS, type Thresholds } from "./thresholds";

const PICKING: OdooPicking = {
  connectionId: 1,
  pickingId: 53,
  name: "WH/OUT/00053",
  state: "assigned",
  companyId: 1,
  saleOrderId: 26,
  dateDone: null,
};

type Case = Omit<Partial<DetectInput>, "shipment" | "thresholds"> & {
  events?: StoredEvent[];
  claims?: ReturnType<typeof claim>[];
  packages?: string[];
  thresholds?: Partial<Thresholds>;
  hours?: number;
};

/** Judges a shipment that has its picking, `hours` after the start. */
function judged({ events = [], claims = [], hours = 1, ...rest }: Case) {
  const thresholds = { ...DEFAULT_THRESHOLDS, ...rest.thresholds };
  const posted = (rest.posted ?? []).flatMap(({ attribute, value, postedAtMs: atMs }) =>
    attribute === null ? [] : [{ attribute, value, atMs }],
  );
  const shipment = foldOf(events, { claims, packages: packages(...(rest.packages ?? [])), posted, thresholds });
  return detect({
    shipmentId: "shipment",
    nowMs: at(hours),
    provisional: false,
    firstReceivedAtMs: at(0),
    odooExpected: true,
    picking: PICKING,
    odoos: null,
    posted: [],
    feedName: (feedId) => Object.entries(FEEDS).find(([, id]) => id === feedId)?.[0] ?? `feed ${feedId}`,
    classOf: (feedId) => (Object.entries(FEEDS).find(([, id]) => id === feedId)?.[0] ?? "carrier") as FeedClass,
    ...rest,
    thresholds,
    shipment,
  });
}

/** The findings of one kind. */
function found(kind: ExceptionKind, given: Case) {
  return judged(given).findings.filter((finding) => finding.kind === kind);
}

describe("a rule of the clock", () => {
  const booked = [event("booked", 0)];
  const moving = [event("booked", 0), event("in_transit", 4)];
  const promise = (hours: number) => [claim("odoo", "promised_delivery_at", new Date(at(hours)).toISOString())];
  const dispatch = (hours: number) => [claim("odoo", "promised_dispatch_at", new Date(at(hours)).toISOString())];

  it.each<[ExceptionKind, string, Case, number, number]>([
    ["first_scan_late", "24 h after booking", { events: booked }, 24, 1],
    ["first_scan_late", "after a configured time", { events: booked, thresholds: { firstScanMinutes: 60 } }, 1, 1],
    [
      "first_scan_late",
      "after the warehouse gave it away unbooked",
      { events: [event("picked_up", 2, { feedClass: "warehouse" })] },
      26,
      1,
    ],
    ["scan_late", "48 h after the last scan", { events: moving }, 52, 1],
    ["scan_late", "48 h after the last report of trouble", { events: [...moving, event("held", 10)] }, 58, 1],
    ["dispatch_late", "a day after the promise has passed", { claims: dispatch(10) }, 34, 1 / 3_600_000],
    [
      "dispatch_late",
      "and the grace",
      { claims: dispatch(10), thresholds: { dispatchGraceMinutes: 60 } },
      11,
      1 / 3_600_000,
    ],
    ["delivery_late", "once the promise has passed", { events: moving, claims: promise(20) }, 20, 1 / 3_600_000],
    ["delivery_late", "also before anything was scanned", { claims: promise(20) }, 20, 1 / 3_600_000],
    ["unknown_shipment", "30 min after the first receipt", { picking: null }, 0.5, 1],
    ["unknown_shipment", "also without any Odoo", { picking: null, odooExpected: false, provisional: true }, 0.5, 1],
    ["unrouted_shipment", "30 min after the first receipt, between two Odoos", { picking: null, odoos: 2 }, 0.5, 1],
    [
      "missing_milestone",
      "a day after it went out for delivery",
      { events: [...moving, event("out_for_delivery", 6)] },
      30,
      1,
    ],
    ["missing_milestone", "five days after customs began", { events: [event("customs_started", 0)] }, 120, 1],
    [
      "return_unannounced",
      "an hour after the first word of the return",
      { events: [event("delivered", 1), event("return_in_transit", 20, { receivedAtMs: at(21) })] },
      22,
      1,
    ],
    [
      "pod_missing",
      "48 h after the delivery where proof is required",
      { events: [event("delivered", 10)], thresholds: { podRequired: true } },
      58,
      1,
    ],
  ])("%s opens %s, not before, and asks to be looked at again just then", (kind, _, given, dueHours, step) => {
    const before = judged({ ...given, hours: dueHours - 1 / 3_600_000 });
    expect(before.findings.filter((finding) => finding.kind === kind)).toEqual([]);
    expect(before.reviewAtMs).not.toBeNull();
    expect(before.reviewAtMs).toBeLessThanOrEqual(at(dueHours) + 1);
    const atReview = found(kind, { ...given, hours: dueHours + (step === 1 ? 0 : step) });
    const subject = kind === "missing_milestone" ? expect.stringMatching(/^milestone:/) : "shipment";
    expect(atReview).toMatchObject([{ subject, severity: EXCEPTION_SPECS[kind].severity }]);
    expect(found(kind, { ...given, hours: dueHours + 500 })).toEqual(atReview);
  });

  it.each<[ExceptionKind, string, Case]>([
    ["first_scan_late", "a carrier scan", { events: [...booked, event("arrived_facility", 60)] }],
    ["first_scan_late", "a cancellation", { events: [...booked, event("cancelled", 5)] }],
    ["first_scan_late", "a shipment never booked", { events: [event("packed", 0)] }],
    ["scan_late", "a delivery", { events: [...moving, event("delivered", 60)] }],
    ["scan_late", "waiting at a counter", { events: [...moving, event("available_for_pickup", 8)] }],
    ["scan_late", "goods that have not left", { events: booked }],
    [
      "scan_late",
      "an order that Odoo alone calls done",
      { events: [event("picked_up", 3, { feedClass: "odoo", inferred: true })] },
    ],
    ["dispatch_late", "dispatch, even late", { events: [event("picked_up", 90)], claims: dispatch(10) }],
    ["dispatch_late", "a cancellation", { events: [event("cancelled", 5)], claims: dispatch(10) }],
    ["dispatch_late", "having no promise", {}],
    ["delivery_late", "delivery, even late", { events: [...moving, event("delivered", 90)], claims: promise(20) }],
    ["delivery_late", "a return", { events: [event("return_in_transit", 9)], claims: promise(20) }],
    [
      "missing_milestone",
      "the delivery, even late",
      { events: [event("out_for_delivery", 6), event("delivered", 60)] },
    ],
    [
      "missing_milestone",
      "a reported failure, which is an exception of its own",
      { events: [event("out_for_delivery", 6), event("delivery_attempted", 8)] },
    ],
    ["missing_milestone", "a later step", { events: [event("customs_started", 0), event("out_for_delivery", 90)] }],
    ["missing_milestone", "a cancellation", { events: [event("customs_started", 0), event("cancelled", 9)] }],
    [
      "missing_milestone",
      "being switched off",
      { events: [event("out_for_delivery", 6)], thresholds: { outForDeliveryMinutes: 0 } },
    ],
    [
      "return_unannounced",
      "a return in Odoo",
      { events: [event("return_in_transit", 9)], picking: { ...PICKING, returns: ["WH/IN/00007"] } },
    ],
    ["return_unannounced", "having no transfer to return", { events: [event("return_in_transit", 9)], picking: null }],
    ["unknown_shipment", "a picking", {}],
    ["unknown_shipment", "a rule, between two Odoos", { picking: null, odoos: 2 }],
    ["unrouted_shipment", "a second Odoo", { picking: null, odoos: 1 }],
    ["unrouted_shipment", "lacking a transfer", { odoos: 2 }],
    ["unknown_shipment", "a home without any Odoo", { picking: null, odooExpected: false }],
    ["pod_missing", "not requiring it", { events: [event("delivered", 10)] }],
    [
      "pod_missing",
      "a proof",
      { events: [event("delivered", 10), event("pod_received", 11)], thresholds: { podRequired: true } },
    ],
    [
      "pod_missing",
      "a document",
      {
        events: [event("delivered", 10)],
        claims: [claim("carrier", "proof_of_delivery", { documentId: "d" })],
        thresholds: { podRequired: true },
      },
    ],
  ])("%s is closed by %s", (kind, _, given) => {
    expect(found(kind, { ...given, hours: 100 })).toEqual([]);
  });

  it("missing_milestone names the step that was skipped and the source that skipped it, once the grace is over", () => {
    const events = [event("picked", 1, { feedClass: "warehouse" }), event("picked_up", 3, { feedClass: "warehouse" })];
    const given = { events, thresholds: { expectPacked: true } };
    expect(found("missing_milestone", { ...given, hours: 8 })).toEqual([]);
    expect(judged({ ...given, hours: 8 }).reviewAtMs).toBeLessThanOrEqual(at(9) + 60_000);
    expect(found("missing_milestone", { ...given, hours: 9.1 })).toMatchObject([
      {
        subject: "milestone:packed",
        text: "warehouse: told picked up but never packed",
        cause: { source: `feed:${FEEDS.warehouse}`, what: "missing packed" },
        feedId: FEEDS.warehouse,
      },
    ]);
    const packed = event("packed", 2, { feedClass: "warehouse", receivedAtMs: at(20) });
    expect(found("missing_milestone", { ...given, events: [...events, packed], hours: 30 })).toEqual([]);
    expect(found("missing_milestone", { events, hours: 30 })).toEqual([]);
    const carrierOnly = [event("picked_up", 3), event("out_for_delivery", 5), event("delivered", 9)];
    expect(found("missing_milestone", { ...given, events: carrierOnly, hours: 30 })).toEqual([]);
  });

  it("delivery_at_risk opens on an estimate past the promise and ends where delivery_late begins", () => {
    const eta = (hours: number | string) =>
      claim("carrier", "eta", typeof hours === "string" ? hours : new Date(at(hours)).toISOString());
    const given = (estimate: number | string) => ({ events: moving, claims: [...promise(20), eta(estimate)] });
    expect(found("delivery_at_risk", { ...given(30), hours: 5 })).toMatchObject([
      { subject: "shipment", severity: "medium", evidence: { promised: "2026-01-06T04:00:00Z" } },
    ]);
    expect(found("delivery_at_risk", { ...given(21), hours: 5 })).toEqual([]);
    expect(found("delivery_at_risk", { ...given(21.1), hours: 5 })).toHaveLength(1);
    expect(found("delivery_at_risk", { ...given("2026-01-06"), hours: 5 })).toEqual([]);
    expect(found("delivery_at_risk", { ...given("2026-01-07"), hours: 5 })).toHaveLength(1);
    expect(found("delivery_at_risk", { ...given(30), hours: 20.1 })).toEqual([]);
    expect(found("delivery_late", { ...given(30), hours: 20.1 })).toHaveLength(1);
    expect(judged({ ...given(30), hours: 5 }).reviewAtMs).toBeLessThanOrEqual(at(20) + 1);
    const there = { ...given(30), events: [...moving, event("available_for_pickup", 5)] };
    expect(found("delivery_at_risk", { ...there, hours: 6 })).toEqual([]);
    const [first] = found("delivery_at_risk", { ...given(30), hours: 5 });
    const [sameDay] = found("delivery_at_risk", { ...given(31), hours: 5 });
    const [nextDay] = found("delivery_at_risk", { ...given(55), hours: 5 });
    expect([sameDay?.occurrence === first?.occurrence, nextDay?.occurrence === first?.occurrence]).toEqual([
      true,
      false,
    ]);
  });

  it("asks for nothing once all is settled", () => {
    expect(judged({ events: [...moving, event("delivered", 20)], claims: promise(50) })).toEqual({
      findings: [],
      reviewAtMs: null,
    });
  });

  it("asks for the earliest of several deadlines", () => {
    expect(judged({ events: booked, claims: promise(9) }).reviewAtMs).toBe(at(9) + 1);
  });

  it("follows every package of its own", () => {
    const events = [event("in_transit", 4, { package: "A" }), event("in_transit", 40, { package: "B" })];
    expect(found("scan_late", { events, packages: ["A", "B"], hours: 60 })).toMatchObject([{ subject: "package:A" }]);
    expect(judged({ events, packages: ["A", "B"], hours: 60 }).reviewAtMs).toBe(at(88));
  });

  it("shows no moving clock, so that looking again changes nothing", () => {
    const given = { events: moving, claims: promise(20), picking: null };
    expect(judged({ ...given, hours: 200 })).toEqual(judged({ ...given, hours: 300 }));
  });
});

describe("a reported condition", () => {
  it.each<[EventKind, ExceptionKind]>([
    ["customs_hold", "customs_hold"],
    ["held", "held"],
    ["damaged", "damaged"],
    ["misrouted", "misrouted"],
    ["short", "short"],
    ["delivery_attempted", "delivery_failed"],
    ["refused", "delivery_failed"],
    ["unclaimed", "delivery_failed"],
    ["address_issue", "address_mismatch"],
    ["label_failed", "label_failed"],
  ])("%s opens %s and names its words", (condition, kind) => {
    const told = event(condition, 5, {
      raw: { code: "X9", description: "odd" },
      reason: { code: "R1", party: "carrier" },
    });
    const [finding] = found(kind, { events: [event("in_transit", 2), told] });
    expect(finding).toMatchObject({
      subject: "shipment",
      cause: { source: `feed:${FEEDS.carrier}`, what: `${condition}:R1` },
      evidence: { condition, code: "X9", reason: "R1", party: "carrier", description: "odd" },
      feedId: FEEDS.carrier,
    });
    expect(finding?.text).toContain("carrier reports");
    expect(finding?.text).toContain('"R1"');
  });

  it.each<EventKind>(["delayed", "no_info", "expired"])("%s alone opens nothing", (condition) => {
    expect(judged({ events: [event("in_transit", 2), event(condition, 5)], hours: 6 }).findings).toEqual([]);
  });

  it("is closed by the next movement, damaged and short are not", () => {
    const later = event("arrived_facility", 9);
    expect(found("held", { events: [event("held", 5), later] })).toEqual([]);
    expect(found("damaged", { events: [event("damaged", 5), later] })).toHaveLength(1);
  });

  it("is one finding per package, and another report is another occurrence", () => {
    const first = event("delivery_attempted", 5, { package: "A" });
    const given = { packages: ["A", "B"] };
    const one = found("delivery_failed", { ...given, events: [first] });
    expect(one).toMatchObject([{ subject: "package:A", evidence: { reports: 1 } }]);
    const two = found("delivery_failed", {
      ...given,
      events: [first, event("delivery_attempted", 30, { package: "A" })],
    });
    expect(two).toMatchObject([{ subject: "package:A", evidence: { reports: 2 } }]);
    expect(two[0]?.occurrence).not.toBe(one[0]?.occurrence);
  });

  it("lost opens until found or delivered, also for one package of several", () => {
    const gone = [event("in_transit", 2), event("lost", 5, { package: "A" })];
    expect(found("lost", { events: gone })).toMatchObject([{ subject: "shipment" }]);
    expect(found("lost", { events: gone, packages: ["A", "B"] })).toMatchObject([{ subject: "package:A" }]);
    expect(found("lost", { events: [...gone, event("found", 6)] })).toEqual([]);
    expect(found("lost", { events: [...gone, event("delivered", 6)] })).toEqual([]);
    expect(found("lost", { events: [event("destroyed", 6)] })[0]?.text).toContain("destroyed");
  });
});

describe("a rule about what sources say", () => {
  it("unmapped_code opens one per word and keeps the word verbatim", () => {
    const odd = ["in_transit/xyz", "20", "21"].map((word, n) => event("unmapped_code", n, { raw: { word } }));
    const findings = found("unmapped_code", { events: odd });
    expect(findings.map(({ subject }) => subject)).toEqual(["code:4:20", "code:4:21", "code:4:in_transit/xyz"]);
    expect(findings.map(({ cause }) => cause.what)).toEqual(["code:20", "code:21", "code:in_transit/xyz"]);
    expect(findings[2]?.text).toBe('carrier says "in_transit/xyz", which no mapping knows');
  });

  it("implausible_time opens one per feed; another such event is another occurrence", () => {
    const odd = (hours: number) => event("in_transit", hours, { receivedAtMs: at(0), raw: { time: `t${hours}` } });
    const one = found("implausible_time", { events: [odd(90)] });
    expect(one).toMatchObject([{ subject: "feed:4", evidence: { events: 1, times: [{ said: "t90" }] } }]);
    const two = found("implausible_time", { events: [odd(90), odd(91)] });
    expect(two).toHaveLength(1);
    expect(two[0]?.occurrence).not.toBe(one[0]?.occurrence);
  });

  it("late_update opens for what was told too late, not for history told at the first contact", () => {
    const first = event("booked", 0, { receivedAtMs: at(0) });
    const told = (occurred: number, received: number, extra = {}) =>
      event("in_transit", occurred, { receivedAtMs: at(received), ...extra });
    const one = found("late_update", { events: [first, told(1, 25.1)], hours: 30 });
    expect(one).toMatchObject([
      { subject: "feed:4", cause: { source: "feed:4", what: "late update" }, evidence: { events: 1, worst: "24 h" } },
    ]);
    expect(found("late_update", { events: [first, told(1, 25)], hours: 30 })).toEqual([]);
    expect(found("late_update", { events: [told(1, 60)], hours: 70 })).toEqual([]);
    expect(found("late_update", { events: [first, told(1, 40, { precision: "date" })], hours: 70 })).toEqual([]);
    expect(found("late_update", { events: [first, told(1, 60, { overall: true })], hours: 70 })).toEqual([]);
    const another = found("late_update", { events: [first, told(1, 25.1), told(2, 90)], hours: 95 });
    expect(another[0]?.occurrence).not.toBe(one[0]?.occurrence);
    const ownFeed = told(1, 60, { feedClass: "warehouse" });
    expect(found("late_update", { events: [first, ownFeed], hours: 70 })).toEqual([]);
    const never = { lateUpdateMinutes: 0 };
    expect(found("late_update", { events: [first, told(1, 90)], hours: 95, thresholds: never })).toEqual([]);
  });

  it("status_regression opens for scans after the end; another one is another occurrence", () => {
    const end = event("delivered", 5);
    const one = found("status_regression", { events: [end, event("in_transit", 9)] });
    expect(one).toMatchObject([{ subject: "shipment", cause: { what: "in_transit after delivered" } }]);
    const two = found("status_regression", { events: [end, event("in_transit", 9), event("in_transit", 10)] });
    expect(two[0]?.occurrence).not.toBe(one[0]?.occurrence);
  });

  it("event_flood opens while there are too many events", () => {
    const events = Array.from({ length: 12 }, (_, n) => event("in_transit", n));
    expect(found("event_flood", { events, thresholds: { floodEvents: 10 } })).toHaveLength(1);
    expect(found("event_flood", { events })).toEqual([]);
  });

  it.each<[string, [FeedClass, string][], number]>([
    [
      "numbers that differ",
      [
        ["carrier", "1Z1"],
        ["odoo", "1Z2"],
      ],
      1,
    ],
    [
      "numbers that differ in writing only",
      [
        ["carrier", "1z-1"],
        ["odoo", "1Z 1"],
      ],
      0,
    ],
    [
      "fewer numbers",
      [
        ["warehouse", "1Z1;1Z2"],
        ["odoo", "1Z1"],
      ],
      0,
    ],
    [
      "overlapping numbers, each with one of its own",
      [
        ["warehouse", "1Z1;1Z2"],
        ["odoo", "1Z1;1Z3"],
      ],
      1,
    ],
    ["one source only", [["odoo", "1Z1"]], 0],
  ])("tracking_mismatch with %s", (_, said, count) => {
    const claims = said.map(([feedClass, value]) => claim(feedClass, "tracking_number", value));
    expect(found("tracking_mismatch", { claims })).toHaveLength(count);
  });

  const lines = (done: number | null, ordered: number | null = 5) => [
    { code: "P", line: null, ordered, done, uom: null },
  ];
  it.each<[string, Parameters<typeof claim>[], string, number]>([
    [
      "another amount in Odoo once done",
      [
        ["warehouse", "quantities", lines(3)],
        ["odoo", "quantities", lines(5)],
      ],
      "done",
      1,
    ],
    [
      "what Odoo merely reserved",
      [
        ["warehouse", "quantities", lines(3)],
        ["odoo", "quantities", lines(5)],
      ],
      "assigned",
      0,
    ],
    [
      "more shipped than ordered",
      [
        ["warehouse", "quantities", lines(6)],
        ["odoo", "quantities", lines(null)],
      ],
      "assigned",
      1,
    ],
    [
      "the same amount",
      [
        ["warehouse", "quantities", lines(5)],
        ["odoo", "quantities", lines(5)],
      ],
      "done",
      0,
    ],
    [
      "two other sources that differ",
      [
        ["warehouse", "quantities", lines(5)],
        ["transport", "quantities", lines(4)],
      ],
      "assigned",
      1,
    ],
    [
      "a product that only one knows",
      [
        ["warehouse", "quantities", lines(5)],
        ["odoo", "quantities", []],
      ],
      "done",
      0,
    ],
  ])("quantity_mismatch with %s", (_, said, state, count) => {
    const claims = said.map((parts) => claim(...parts));
    expect(found("quantity_mismatch", { claims, picking: { ...PICKING, state } })).toHaveLength(count);
  });

  it.each<[string, Record<string, string>, number]>([
    ["another postcode", { zip: "10117", countryCode: "DE" }, 1],
    ["another country", { zip: "10115", countryCode: "AT" }, 1],
    ["the same in other letters", { zip: "101 15", countryCode: "de" }, 0],
    ["a country by name", { zip: "10115", country: "Germany" }, 0],
    ["no postcode", { city: "Berlin" }, 0],
  ])("address_mismatch with %s", (_, other, count) => {
    const claims = [
      claim("odoo", "address", { zip: "10115", countryCode: "DE" }),
      claim("warehouse", "address", other),
    ];
    expect(found("address_mismatch", { claims })).toHaveLength(count);
  });
});

describe("odoo_drift", () => {
  const posted = [
    { kind: "tracking_number" as const, attribute: "tracking_number" as const, value: "1Z1", postedAtMs: at(5) },
  ];
  const inOdoo = (value: string, hours: number) => [claim("odoo", "tracking_number", value, { hours })];

  it.each<[string, ReturnType<typeof inOdoo>, number]>([
    ["another value read after the posting", inOdoo("1Z2", 6), 1],
    ["another value read before it", inOdoo("1Z2", 4), 0],
    ["the posted value", inOdoo("1z 1", 6), 0],
    ["nothing any more", [claim("warehouse", "tracking_number", "1Z1", { hours: 2 }), ...inOdoo("", 6)], 1],
    ["nothing yet", [claim("warehouse", "tracking_number", "1Z1", { hours: 2 }), ...inOdoo("", 4)], 0],
  ])("with %s", (_, claims, count) => {
    expect(found("odoo_drift", { claims, posted })).toHaveLength(count);
  });

  it("finds nothing in an empty field while our call has had no answer", () => {
    const claims = [claim("warehouse", "tracking_number", "1Z1", { hours: 2 }), ...inOdoo("", 6)];
    const echo = { attribute: "tracking_number" as const, value: "1Z1", atMs: null };
    expect(foldOf([], { claims, posted: [echo] }).advisories).toEqual([]);
    expect(foldOf([], { claims, posted: [{ ...echo, atMs: at(5) }] }).advisories).toMatchObject([{ value: "" }]);
  });

  it("compares with the newest posting of the field", () => {
    const newer = { ...posted[0], value: "1Z2", postedAtMs: at(6) } as (typeof posted)[0];
    expect(found("odoo_drift", { claims: inOdoo("1Z2", 7), posted: [newer, ...posted] })).toEqual([]);
    expect(found("odoo_drift", { claims: inOdoo("1Z1", 7), posted: [...posted, newer] })).toMatchObject([
      { subject: "field:tracking_number", evidence: { posted: "1Z2", odoo: "1Z1" } },
    ]);
  });
});

it("owns exactly the kinds it has rules for, all of them in the catalogue", () => {
  for (const kind of DETECTED_KINDS) expect(EXCEPTION_SPECS[kind]).toBeDefined();
  const elsewhere: ExceptionKind[] = [
    "posting_rejected",
    "feed_silent",
    "unreadable_message",
    "ambiguous_match",
    "our_fault",
  ];
  for (const kind of elsewhere) expect(DETECTED_KINDS).not.toContain(kind);
});
