import { describe, expect, it } from "vitest";
import type { OdooPicking } from "@/core/shipments/attributes";
import type { Milestone } from "@/core/shipments/milestones";
import { at, claim, event, foldOf, packages } from "@/core/testing/facts";
import { type DesiredPosting, desiredPosting } from "./desired";
import { POSTING_KINDS, type PostingKind, type PostingState } from "./kinds";
import {
  type Activity,
  type ConnectionPolicy,
  DEFAULT_WISHES,
  desiredPostings,
  type ExistingPosting,
  holdOf,
  type PlanInput,
  plan,
  withdraw,
} from "./plan";

const PICKING: OdooPicking = {
  connectionId: 7,
  pickingId: 53,
  name: "WH/OUT/00053",
  state: "assigned",
  companyId: 1,
  saleOrderId: 26,
  dateDone: null,
};
const ALL_ON = Object.fromEntries(POSTING_KINDS.map((kind) => [kind, "on"])) as ConnectionPolicy["kinds"];
const POLICY: ConnectionPolicy = {
  connectionId: 7,
  observing: false,
  kinds: ALL_ON,
  postSinceMs: at(-100),
  paused: false,
  ...DEFAULT_WISHES,
};

const tracking = [claim("warehouse", "tracking_number", "1Z1")];
const pickedUp = [event("picked_up", 2)];

type Case = Partial<Omit<PlanInput, "shipment">> & {
  events?: Parameters<typeof foldOf>[0];
  claims?: ReturnType<typeof claim>[];
};

function inputOf({ events = [], claims = [], ...rest }: Case) {
  return {
    shipmentId: "shipment",
    shipment: foldOf(events, { claims }),
    picking: PICKING,
    policy: POLICY,
    existing: [],
    activities: [],
    firstReceivedAtMs: at(0),
    backfill: false,
    nowMs: at(5),
    correlationId: null,
    ...rest,
  };
}

const planned = (given: Case) => plan(inputOf(given));
const stopped = (given: Case) => withdraw(inputOf(given));

function ofKind<K extends PostingKind>(kind: K, given: Case) {
  return planned(given).filter((posting) => posting.kind === kind);
}

function desired<K extends PostingKind>(kind: K, given: Case): Extract<DesiredPosting, { kind: K }> | undefined {
  const shipment = foldOf(given.events ?? [], { claims: given.claims ?? [] });
  const found = desiredPostings(shipment, given.picking === undefined ? PICKING : given.picking);
  for (const one of found) expect(desiredPosting.parse(one)).toEqual(one);
  return found.find((one): one is Extract<DesiredPosting, { kind: K }> => one.kind === kind);
}

/** What was planned, as rows in a state. */
function rows(given: Case, state: PostingState, kind?: PostingKind): ExistingPosting[] {
  return planned(given)
    .filter((posting) => kind === undefined || posting.kind === kind)
    .map((posting) => ({ key: posting.key, kind: posting.kind, state, desired: posting.desired }));
}

describe("nothing is planned", () => {
  it.each<[string, Case]>([
    ["without a linked picking", { picking: null }],
    ["without a connection's policy", { policy: null }],
    ["for a cancelled picking", { picking: { ...PICKING, state: "cancel" } }],
  ])("%s", (_, given) => {
    expect(planned({ events: [event("delivered", 3)], claims: tracking, ...given })).toEqual([]);
  });
});

