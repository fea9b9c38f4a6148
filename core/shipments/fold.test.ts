import { describe, expect, it } from "vitest";
import { DEFAULT_THRESHOLDS } from "@/core/exceptions/thresholds";
import { at, claim, event, FEEDS, foldOf, packages } from "@/core/testing/facts";
import type { StoredEvent } from "./event";
import type { EventKind, Milestone, Stage, Summary, Terminal } from "./milestones";

const delivered = event("delivered", 10);

describe("the milestone", () => {
  it("is the highest rank reached, whatever came last", () => {
    const shipment = foldOf([event("booked", 0), event("out_for_delivery", 5), event("arrived_facility", 8)]);
    expect(shipment.milestone).toBe("out_for_delivery");
    expect(shipment.lastMovementAtMs).toBe(at(8));
  });

  it("keeps the earliest valid actual of each milestone", () => {
    const shipment = foldOf([event("in_transit", 7), event("in_transit", 3), event("in_transit", 5)]);
    expect(shipment.reached.in_transit).toMatchObject({ occurredAtMs: at(3), inferred: false, feedId: FEEDS.carrier });
  });

  it.each<[Milestone, Stage, Summary]>([
    ["order_released", "order_released", "pre_transit"],
    ["allocated", "allocated", "pre_transit"],
    ["picked", "picked", "pre_transit"],
    ["packed", "packed", "pre_transit"],
    ["booked", "booked", "pre_transit"],
    ["pickup_arrived", "dispatched", "pre_transit"],
    ["picked_up", "dispatched", "in_transit"],
    ["in_transit", "in_transit", "in_transit"],
    ["customs_cleared", "in_transit", "in_transit"],
    ["arrived_destination", "in_transit", "in_transit"],
    ["out_for_delivery", "in_transit", "out_for_delivery"],
    ["delivery_arrived", "in_transit", "in_transit"],
    ["available_for_pickup", "in_transit", "available_for_pickup"],
    ["delivered", "delivered", "delivered"],
    ["pod_received", "delivered", "delivered"],
    ["return_initiated", "returning", "return_to_sender"],
    ["return_in_transit", "returning", "return_to_sender"],
    ["returned", "returning", "return_to_sender"],
    ["cancelled", "order_released", "cancelled"],
    ["lost", "in_transit", "exception"],
    ["destroyed", "in_transit", "exception"],
  ])("%s alone is stage %s and summary %s", (kind, stage, summary) => {
    expect(foldOf([event(kind, 1)])).toMatchObject({ milestone: kind, stage, summary });
  });

  it("is unknown without any fact", () => {
    expect(foldOf([])).toMatchObject({
      milestone: null,
      stage: null,
      summary: "unknown",
      terminal: null,
      eventCount: 0,
    });
  });

  it("is never set by what is planned or estimated; these set the eta, estimates before plans", () => {
    const planned = event("delivered", 40, { classifier: "planned" });
    const estimated = event("eta_updated", 30, { classifier: "estimated" });
    expect(foldOf([event("booked", 0), planned])).toMatchObject({ milestone: "booked", etaMs: at(40) });
    expect(foldOf([event("booked", 0), planned, estimated])).toMatchObject({ milestone: "booked", etaMs: at(30) });
  });

  it("leaves settlement beside the forward track", () => {
    const shipment = foldOf([event("in_transit", 2), event("freight_invoiced", 3, { feedClass: "finance" })]);
    expect(shipment.milestone).toBe("in_transit");
    expect(shipment.reached.freight_invoiced?.occurredAtMs).toBe(at(3));
  });
});

describe("ties", () => {
  it("of one instant end at the higher rank, in either order", () => {
    const tie = [event("out_for_delivery", 5), event("arrived_destination", 5)];
    expect(foldOf(tie)).toEqual(foldOf(tie.toReversed()));
    expect(foldOf(tie).milestone).toBe("out_for_delivery");
  });

  it("of one milestone told by two feeds at one instant are decided by the key", () => {
    const tie = [event("delivered", 5, { key: "b" }), event("delivered", 5, { key: "a", feedClass: "aggregator" })];
    for (const events of [tie, tie.toReversed()]) expect(foldOf(events).reached.delivered?.key).toBe("a");
  });
});

