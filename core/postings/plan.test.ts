import { describe, expect, it } from "vitest";
import type { OdooPicking } from "@/core/shipments/attributes";
import type { Milestone } from "@/core/shipments/milestones";
import { at, claim, event, foldOf } from "@/core/testing/facts";
import { type DesiredPosting, desiredPosting } from "./desired";
import type { PostingKind, PostingState } from "./kinds";
import {
  type Activity,
  type ConnectionPolicy,
  desiredPostings,
  type ExistingPosting,
  holdOf,
  NOTED_MILESTONES,
  type PlanInput,
  plan,
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
const ALL_ON = {
  tracking_number: "on",
  transfer_validated: "on",
  status_note: "on",
  proof_of_delivery: "on",
  exception_activity: "on",
} as const;
const POLICY: ConnectionPolicy = {
  connectionId: 7,
  observing: false,
  kinds: ALL_ON,
  postSinceMs: at(-100),
  paused: false,
  notes: NOTED_MILESTONES,
};

const tracking = [claim("warehouse", "tracking_number", "1Z1")];
const pickedUp = [event("picked_up", 2)];

type Case = Partial<Omit<PlanInput, "shipment">> & {
  events?: Parameters<typeof foldOf>[0];
  claims?: ReturnType<typeof claim>[];
};

function planned({ events = [], claims = [], ...rest }: Case) {
  return plan({
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
  });
}

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
    for (const value of ["signed", null, { ...document, sha1: "x" }, [document as never]]) {
      expect(ofKind("proof_of_delivery", { claims: [claim("carrier", "proof_of_delivery", value)] })).toEqual([]);
    }
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
    expect(planned(given)).toHaveLength(3);
    for (const state of ["planned", "held", "verified"] as const) {
      expect(planned({ ...given, existing: rows(given, state) })).toEqual([]);
    }
  });

  it("makes keys that Odoo takes as external ids", () => {
    for (const { key } of planned({ events: [event("delivered", 6)], claims: tracking }))
      expect(key).toMatch(/^[a-z0-9_-]{1,200}$/);
  });
});