describe("tracking_number", () => {
  it("is what is known and Odoo does not hold", () => {
    expect(ofKind("tracking_number", { claims: tracking })).toMatchObject([
      {
        key: "tracking_number-7-53-1",
        desired: { trackingReference: "1Z1", carrierId: null },
        before: { carrier_tracking_ref: null },
        after: { carrier_tracking_ref: "1Z1" },
        held: null,
        supersedes: [],
      },
    ]);
  });

  it.each<[string, ReturnType<typeof claim>[], string | undefined]>([
    ["Odoo holds it already", [...tracking, claim("odoo", "tracking_number", "1z-1")], undefined],
    ["Odoo alone knows it", [claim("odoo", "tracking_number", "1Z1")], undefined],
    ["nobody knows one", [], undefined],
    ["Odoo holds another", [...tracking, claim("odoo", "tracking_number", "1Z2")], "1Z1"],
    ["there are several", [claim("warehouse", "tracking_number", "1Z2; 1Z1")], "1Z1,1Z2"],
    [
      "Odoo holds more than the carrier has seen",
      [claim("carrier", "tracking_number", "1Z1"), claim("odoo", "tracking_number", "1Z1,1Z2")],
      undefined,
    ],
  ])("where %s", (_, claims, reference) => {
    expect(desired("tracking_number", { claims })?.trackingReference).toBe(reference);
  });

  it("never cuts a number in two", () => {
    const many = Array.from({ length: 100 }, (_, n) => `1Z${String(n).padStart(16, "0")}`).join(",");
    const reference = desired("tracking_number", {
      claims: [claim("warehouse", "tracking_number", many)],
    })?.trackingReference;
    expect(reference?.length).toBeLessThanOrEqual(1_000);
    expect(reference?.split(",").every((number) => number.length === 18)).toBe(true);
  });

  it("shows what Odoo holds now beside what it should", () => {
    const claims = [...tracking, claim("odoo", "tracking_number", "1Z2")];
    expect(ofKind("tracking_number", { claims })[0]?.before).toEqual({ carrier_tracking_ref: "1Z2" });
  });

  it.each<PostingState>([
    "planned",
    "held",
    "sending",
    "unconfirmed",
    "posted",
    "verified",
    "rejected",
    "dead",
    "cancelled",
  ])("is not planned again while the same stands as %s", (state) => {
    expect(ofKind("tracking_number", { claims: tracking, existing: rows({ claims: tracking }, state) })).toEqual([]);
  });

  it.each<[PostingState, string[]]>([
    ["planned", ["tracking_number-7-53-1"]],
    ["held", ["tracking_number-7-53-1"]],
    ["rejected", ["tracking_number-7-53-1"]],
    ["dead", ["tracking_number-7-53-1"]],
    ["sending", []],
    ["unconfirmed", []],
    ["verified", []],
  ])(
    "is planned anew when it changed, and takes the place of one that is %s only if that had no effect",
    (state, supersedes) => {
      const existing = rows({ claims: tracking }, state);
      const claims = [claim("warehouse", "tracking_number", "1Z9")];
      expect(ofKind("tracking_number", { claims, existing })).toMatchObject([
        { key: "tracking_number-7-53-2", supersedes },
      ]);
    },
  );

  it("goes back to an earlier value when the facts do", () => {
    const other = { claims: [claim("warehouse", "tracking_number", "1Z9")] };
    const first = rows({ claims: tracking }, "verified");
    const existing = [...first, ...rows({ ...other, existing: first }, "verified")];
    expect(existing.map(({ key }) => key)).toEqual(["tracking_number-7-53-1", "tracking_number-7-53-2"]);
    expect(ofKind("tracking_number", { claims: tracking, existing })).toMatchObject([
      { key: "tracking_number-7-53-3", before: { carrier_tracking_ref: "1Z9" } },
    ]);
  });
});