describe("a terminal event", () => {
  it("wins over everything before it", () => {
    expect(foldOf([delivered, event("in_transit", 2)])).toMatchObject({
      milestone: "delivered",
      terminal: "delivered",
      terminalAtMs: at(10),
      regressions: [],
    });
  });

  it.each<[string, number, number]>([
    ["10 minutes after it is skew", 10 + 10 / 60, 0],
    ["30 minutes after it is skew", 10.5, 0],
    ["31 minutes after it is a regression", 10 + 31 / 60, 1],
    ["3 days after it is a regression", 82, 1],
  ])("a scan %s", (_, hours, regressions) => {
    const shipment = foldOf([delivered, event("out_for_delivery", hours)]);
    expect(shipment).toMatchObject({ milestone: "delivered", terminal: "delivered", summary: "delivered" });
    expect(shipment.regressions).toHaveLength(regressions);
    expect(shipment.reached.out_for_delivery === undefined).toBe(regressions === 1);
  });

  it("has the skew window of its feed", () => {
    const events = [delivered, event("out_for_delivery", 12)];
    const wide = foldOf(events, { skewMinutesOf: (feedId) => (feedId === FEEDS.carrier ? 180 : undefined) });
    expect(wide.regressions).toEqual([]);
    expect(foldOf(events, { skewMinutesOf: () => undefined }).regressions).toHaveLength(1);
  });

  it("told to the day only may lie anywhere in that day", () => {
    const day = event("delivered", -8, { precision: "date" });
    expect(foldOf([day, event("out_for_delivery", 4)]).regressions).toEqual([]);
    expect(foldOf([day, event("out_for_delivery", 20)]).regressions).toHaveLength(1);
  });

  it("is not contradicted by Odoo's or the warehouse's own words, nor by what is inferred", () => {
    const later = [
      event("order_released", 20, { feedClass: "odoo" }),
      event("packed", 20, { feedClass: "warehouse" }),
      event("picked_up", 20, { feedClass: "odoo", inferred: true }),
    ];
    expect(foldOf([delivered, ...later]).regressions).toEqual([]);
  });

  it("is contradicted by a failed attempt long after it", () => {
    const shipment = foldOf([delivered, event("delivery_attempted", 30)]);
    expect(shipment).toMatchObject({ summary: "delivered", conditions: [] });
    expect(shipment.regressions).toMatchObject([{ kind: "delivery_attempted", occurredAtMs: at(30) }]);
  });
});

describe("between terminals", () => {
  it.each<[string, [EventKind, number][], string, EventKind]>([
    [
      "delivered beats a later cancelled",
      [
        ["delivered", 5],
        ["cancelled", 9],
      ],
      "delivered",
      "delivered",
    ],
    [
      "delivered beats an earlier cancelled",
      [
        ["cancelled", 1],
        ["delivered", 5],
      ],
      "delivered",
      "delivered",
    ],
    [
      "delivered beats a later lost",
      [
        ["delivered", 5],
        ["lost", 9],
      ],
      "delivered",
      "delivered",
    ],
    [
      "delivered beats an earlier lost",
      [
        ["lost", 2],
        ["delivered", 5],
      ],
      "delivered",
      "delivered",
    ],
    [
      "returned beats delivered when later",
      [
        ["delivered", 5],
        ["returned", 50],
      ],
      "returned",
      "returned",
    ],
    [
      "returned loses to delivered when earlier",
      [
        ["returned", 2],
        ["delivered", 5],
      ],
      "delivered",
      "delivered",
    ],
    [
      "returned beats lost",
      [
        ["returned", 2],
        ["lost", 5],
      ],
      "returned",
      "returned",
    ],
    [
      "the later of cancelled and lost holds",
      [
        ["lost", 2],
        ["cancelled", 5],
      ],
      "cancelled",
      "cancelled",
    ],
  ])("%s", (_, events, terminal, milestone) => {
    const made = events.map(([kind, hours]) => event(kind, hours));
    for (const order of [made, made.toReversed()]) expect(foldOf(order)).toMatchObject({ terminal, milestone });
  });

  it("found reverses lost when it is later, and only then", () => {
    const moved = [event("in_transit", 1), event("lost", 5)];
    expect(foldOf(moved)).toMatchObject({ terminal: "lost", milestone: "in_transit", summary: "exception" });
    expect(foldOf([...moved, event("found", 8)])).toMatchObject({ terminal: null, summary: "in_transit" });
    expect(foldOf([...moved, event("found", 3)])).toMatchObject({ terminal: "lost" });
    expect(foldOf([...moved, event("found", 8)]).reached.lost).toBeUndefined();
  });
});

