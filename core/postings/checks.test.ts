import { describe, expect, it } from "vitest";
import type { OdooPicking } from "@/core/shipments/attributes";
import { at, claim, event, FEEDS, foldOf } from "@/core/testing/facts";
import { type Checked, type CheckName, checksOf, type Tested, whatForbids } from "./checks";
import { enrichedFields } from "./enriched";
import { POSTING_KINDS, type PostingKind } from "./kinds";
import { type ConnectionPolicy, DEFAULT_WISHES, type PlannedPosting, plan, withdraw } from "./plan";

const PICKING: OdooPicking = {
  connectionId: 7,
  pickingId: 53,
  name: "WH/OUT/00053",
  state: "assigned",
  companyId: 1,
  saleOrderId: 26,
  dateDone: null,
};
const POLICY: ConnectionPolicy = {
  connectionId: 7,
  observing: false,
  kinds: Object.fromEntries(POSTING_KINDS.map((kind) => [kind, "on"])) as ConnectionPolicy["kinds"],
  postSinceMs: at(-100),
  paused: false,
  ...DEFAULT_WISHES,
};
const TESTED: Tested = { at: "2026-01-05T08:00:00Z", modules: { stock: true, stock_delivery: true }, companies: [1] };

const claims = [claim("carrier", "tracking_number", "1z-1"), claim("odoo", "tracking_number", "OLD9")];
const events = [event("picked_up", 2, { raw: { word: "PU" } })];
const shipment = foldOf(events, { claims });

function planned(kind: PostingKind, picking = PICKING, of = shipment): PlannedPosting {
  const input = {
    shipmentId: "s",
    shipment: of,
    picking,
    policy: POLICY,
    existing: [],
    activities: [],
    firstReceivedAtMs: at(0),
    backfill: false,
    nowMs: at(5),
    correlationId: null,
  };
  const found = plan(input).find((posting) => posting.kind === kind);
  if (!found) throw new Error(`no ${kind} is planned`);
  return found;
}

function checked(
  kind: PostingKind,
  change: Partial<Checked> = {},
  state: Checked["posting"]["state"] = "rejected",
): Checked {
  const { key, desired, held } = planned(kind);
  return {
    posting: { key, kind, desired, state, heldBecause: held, companyId: 1 },
    shipment,
    picking: PICKING,
    policy: POLICY,
    existing: [{ key, kind, state, desired }],
    tested: TESTED,
    ...change,
  };
}

const verdictOf = (input: Checked, name: CheckName) => checksOf(input).find(({ check }) => check === name);