describe("transfer_validated", () => {
  it.each<[string, Parameters<typeof event>[], boolean]>([
    ["picked up", [["picked_up", 2]], true],
    ["a later forward milestone", [["out_for_delivery", 2]], true],
    ["delivered", [["delivered", 2]], true],
    ["on its way back", [["return_in_transit", 2]], true],
    ["inferred", [["picked_up", 2, { inferred: true, feedClass: "warehouse" }]], true],
    [
      "lost under way",
      [
        ["in_transit", 1],
        ["lost", 2],
      ],
      true,
    ],
    ["packed only", [["packed", 2]], false],
    ["booked only", [["booked", 2]], false],
    ["the vehicle at the door", [["pickup_arrived", 2]], false],
    [
      "cancelled",
      [
        ["picked_up", 1],
        ["cancelled", 2],
      ],
      false,
    ],
    ["a condition", [["held", 2]], false],
  ])("when %s: %j", (_, events, is) => {
    expect(desired("transfer_validated", { events: events.map((parts) => event(...parts)) }) !== undefined).toBe(is);
  });

  it("is not planned for a picking that is done", () => {
    expect(desired("transfer_validated", { events: pickedUp, picking: { ...PICKING, state: "done" } })).toBeUndefined();
  });

  const line = (code: string, done: number | null) => ({ code, line: null, ordered: 5, done, uom: null });
  it.each<[string, ReturnType<typeof claim>[], unknown]>([
    ["all that is reserved where the warehouse has not spoken", [claim("odoo", "quantities", [line("P", 5)])], null],
    [
      "the warehouse's, summed by product",
      [claim("warehouse", "quantities", [line("Q", 1), line("P", 2), line("P", 1)])],
      [
        { item: { productCode: "P" }, quantity: 3 },
        { item: { productCode: "Q" }, quantity: 1 },
      ],
    ],
    [
      "all that is reserved where the warehouse names no amounts",
      [claim("warehouse", "quantities", [line("P", null)])],
      null,
    ],
    ["nothing that is not a list of quantities", [claim("warehouse", "quantities", "many")], null],
  ])("takes as quantities %s", (_, claims, quantities) => {
    expect(desired("transfer_validated", { events: pickedUp, claims })).toMatchObject({
      quantities,
      backorder: "create",
    });
  });

  it("brings the tracking number along where Odoo has none, so that Odoo orders no label", () => {
    const bare = desired("transfer_validated", { events: pickedUp, claims: tracking });
    expect(bare?.tracking).toEqual({ trackingReference: "1Z1", carrierId: null });
    const filled = desired("transfer_validated", {
      events: pickedUp,
      claims: [...tracking, claim("odoo", "tracking_number", "1Z2")],
    });
    expect(filled?.tracking).toBeNull();
    expect(desired("transfer_validated", { events: pickedUp })?.tracking).toBeNull();
  });

  it.each<[PostingState, string[]]>([
    ["planned", ["transfer_validated-7-53-2"]],
    ["held", ["transfer_validated-7-53-2"]],
    ["rejected", ["transfer_validated-7-53-2"]],
    ["sending", []],
    ["unconfirmed", []],
    ["posted", []],
    ["verified", []],
    ["cancelled", []],
  ])(
    "with other quantities takes the place of one that is %s only if that had no effect: an edge happens once",
    (state, keys) => {
      const existing = rows({ events: pickedUp }, state, "transfer_validated");
      const claims = [claim("warehouse", "quantities", [line("P", 2)])];
      expect(ofKind("transfer_validated", { events: pickedUp, claims, existing }).map(({ key }) => key)).toEqual(keys);
    },
  );

  it("is not planned again because only the tracking number became known", () => {
    const existing = rows({ events: pickedUp }, "planned", "transfer_validated");
    expect(ofKind("transfer_validated", { events: pickedUp, claims: tracking, existing })).toEqual([]);
  });
});