describe("a return", () => {
  const back = event("return_in_transit", 50);

  it("after the delivery opens the shipment again and ends it as returned", () => {
    expect(foldOf([delivered, back])).toMatchObject({
      milestone: "return_in_transit",
      stage: "returning",
      summary: "return_to_sender",
      terminal: null,
      terminalAtMs: null,
      regressions: [],
    });
    expect(foldOf([delivered, back, event("returned", 90)])).toMatchObject({
      milestone: "returned",
      terminal: "returned",
      terminalAtMs: at(90),
    });
  });

  it("keeps the delivery among what was reached", () => {
    expect(foldOf([delivered, back]).reached.delivered?.occurredAtMs).toBe(at(10));
  });

  it("makes scans on the way back no regressions, but those before it", () => {
    const scans = [event("arrived_facility", 30), event("arrived_facility", 60)];
    const shipment = foldOf([delivered, back, ...scans]);
    expect(shipment.regressions).toMatchObject([{ occurredAtMs: at(30) }]);
    expect(shipment.lastMovementAtMs).toBe(at(60));
  });

  it("is not undone by the same delivery told later by another feed", () => {
    const echo = event("delivered", 55, { feedClass: "marketplace" });
    expect(foldOf([delivered, back, echo])).toMatchObject({ milestone: "return_in_transit", terminal: null });
  });

  it("beats a cancellation that came before the parcel moved", () => {
    const shipment = foldOf([event("cancelled", 1), event("in_transit", 20), event("returned", 30)]);
    expect(shipment).toMatchObject({ terminal: "returned", regressions: [], lastMovementAtMs: at(30) });
    expect(shipment.reached.in_transit?.occurredAtMs).toBe(at(20));
  });

  it("without a delivery never makes the shipment delivered", () => {
    expect(foldOf([event("refused", 4), event("return_initiated", 6), event("returned", 30)])).toMatchObject({
      summary: "return_to_sender",
      terminal: "returned",
    });
  });

  it("that a delivery overtook leaves no trace in what was reached", () => {
    expect(foldOf([event("return_initiated", 6), delivered]).reached.return_initiated).toBeUndefined();
  });
});

describe("a retraction", () => {
  const wrong = event("delivered", 10, { raw: { eventId: "D1" } });
  const retraction = event("info", 11, { retracts: "D1", raw: { eventId: "R1" } });

  it("takes a terminal back, so that the shipment regresses", () => {
    const moving = [event("in_transit", 2), wrong];
    expect(foldOf(moving).terminal).toBe("delivered");
    const shipment = foldOf([...moving, retraction]);
    expect(shipment).toMatchObject({ milestone: "in_transit", terminal: null });
    expect(shipment.reached.delivered).toBeUndefined();
  });

  it("names the sender's own event id and reaches only that feed", () => {
    const foreign = event("info", 11, { retracts: "D1", feedClass: "aggregator" });
    expect(foldOf([wrong, foreign]).terminal).toBe("delivered");
  });

  it("that is itself retracted retracts nothing", () => {
    expect(foldOf([wrong, retraction, event("info", 12, { retracts: "R1" })]).terminal).toBe("delivered");
  });

  it("may say at once what happened instead", () => {
    expect(foldOf([wrong, event("out_for_delivery", 10, { retracts: "D1" })]).milestone).toBe("out_for_delivery");
  });

  it("of endless chains by a faulty sender ends", () => {
    const chain = Array.from({ length: 5000 }, (_, n) =>
      event("info", 1, { retracts: `${n + 1}`, raw: { eventId: `${n}` } }),
    );
    expect(foldOf([...chain, event("info", 1, { retracts: "0", raw: { eventId: "5000" } })]).milestone).toBeNull();
  });
});