describe("checks of a posting", () => {
  it("are all ok where nothing stands against it", () => {
    for (const kind of ["tracking_number", "transfer_validated", "status_note"] as const) {
      const checks = checksOf(checked(kind));
      expect([kind, checks.filter(({ verdict }) => verdict !== "ok")]).toEqual([kind, []]);
      expect(whatForbids(checks)).toBeNull();
    }
  });

  it.each<[string, CheckName, PostingKind, Partial<Checked>, string]>([
    ["is linked to none", "linked", "tracking_number", { picking: null }, "linked to no transfer"],
    ["has a connection that is archived", "linked", "tracking_number", { policy: null }, "archived"],
    [
      "is about a cancelled transfer",
      "open",
      "tracking_number",
      { picking: { ...PICKING, state: "cancel" } },
      "cancelled",
    ],
    [
      "validates what is done",
      "open",
      "transfer_validated",
      { picking: { ...PICKING, state: "done" } },
      "done in Odoo already",
    ],
    [
      "changed its company",
      "company",
      "tracking_number",
      { picking: { ...PICKING, companyId: 2 } },
      "of company 2 now",
    ],
    [
      "is of a company the user does not work for",
      "company",
      "tracking_number",
      { tested: { ...TESTED, companies: [4] } },
      "did not work for company 1",
    ],
    [
      "needs a module that is not there",
      "module",
      "tracking_number",
      { tested: { ...TESTED, modules: { stock: true } } },
      "stock_delivery was not there",
    ],
    [
      "is not what the facts say now",
      "asked_for",
      "tracking_number",
      { shipment: foldOf(events, { claims: [claim("carrier", "tracking_number", "1Z2")] }) },
      "another value by now",
    ],
    [
      "is Odoo's own number",
      "owner",
      "tracking_number",
      { shipment: foldOf(events, { claims: [claim("odoo", "tracking_number", "1Z1")] }) },
      "Odoo's own",
    ],
    [
      "is of a kind that is off",
      "allowed",
      "tracking_number",
      { policy: { ...POLICY, kinds: { ...POLICY.kinds, tracking_number: "off" } } },
      "kind is off",
    ],
    [
      "is held by Odoo already",
      "odoo",
      "tracking_number",
      { verdict: { verdict: "holds", reason: "Odoo holds it.", found: {} } },
      "Odoo holds it",
    ],
  ])("fail where it %s", (_, name, kind, change, why) => {
    const check = verdictOf(checked(kind, change), name);
    expect(check?.verdict).toBe("failed");
    expect(check?.why).toContain(why);
  });

  it("say which newer posting took its place", () => {
    const one = checked("tracking_number");
    const newer = { ...one.existing[0], key: "tracking_number-7-53-2" } as Checked["existing"][number];
    const checks = checksOf({ ...one, existing: [...one.existing, newer] });
    expect(whatForbids(checks)).toMatchObject({
      check: "once",
      why: "A newer one took its place: tracking_number-7-53-2.",
    });
  });

  it("do not ask again whether what Odoo took may leave", () => {
    const names = checksOf({
      ...checked("transfer_validated", { picking: { ...PICKING, state: "done" } }, "verified"),
    });
    expect(names.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    expect(names.map(({ check }) => check)).not.toContain("open");
  });

  it("leave it to Odoo what only the last test of the connection said", () => {
    expect(
      whatForbids(checksOf(checked("tracking_number", { tested: { ...TESTED, modules: {}, companies: [] } }))),
    ).toBeNull();
    expect(verdictOf(checked("tracking_number", { tested: null }), "module")?.verdict).toBe("unknown");
  });

  it("forbid what is for another company than its transfer is of now, or of none that is known", () => {
    const moved = checked("tracking_number", { picking: { ...PICKING, companyId: 2 } });
    expect(whatForbids(checksOf(moved))).toMatchObject({
      check: "company",
      why: "The transfer is of company 2 now, the posting of 1.",
    });
    const one = checked("tracking_number");
    const nobodys = { ...one, posting: { ...one.posting, companyId: null } };
    expect(whatForbids(checksOf(nobodys))?.why).toBe("The company of the record is not known.");
  });

  it("let a posting that waits for a window wait, without failing", () => {
    const input = checked("tracking_number", {}, "held");
    const waiting = { ...input, posting: { ...input.posting, heldBecause: "window" as const } };
    expect(verdictOf(waiting, "allowed")).toMatchObject({ verdict: "waits" });
    expect(whatForbids(checksOf(waiting))).toBeNull();
  });
});

describe("a value that cannot be written", () => {
  const long = foldOf(events, {
    claims: [claim("warehouse", "quantities", [{ code: "A", line: null, ordered: 1, done: 2e9, uom: null }])],
  });

  it("is planned, held as invalid and says why", () => {
    const posting = planned("transfer_validated", PICKING, long);
    expect(posting.held).toBe("invalid");
    const { key, desired } = posting;
    const checks = checksOf({
      ...checked("transfer_validated"),
      shipment: long,
      posting: { key, kind: "transfer_validated", desired, state: "held", heldBecause: "invalid", companyId: 1 },
      existing: [],
    });
    expect(whatForbids(checks)?.why).toContain("quantities 0 quantity cannot be written");
  });

  it("holds what is of no known company", () => {
    expect(planned("tracking_number", { ...PICKING, companyId: null }).held).toBe("invalid");
  });
});

it("a cancelled transfer drops what needs an open one, and what comes back is planned anew", () => {
  const { key, kind, desired } = planned("tracking_number");
  const note = planned("status_note");
  const base = {
    shipmentId: "s",
    shipment,
    policy: POLICY,
    activities: [],
    firstReceivedAtMs: at(0),
    backfill: false,
    nowMs: at(5),
    correlationId: null,
  };
  const waiting = [
    { key, kind, desired, state: "planned" as const },
    { key: note.key, kind: note.kind, desired: note.desired, state: "planned" as const },
  ];
  expect(withdraw({ ...base, picking: { ...PICKING, state: "cancel" }, existing: waiting })).toEqual({
    drop: [key],
    hold: [],
  });
  const dropped = waiting.map((row) => (row.key === key ? { ...row, state: "superseded" as const } : row));
  const again = plan({ ...base, picking: PICKING, existing: dropped });
  expect(again.find((posting) => posting.kind === "tracking_number")?.key).toBe("tracking_number-7-53-2");
});

describe("the source of each value", () => {
  const sources = {
    shipment,
    claims,
    events: events.map((one) => ({ key: one.key, feedId: one.feedId, word: one.raw.word })),
  };

  it("of a tracking number: who wrote it and how, and whose word counts less", () => {
    expect(enrichedFields(planned("tracking_number"), sources)).toMatchObject([
      {
        value: "1Z1",
        how: "normalised",
        said: "1z-1",
        feedId: FEEDS.carrier,
        others: [{ value: "OLD9", feedId: FEEDS.odoo }],
      },
    ]);
  });

  it("of a note: the word that the mapping turned into its milestone, and the zone of its time", () => {
    expect(enrichedFields(planned("status_note"), sources)).toMatchObject([
      { field: "headline", how: "mapped", said: "PU", rule: "the feed's mapping: “PU” means picked up" },
      { field: "time", how: "as_said", rule: "the source gave its offset" },
      { field: "line", how: "added" },
    ]);
  });

  it("of a transfer without a warehouse's word: what was added and why", () => {
    expect(enrichedFields(planned("transfer_validated"), sources)).toMatchObject([
      { field: "state", how: "added" },
      { field: "quantities", how: "added", value: "all that Odoo has reserved" },
      { field: "backorder", value: "create" },
    ]);
  });
});