describe("status_note", () => {
  it("is left for each noted milestone that was reached at a known time", () => {
    const events = [event("picked_up", 2), event("in_transit", 3), event("out_for_delivery", 5), event("delivered", 6)];
    expect(ofKind("status_note", { events }).map(({ key }) => key)).toEqual([
      "status_note-7-53-picked_up",
      "status_note-7-53-out_for_delivery",
      "status_note-7-53-delivered",
    ]);
  });

  it("is not left for what is inferred", () => {
    expect(ofKind("status_note", { events: [event("delivered", 6)] }).map(({ key }) => key)).toEqual([
      "status_note-7-53-delivered",
    ]);
  });

  it("happens once, whatever changes later", () => {
    const existing = rows({ events: [event("delivered", 6)] }, "verified");
    expect(ofKind("status_note", { events: [event("delivered", 4)], existing })).toEqual([]);
  });

  it("follows the connection's list of milestones", () => {
    const notes: Milestone[] = ["lost"];
    const events = [event("picked_up", 2), event("lost", 9)];
    expect(ofKind("status_note", { events, policy: { ...POLICY, notes } }).map(({ key }) => key)).toEqual([
      "status_note-7-53-lost",
    ]);
  });

  it.each<[string, Parameters<typeof event>[2], string]>([
    ["the source's own offset", { time: { ...timeAt(), offsetMinutes: -330 } }, "2026-01-05 04:30 -05:30"],
    ["UTC", { time: { ...timeAt(), offsetMinutes: null, basis: "feed" } }, "2026-01-05 10:00 UTC"],
    [
      "an assumed zone",
      { time: { ...timeAt(), offsetMinutes: null, basis: "assumed" } },
      "2026-01-05 10:00 UTC (zone assumed)",
    ],
    ["a day only", { time: { ...timeAt(), precision: "date" } }, "2026-01-05"],
  ])("tells the time with %s", (_, extra, text) => {
    const note = desired("status_note", { events: [event("delivered", 2, extra)], claims: tracking });
    expect(note).toEqual({ kind: "status_note", headline: "Delivered", lines: [text, "Tracking 1Z1"] });
  });
});

function timeAt() {
  return { occurredAtMs: at(2), offsetMinutes: 0, precision: "second" as const, basis: "offset" as const };
}

describe("proof_of_delivery", () => {
  const document = {
    documentId: "doc-1",
    fileName: "pod.pdf",
    mimeType: "application/pdf",
    sha1: "0123456789abcdef0123456789abcdef01234567",
    byteLength: 1234,
  };

  it("attaches a kept document once", () => {
    const given = { claims: [claim("carrier", "proof_of_delivery", document)] };
    const [posting] = ofKind("proof_of_delivery", given);
    expect(posting).toMatchObject({ key: "proof_of_delivery-7-53-0123456789abcdef0123", desired: document });
    expect(ofKind("proof_of_delivery", { ...given, existing: rows(given, "posted") })).toEqual([]);
  });

  it("is not planned for what is no kept document", () => {
    for (const value of ["signed", null, { ...document, sha1: "x" }, ["signed", [document]]]) {
      expect(ofKind("proof_of_delivery", { claims: [claim("carrier", "proof_of_delivery", value)] })).toEqual([]);
    }
  });

  it("attaches every page that came, whoever sent it, in whatever order, and the same page of two feeds once", () => {
    const page = (digit: string) => ({ ...document, sha1: digit.repeat(40), documentId: `doc-${digit}` });
    const claims = [
      claim("carrier", "proof_of_delivery", page("a"), { subject: "document a", hours: 1 }),
      claim("carrier", "proof_of_delivery", page("b"), { subject: "document b", hours: 2 }),
      claim("customer_service", "proof_of_delivery", page("c"), { subject: "document c", hours: 3, feedId: 44 }),
      claim("customer_service", "proof_of_delivery", page("a"), { subject: "document a", hours: 4, feedId: 44 }),
    ];
    const keys = (said: typeof claims) => ofKind("proof_of_delivery", { claims: said }).map(({ key }) => key.slice(-1));
    expect(keys(claims)).toEqual(["a", "b", "c"]);
    expect(keys(claims.toReversed())).toEqual(["a", "b", "c"]);
    const first = rows({ claims: claims.slice(0, 1) }, "verified");
    const later = ofKind("proof_of_delivery", { claims, existing: first }).map(({ key }) => key.slice(-1));
    expect(later).toEqual(["b", "c"]);
  });

  it("is held where the document was received before posting began, however late the news that plans it", () => {
    const old = { ...document, receivedAt: new Date(at(-200)).toISOString() };
    const [posting] = ofKind("proof_of_delivery", { claims: [claim("carrier", "proof_of_delivery", old)] });
    expect(posting?.held).toBe("before_connection");
  });
});