describe("generations", () => {
  it("count by the newest, so a mended mapping doubles nothing", () => {
    const before = event("unmapped_code", 3, { key: "k", generation: 1 });
    const after = event("arrived_facility", 3, { key: "k", generation: 2 });
    for (const order of [
      [before, after],
      [after, before],
      [after, before, after],
    ]) {
      expect(foldOf(order)).toMatchObject({ milestone: "arrived_facility", unmapped: [], eventCount: 1 });
    }
  });

  it("withdraw an event that the message, read again, no longer yields", () => {
    const withdrawn = event("delivered", 3, { key: "k", generation: 2, withdrawn: true });
    expect(foldOf([event("delivered", 3, { key: "k" }), withdrawn])).toMatchObject({ milestone: null, eventCount: 0 });
  });
});

describe("inferred milestones", () => {
  it("are implied by later ones and never timed", () => {
    const { reached } = foldOf([delivered]);
    expect(reached.picked_up).toMatchObject({ inferred: true, occurredAtMs: null });
    expect(reached.in_transit).toMatchObject({ inferred: true, occurredAtMs: null });
    expect(reached.delivered).toMatchObject({ inferred: false, occurredAtMs: at(10) });
  });

  it("give way to an actual one", () => {
    const done = event("picked_up", 3, { feedClass: "odoo", inferred: true });
    expect(foldOf([done])).toMatchObject({ milestone: "picked_up", stage: "dispatched", lastMovementAtMs: null });
    expect(foldOf([done]).reached.picked_up).toMatchObject({ inferred: true, occurredAtMs: null });
    expect(foldOf([done, event("picked_up", 4)]).reached.picked_up).toMatchObject({
      inferred: false,
      occurredAtMs: at(4),
    });
  });

  it("say delivered where only the proof of delivery came", () => {
    const shipment = foldOf([event("in_transit", 2), event("pod_received", 12)]);
    expect(shipment).toMatchObject({ terminal: "delivered", milestone: "pod_received", summary: "delivered" });
    expect(shipment.reached.delivered).toMatchObject({ inferred: true, occurredAtMs: null });
  });

  it("of our own posting are confirmations and imply no dispatch", () => {
    const done = event("picked_up", 3, { feedClass: "odoo", inferred: true });
    expect(foldOf([event("booked", 1), done], { transferPosted: true }).milestone).toBe("booked");
  });
});

describe("a feed's overall status", () => {
  const overall = (kind: EventKind, hours: number, extra = {}): StoredEvent =>
    event(kind, hours, { overall: true, ...extra });

  it("is a fact at its update time where no detail says so", () => {
    expect(foldOf([event("booked", 0), overall("delivered", 9)])).toMatchObject({
      terminal: "delivered",
      terminalAtMs: at(9),
    });
  });

  it("is left out where a detail says it", () => {
    const shipment = foldOf([event("arrived_facility", 3), overall("in_transit", 9)]);
    expect(shipment.reached.in_transit).toBeUndefined();
    expect(shipment.lastMovementAtMs).toBe(at(3));
  });

  it.each<[EventKind, EventKind, Terminal]>([
    ["returned", "return_in_transit", "returned"],
    ["lost", "delivery_attempted", "lost"],
    ["delivered", "out_for_delivery", "delivered"],
  ])("%s is not said by a mere %s", (kind, detail, terminal) => {
    expect(foldOf([event(detail, 3), overall(kind, 9)])).toMatchObject({ terminal, terminalAtMs: at(9) });
  });

  it("never raises a regression", () => {
    expect(foldOf([delivered, overall("in_transit", 40)]).regressions).toEqual([]);
  });

  it("of one feed is left out where another tracking feed's detail says it, but not where only the order says it", () => {
    const aggregated = overall("booked", 9, { feedClass: "aggregator" });
    expect(foldOf([event("booked", 1), aggregated]).reached.booked?.occurredAtMs).toBe(at(1));
    expect(foldOf([event("order_released", 1, { feedClass: "odoo" }), aggregated]).reached.booked?.occurredAtMs).toBe(
      at(9),
    );
  });

  it("delivered, with details timed after the delivery, ends delivered", () => {
    const details = [
      event("booked", 52),
      event("in_transit", 53),
      event("out_for_delivery", 118),
      event("delivered", 0),
    ];
    const shipment = foldOf([...details, overall("delivered", 0)]);
    expect(shipment).toMatchObject({ summary: "delivered", milestone: "delivered", terminal: "delivered" });
    expect(shipment.regressions).toHaveLength(2);
  });
});