describe("exception_activity", () => {
  const activity: Activity = {
    exceptionId: "0193b2c4-0000-7000-8000-0123456789ab",
    kind: "customs_hold",
    text: "DHL reports a hold by customs",
    assigneeLogin: "anna",
    dueAtMs: at(30),
    open: true,
  };
  const base = `exception_activity-7-53-${activity.exceptionId}`;
  const opened = (state: PostingState): ExistingPosting[] => rows({ activities: [activity] }, state);

  it("is opened once with its owner and due day", () => {
    const [posting] = planned({ activities: [activity] });
    expect(posting).toMatchObject({ key: `${base}-open`, held: null, supersedes: [] });
    expect(desiredPosting.parse(posting?.desired)).toMatchObject({
      state: "open",
      summary: "Held by customs",
      dueOn: "2026-01-06",
    });
    expect(JSON.stringify(posting?.desired)).toContain("anna");
    expect(planned({ activities: [activity], existing: opened("verified") })).toEqual([]);
  });

  it("is closed once with the exception, if it was ever opened", () => {
    const closed = [{ ...activity, open: false }];
    expect(planned({ activities: closed })).toEqual([]);
    const [posting] = planned({ activities: closed, existing: opened("verified") });
    expect(posting).toMatchObject({ key: `${base}-closed`, desired: { state: "closed" }, supersedes: [] });
    expect(desiredPosting.safeParse(posting?.desired).success).toBe(true);
  });

  it("that never went out is replaced by its closing", () => {
    const closed = [{ ...activity, open: false }];
    expect(planned({ activities: closed, existing: opened("held") })).toMatchObject([{ supersedes: [`${base}-open`] }]);
  });
});

const DONE: OdooPicking = { ...PICKING, state: "done" };

describe("status_field", () => {
  const status = (given: Case) => desired("status_field", { picking: DONE, ...given });

  it.each<[string, Case, string | undefined]>([
    ["a booking", { events: [event("booked", 1)] }, "pre_transit"],
    ["a pick-up", { events: pickedUp }, "in_transit"],
    ["a delivery", { events: [event("delivered", 6)] }, "delivered"],
    ["a way back", { events: [event("delivered", 6), event("return_initiated", 9)] }, "return_to_sender"],
    [
      "nothing while only Odoo spoke",
      { events: [event("picked_up", 2, { feedClass: "odoo", inferred: true })] },
      undefined,
    ],
    ["nothing before anybody booked", { events: [event("order_released", 0)] }, undefined],
  ])("says %s", (_, given, word) => {
    expect(status(given)?.status).toBe(word);
  });

  it("holds the days it left and arrived, and is written anew only when word or day change", () => {
    const events = [...pickedUp, event("delivered", 6)];
    expect(status({ events })).toEqual({
      kind: "status_field",
      status: "delivered",
      milestone: "delivered",
      shippedOn: "2026-01-05",
      deliveredAt: "2026-01-05T14:00:00Z",
    });
    const moving = [...pickedUp, event("arrived_facility", 3)];
    const existing = rows({ events: moving }, "verified", "status_field");
    const later = [...moving, event("departed_facility", 4)];
    expect(ofKind("status_field", { events: later, existing })).toEqual([]);
    expect(ofKind("status_field", { events: [...later, event("out_for_delivery", 5)], existing })).toMatchObject([
      { key: "status_field-7-53-2", before: { status: "in_transit" }, after: { status: "out_for_delivery" } },
    ]);
  });

  it.each(["status_field", "customer_invoice"] as const)("is not piled up where nobody chose %s", (kind) => {
    const policy = { ...POLICY, kinds: { ...ALL_ON, [kind]: "off" as const } };
    expect(ofKind(kind, { events: [event("delivered", 6)], picking: DONE, policy })).toEqual([]);
  });
});

describe("return_transfer", () => {
  const back = [...pickedUp, event("return_initiated", 9)];
  const returning = (given: Case) => ofKind("return_transfer", { events: back, picking: DONE, ...given });

  it.each<[string, Case, boolean]>([
    ["the goods turned back after the transfer left", {}, true],
    ["they are back already", { events: [...pickedUp, event("returned", 12)] }, true],
    ["they were delivered before", { events: [event("delivered", 6), event("return_in_transit", 9)] }, true],
    ["nothing turned back", { events: pickedUp }, false],
    ["the transfer is not validated", { picking: PICKING }, false],
    ["Odoo has a return of it", { picking: { ...DONE, returns: ["WH/IN/00004"] } }, false],
  ])("where %s", (_, given, wanted) => {
    expect(returning(given).length).toBe(wanted ? 1 : 0);
  });

  it("brings back what the warehouse says came back, else all that left", () => {
    expect(returning({})).toMatchObject([
      { key: "return_transfer-7-53-1", desired: { quantities: null }, record: { model: "stock.picking", id: 53 } },
    ]);
    const said = [
      { code: "B", line: null, ordered: null, done: 1, uom: null },
      { code: "A", line: null, ordered: null, done: 2, uom: null },
    ];
    expect(returning({ claims: [claim("warehouse", "returned_quantities", said)] })).toMatchObject([
      {
        desired: {
          quantities: [
            { item: { productCode: "A" }, quantity: 2 },
            { item: { productCode: "B" }, quantity: 1 },
          ],
        },
      },
    ]);
  });

  it("waits for somebody to say what it was where only some of the packages come back", () => {
    const events = [event("delivered", 6, { package: "P1" }), event("return_initiated", 9, { package: "P2" })];
    const shipmentOf = (claims: ReturnType<typeof claim>[]) =>
      foldOf(events, { packages: packages("P1", "P2"), claims });
    const kinds = (claims: ReturnType<typeof claim>[]) =>
      desiredPostings(shipmentOf(claims), DONE).filter(({ kind }) => kind === "return_transfer").length;
    expect(kinds([])).toBe(0);
    const said = [{ code: "A", line: null, ordered: null, done: 2, uom: null }];
    expect(kinds([claim("warehouse", "returned_quantities", said)])).toBe(1);
  });

  it("is dropped when somebody makes the return in Odoo first, and happens once", () => {
    const existing = rows({ events: back, picking: DONE }, "planned", "return_transfer");
    const made = { ...DONE, returns: ["WH/IN/00004"] };
    expect(stopped({ events: back, picking: made, existing })).toEqual({ drop: ["return_transfer-7-53-1"], hold: [] });
    const sent = rows({ events: back, picking: DONE }, "verified", "return_transfer");
    expect(stopped({ events: back, picking: made, existing: sent })).toEqual({ drop: [], hold: [] });
    expect(returning({ existing: sent })).toEqual([]);
  });
});