describe("conditions", () => {
  it("make the summary an exception until the next movement", () => {
    const held = [event("in_transit", 2), event("held", 4)];
    expect(foldOf(held)).toMatchObject({ summary: "exception", milestone: "in_transit" });
    expect(foldOf(held).conditions).toMatchObject([{ kind: "held", sinceMs: at(4), package: null }]);
    expect(foldOf([...held, event("arrived_facility", 5)])).toMatchObject({ summary: "in_transit", conditions: [] });
  });

  it("never advance the state", () => {
    expect(foldOf([event("delivery_attempted", 4)])).toMatchObject({
      milestone: null,
      summary: "exception",
      attempts: 1,
    });
  });

  it("stand beside a movement of the same instant", () => {
    expect(foldOf([event("out_for_delivery", 4), event("delivery_attempted", 4)]).conditions).toHaveLength(1);
  });

  it("damaged and short stand whatever comes later, but do not colour the summary", () => {
    const shipment = foldOf([event("damaged", 3), event("short", 3), event("in_transit", 5), delivered]);
    expect(shipment.summary).toBe("delivered");
    expect(shipment.conditions.map(({ kind }) => kind).sort()).toEqual(["damaged", "short"]);
  });

  it("end with the delivery", () => {
    expect(foldOf([event("held", 3), delivered]).conditions).toEqual([]);
  });

  it("a refused label stands until the booking", () => {
    expect(foldOf([event("label_failed", 3)]).conditions).toHaveLength(1);
    expect(foldOf([event("label_failed", 3), event("booked", 4)]).conditions).toEqual([]);
  });

  it("told by two feeds in the same minute are one sighting", () => {
    const two = [event("delivery_attempted", 4), event("delivery_attempted", 4, { feedClass: "aggregator" })];
    expect(foldOf(two)).toMatchObject({ attempts: 1, eventCount: 2 });
    expect(foldOf(two).conditions).toHaveLength(1);
  });
});

describe("times", () => {
  it.each<[string, StoredEvent]>([
    ["before 2000", event("delivered", null, { time: { ...time(Date.UTC(1999, 11, 31)) } })],
    ["more than 24 h after its receipt", event("delivered", 50, { receivedAtMs: at(25) })],
  ])("%s are kept, never applied", (_, odd) => {
    const shipment = foldOf([event("booked", 0), odd]);
    expect(shipment).toMatchObject({ milestone: "booked", eventCount: 2, lastEventAtMs: at(0) });
    expect(shipment.implausible).toMatchObject([{ key: odd.key, feedId: FEEDS.carrier }]);
  });

  it("24 h after the receipt are still believed", () => {
    expect(foldOf([event("delivered", 49, { receivedAtMs: at(25) })]).implausible).toEqual([]);
  });

  it("of estimates may lie far ahead", () => {
    expect(foldOf([event("eta_updated", 500, { classifier: "estimated", receivedAtMs: at(0) })]).implausible).toEqual(
      [],
    );
  });

  it("that a source did not give leave the event out of the fold", () => {
    expect(foldOf([event("delivered", null)])).toMatchObject({ milestone: null, implausible: [], eventCount: 1 });
  });
});

function time(occurredAtMs: number) {
  return { occurredAtMs, offsetMinutes: 0, precision: "second" as const, basis: "offset" as const };
}

describe("unknown codes", () => {
  it("change no state and bump no freshness, but are counted by word", () => {
    const odd = [4, 6].map((hours) => event("unmapped_code", hours, { raw: { word: "XX", description: "odd" } }));
    const shipment = foldOf([event("in_transit", 2), ...odd]);
    expect(shipment).toMatchObject({ milestone: "in_transit", lastMovementAtMs: at(2), lastEventAtMs: at(2) });
    expect(shipment.unmapped).toMatchObject([{ word: "XX", count: 2, description: "odd", feedId: FEEDS.carrier }]);
  });

  it("neither does a source's word for nothing", () => {
    expect(foldOf([event("no_info", 4), event("info", 5)])).toMatchObject({ milestone: null, lastEventAtMs: null });
  });
});

describe("packages", () => {
  const [a, b] = ["A", "B"];
  const both = { packages: packages("A", "B") };

  it("make the shipment delivered only when all are", () => {
    const first = event("delivered", 10, { package: a });
    const half = foldOf([first, event("booked", 1, { package: b })], both);
    expect(half).toMatchObject({ milestone: "booked", terminal: null, summary: "pre_transit" });
    expect(half.reached.delivered).toBeUndefined();
    expect(half.packages.map(({ terminal }) => terminal)).toEqual(["delivered", null]);
    const all = foldOf([first, event("delivered", 30, { package: b })], both);
    expect(all).toMatchObject({ milestone: "delivered", terminal: "delivered", terminalAtMs: at(30) });
    expect(all.reached.delivered?.occurredAtMs).toBe(at(30));
  });

  it("make the shipment as far as the least advanced", () => {
    const events = [event("out_for_delivery", 9, { package: a }), event("arrived_facility", 9, { package: b })];
    expect(foldOf(events, both).milestone).toBe("arrived_facility");
  });

  it("all take part in an event of no package or of a number nobody knows", () => {
    for (const number of [null, "UNKNOWN"]) {
      expect(foldOf([event("delivered", 9, { package: number })], both)).toMatchObject({ terminal: "delivered" });
    }
  });

  it("count a master number as a package of its own", () => {
    const master = { packages: [{ number: "M", issuer: "ups", master: true }, ...packages("B")] };
    const shipment = foldOf([event("delivered", 9, { package: "M" }), event("in_transit", 5, { package: b })], master);
    expect(shipment.packages).toMatchObject([
      { number: "B", terminal: null, master: false },
      { number: "M", terminal: "delivered", master: true },
    ]);
    expect(shipment).toMatchObject({ terminal: null, milestone: "in_transit" });
  });

  it("that were cancelled hold nobody up", () => {
    const events = [event("delivered", 9, { package: a }), event("cancelled", 2, { package: b })];
    expect(foldOf(events, both)).toMatchObject({ terminal: "delivered", milestone: "delivered" });
  });

  it("that were lost keep the shipment from being delivered", () => {
    const events = [event("delivered", 9, { package: a }), event("lost", 12, { package: b })];
    expect(foldOf(events, both)).toMatchObject({ terminal: "lost", summary: "exception" });
    expect(foldOf(events, both).reached.delivered).toBeUndefined();
  });

  it("name their own conditions", () => {
    const events = [event("out_for_delivery", 4), event("delivery_attempted", 6, { package: b })];
    expect(foldOf(events, both)).toMatchObject({ summary: "exception", attempts: 1 });
    expect(foldOf(events, both).conditions).toMatchObject([{ kind: "delivery_attempted", package: "B" }]);
  });

  it("make a scan about all of them a regression only when it changes none", () => {
    const first = event("delivered", 10, { package: a });
    expect(foldOf([first, event("in_transit", 20)], both).regressions).toEqual([]);
    const all = [first, event("delivered", 11, { package: b }), event("in_transit", 20)];
    expect(foldOf(all, both).regressions).toHaveLength(1);
  });

  it("of equal numbers are one", () => {
    expect(
      foldOf([], { packages: [...packages("A"), { number: "A", issuer: null, master: true }] }).packages,
    ).toMatchObject([{ number: "A", issuer: "ups", master: true }]);
  });
});