describe("customer_invoice", () => {
  const delivered = [event("delivered", 6)];
  const invoices = (given: Case) => ofKind("customer_invoice", { events: delivered, picking: DONE, ...given });
  const proofs = { ...POLICY, invoiceNeedsProof: true };

  it.each<[string, Case, number]>([
    ["the goods arrived", {}, 1],
    ["they are still on their way", { events: pickedUp }, 0],
    ["the transfer is not validated", { picking: PICKING }, 0],
    ["there is no order", { picking: { ...DONE, saleOrderId: null } }, 0],
    ["they turned back", { events: [...delivered, event("return_initiated", 9)] }, 0],
    ["the proof is asked for and missing", { policy: proofs }, 0],
    ["the proof is asked for and there", { policy: proofs, events: [...delivered, event("pod_received", 7)] }, 1],
  ])("where %s", (_, given, count) => {
    expect(invoices(given).length).toBe(count);
  });

  it("is about the order, so that two transfers of one order never invoice at the same time", () => {
    expect(invoices({})).toMatchObject([
      {
        key: "customer_invoice-7-53-1",
        record: { model: "sale.order", id: 26 },
        desired: { kind: "customer_invoice", pickingId: 53 },
        held: null,
      },
    ]);
  });

  it("waits for a person where a later scan contradicts the delivery", () => {
    const events = [...delivered, event("in_transit", 9)];
    expect(foldOf(events).regressions).toHaveLength(1);
    expect(invoices({ events })).toMatchObject([{ held: "contradicted" }]);
    const existing = rows({ events: delivered, picking: DONE }, "planned", "customer_invoice");
    expect(stopped({ events, picking: DONE, existing })).toEqual({ drop: [], hold: ["customer_invoice-7-53-1"] });
  });

  it("is dropped by a return while it waits, and wanted anew when the return is taken back", () => {
    const existing = rows({ events: delivered, picking: DONE }, "planned", "customer_invoice");
    const events = [...delivered, event("return_initiated", 9)];
    expect(stopped({ events, picking: DONE, existing })).toEqual({ drop: ["customer_invoice-7-53-1"], hold: [] });
    const dropped = existing.map((row) => ({ ...row, state: "superseded" as const }));
    expect(invoices({ existing: dropped })).toMatchObject([{ key: "customer_invoice-7-53-2" }]);
  });

  it.each<PostingState>(["sending", "unconfirmed", "posted", "verified", "cancelled"])(
    "is left alone once it is %s",
    (state) => {
      const existing = rows({ events: delivered, picking: DONE }, state, "customer_invoice");
      const events = [...delivered, event("return_initiated", 9)];
      expect(stopped({ events, picking: DONE, existing })).toEqual({ drop: [], hold: [] });
      expect(invoices({ existing })).toEqual([]);
    },
  );
});

describe("holdOf", () => {
  const edge = "status_note" as const;
  it.each<[string, PostingKind, Partial<ConnectionPolicy>, number, boolean, ReturnType<typeof holdOf>]>([
    ["nothing", edge, {}, at(0), false, null],
    ["a connection that observes", edge, { observing: true, paused: true }, at(0), false, "observe"],
    ["a kind that is off", edge, { kinds: { ...ALL_ON, status_note: "off" } }, at(0), false, "kind_off"],
    ["an edge from before posting began", edge, { postSinceMs: at(1) }, at(0), false, "before_connection"],
    ["not an edge received just then", edge, { postSinceMs: at(0) }, at(0), false, null],
    ["an edge while posting never began", edge, { postSinceMs: null }, at(0), false, "before_connection"],
    ["an edge out of a history", edge, {}, at(0), true, "before_connection"],
    ["not a level from before posting began", "tracking_number", { postSinceMs: at(1) }, at(0), true, null],
    ["a pause", "tracking_number", { paused: true }, at(0), false, "paused"],
  ])("knows of %s", (_, kind, policy, receivedAtMs, backfill, held) => {
    expect(holdOf(kind, { ...POLICY, ...policy }, receivedAtMs, backfill)).toBe(held);
  });

  it("looks at when the very fact was first received, not at the news of the day", () => {
    const old = event("picked_up", 2, { receivedAtMs: at(2) });
    const fresh = event("delivered", 9, { receivedAtMs: at(9) });
    const notes = ofKind("status_note", {
      events: [old, fresh],
      policy: { ...POLICY, postSinceMs: at(5) },
      firstReceivedAtMs: at(9),
    });
    expect(notes.map(({ key, held }) => [key, held])).toEqual([
      ["status_note-7-53-picked_up", "before_connection"],
      ["status_note-7-53-delivered", null],
    ]);
  });
});

describe("plan", () => {
  it("applied twice plans nothing more", () => {
    const given: Case = { events: [event("delivered", 6)], claims: tracking };
    expect(planned(given)).toHaveLength(4);
    for (const state of ["planned", "held", "verified"] as const) {
      expect(planned({ ...given, existing: rows(given, state) })).toEqual([]);
    }
  });

  it("makes keys that Odoo takes as external ids", () => {
    for (const { key } of planned({ events: [event("delivered", 6)], claims: tracking }))
      expect(key).toMatch(/^[a-z0-9_-]{1,200}$/);
  });
});