describe("attributes", () => {
  const folded = (...claims: ReturnType<typeof claim>[]) => foldOf([], { claims });

  it.each<[string, Parameters<typeof claim>[], unknown]>([
    [
      "order data: Odoo before the marketplace",
      [
        ["marketplace", "customer", "B", { hours: 9 }],
        ["odoo", "customer", "A"],
      ],
      "A",
    ],
    [
      "execution: warehouse before transport",
      [
        ["transport", "service", "B", { hours: 9 }],
        ["warehouse", "service", "A"],
      ],
      "A",
    ],
    [
      "execution: transport before Odoo",
      [
        ["odoo", "service", "B", { hours: 9 }],
        ["transport", "service", "A"],
      ],
      "A",
    ],
    [
      "within a class the latest",
      [
        ["odoo", "customer", "A", { hours: 2 }],
        ["odoo", "customer", "B", { hours: 1, feedId: 11 }],
      ],
      "A",
    ],
    [
      "at one time the greater hash",
      [
        ["odoo", "customer", "A"],
        ["odoo", "customer", "B", { feedId: 11 }],
      ],
      "B",
    ],
    ["a class nobody listed, if nobody else spoke", [["finance", "customer", "C"]], "C"],
  ])("are decided by %s", (_, said, value) => {
    const claims = said.map((parts) => claim(...parts));
    for (const order of [claims, claims.toReversed()]) {
      const [attribute] = claims.map((one) => one.attribute);
      expect(folded(...order).attributes[attribute ?? "customer"]?.value).toBe(value);
    }
  });

  it("keep a losing value that differs as advisory, marked where it is a mismatch", () => {
    const shipment = folded(claim("odoo", "customer", "A"), claim("marketplace", "customer", "B"));
    expect(shipment.advisories).toMatchObject([
      { attribute: "customer", value: "B", feedClass: "marketplace", mismatch: false },
    ]);
    const tracking = folded(claim("carrier", "tracking_number", "1Z1"), claim("odoo", "tracking_number", "1Z2"));
    expect(tracking.advisories).toMatchObject([{ attribute: "tracking_number", value: "1Z2", mismatch: true }]);
    expect(folded(claim("odoo", "customer", "A"), claim("marketplace", "customer", "A")).advisories).toEqual([]);
  });

  it("leave out what Odoo merely echoes of our posting", () => {
    const claims = [claim("odoo", "tracking_number", "1z 999-1"), claim("warehouse", "tracking_number", "1Z9992")];
    const posted = [{ attribute: "tracking_number" as const, value: "1Z9991" }];
    expect(foldOf([], { claims }).trackingBy.map(({ feedClass }) => feedClass)).toEqual(["warehouse", "odoo"]);
    expect(foldOf([], { claims, posted }).trackingBy.map(({ feedClass }) => feedClass)).toEqual(["warehouse"]);
  });

  it("add up over packages where nobody speaks for the whole", () => {
    const claims = ["A", "B"].map((subject) => claim("carrier", "weight_grams", 400, { subject }));
    expect(folded(...claims).attributes.weight_grams?.value).toBe(800);
    expect(folded(...claims, claim("odoo", "weight_grams", 900)).attributes.weight_grams?.value).toBe(800);
    expect(folded(...claims, claim("odoo", "weight_grams", 900)).advisories).toMatchObject([{ value: 900 }]);
  });

  it("give the promises and the eta as instants; a mere day lasts until its end", () => {
    const shipment = folded(
      claim("odoo", "promised_delivery_at", "2026-01-09T17:00:00Z"),
      claim("odoo", "promised_dispatch_at", "2026-01-06"),
      claim("carrier", "eta", "2026-01-08T00:00:00Z"),
    );
    expect(shipment).toMatchObject({
      promisedDeliveryAtMs: Date.UTC(2026, 0, 9, 17),
      promisedDispatchAtMs: Date.UTC(2026, 0, 6, 23, 59, 59),
      etaMs: Date.UTC(2026, 0, 8),
    });
    expect(folded(claim("odoo", "promised_delivery_at", "soon")).promisedDeliveryAtMs).toBeNull();
  });
});

describe("tracking numbers", () => {
  it("are gathered by who says them, the owner's first", () => {
    const shipment = foldOf([event("in_transit", 3, { package: "1Z1" })], {
      claims: [
        claim("odoo", "tracking_number", "1Z1, 1Z2"),
        claim("warehouse", "tracking_number", "1z-1", { subject: "1Z1" }),
      ],
    });
    expect(shipment.trackingBy).toEqual([
      { feedClass: "carrier", feedId: FEEDS.carrier, numbers: ["1Z1"] },
      { feedClass: "warehouse", feedId: FEEDS.warehouse, numbers: ["1Z1"] },
      { feedClass: "odoo", feedId: FEEDS.odoo, numbers: ["1Z1", "1Z2"] },
    ]);
  });

  it("of a carrier that has seen one piece so far are completed by a source that names all", () => {
    const shipment = foldOf([event("in_transit", 3, { package: "1Z1" })], {
      claims: [claim("warehouse", "tracking_number", "1Z1;1Z2")],
    });
    expect(shipment.attributes.tracking_number).toMatchObject({ value: "1Z1,1Z2", feedClass: "carrier" });
  });
});

describe("a flood", () => {
  it("is folded on the newest per kind and place", () => {
    const thresholds = { ...DEFAULT_THRESHOLDS, floodEvents: 10 };
    const scans = Array.from({ length: 40 }, (_, n) => event("arrived_facility", n, { location: "Hub", key: `k${n}` }));
    const shipment = foldOf([...scans, event("delivered", 50)], { thresholds });
    expect(shipment).toMatchObject({ flooded: true, eventCount: 41, milestone: "delivered" });
    expect(shipment.reached.arrived_facility?.occurredAtMs).toBe(at(39));
    expect(foldOf(scans.slice(0, 10), { thresholds }).flooded).toBe(false);
  });
});

describe("the clock of the shipment", () => {
  it("knows the first carrier scan, the last event and the last receipt", () => {
    const shipment = foldOf([
      event("picked_up", 1, { feedClass: "warehouse" }),
      event("booked", 2),
      event("arrived_facility", 5, { receivedAtMs: at(30) }),
      event("held", 7),
    ]);
    expect(shipment).toMatchObject({
      firstCarrierScanAtMs: at(5),
      lastMovementAtMs: at(5),
      lastEventAtMs: at(7),
      lastReceivedAtMs: at(30),
    });
  });
});

describe("a number that was typed in Odoo in place of the carrier's", () => {
  const scans = [event("in_transit", 2, { package: "1Z1" }), event("delivered", 4, { package: "1Z1" })];
  const typed = { number: "HAND", issuer: null, master: false, odooOnly: true };
  const carriers = { number: "1Z1", issuer: "ups", master: false };
  const picking = (hours: number) => claim("odoo", "odoo_picking", { pickingId: 1 }, { hours });
  const inOdoo = (number: string, hours: number) =>
    claim("odoo", "tracking_number", number, { subject: number, hours });

  it("is no further package that has yet to move", () => {
    const shipment = foldOf(scans, { packages: [carriers, typed], claims: [picking(3), inOdoo("HAND", 3)] });
    expect(shipment.milestone).toBe("delivered");
    expect(shipment.trackingBy.map(({ numbers }) => numbers)).toEqual([["1Z1"], ["HAND"]]);
  });
  it("is gone once it was taken out again", () => {
    const claims = [picking(5), inOdoo("HAND", 3), inOdoo("1Z1", 5)];
    const shipment = foldOf(scans, { packages: [carriers, typed], claims });
    expect(shipment.trackingBy.map(({ numbers }) => numbers)).toEqual([["1Z1"], ["1Z1"]]);
    expect(shipment.packages.map(({ number }) => number)).toEqual(["1Z1"]);
  });
  it("beside the carrier's is a second package", () => {
    const claims = [picking(3), inOdoo("1Z1", 3), inOdoo("HAND", 3)];
    const shipment = foldOf(scans, { packages: [carriers, typed], claims });
    expect(shipment.packages.map(({ number }) => number)).toEqual(["1Z1", "HAND"]);
    expect(shipment.milestone).not.toBe("delivered");
  });
});
