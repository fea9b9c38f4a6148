import { describe, expect, it } from "vitest";
import { type DesiredPosting, POSTING_VERDICTS, type PostingRequest } from "@/core/postings/desired";
import { POSTING_KINDS } from "@/core/postings/kinds";
import type { OdooCall, OdooRow } from "../call";
import { type Dialect, dialectFrom } from "../dialect";
import { escapeHtml, externalId, type Readback } from "./kind";
import { postingKind } from "./kinds";

const fields = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { type: "char" }]));
const LATE: Dialect = dialectFrom({ version: "19.0", series: 19, transport: "json2", userId: 7 }, [
  fields("move_ids", "sale_id", "carrier_id", "carrier_tracking_ref", "carrier_price", "delivery_type"),
  fields("quantity", "picked", "sale_line_id"),
  fields("quantity", "picked", "result_package_id"),
  fields("locked", "delivery_status"),
  fields("is_delivery", "product_uom_id"),
  fields("delivery_type"),
  fields("active"),
  fields("group_ids"),
]);
const EARLY: Dialect = dialectFrom({ version: "14.0", series: 14, transport: "jsonrpc", userId: 8 }, [
  fields("move_lines", "sale_id", "carrier_id", "carrier_tracking_ref", "carrier_price", "delivery_type"),
  fields("quantity_done", "reserved_availability", "sale_line_id"),
  fields("product_uom_qty", "qty_done", "result_package_id"),
  fields("warehouse_id"),
  fields("is_delivery", "product_uom"),
  fields("delivery_type"),
  {},
  fields("groups_id"),
]);

function posting(desired: DesiredPosting): PostingRequest {
  return {
    key: "edge-54-1",
    correlationId: "corr-1",
    record: { connectionId: 1, model: "stock.picking", id: 54, companyId: 3 },
    desired,
  };
}
const call = (desired: DesiredPosting, seen: Readback, dialect: Dialect, round = 0) =>
  postingKind(desired.kind).call(posting(desired), seen, dialect, { content: null, round });
const calls = (...args: Parameters<typeof call>): OdooCall[] => {
  const next = call(...args);
  return next.do === "send" || next.do === "send_and_look" ? next.calls : [];
};
const verify = (desired: DesiredPosting, seen: Readback, dialect = LATE) =>
  postingKind(desired.kind).verify(posting(desired), seen, dialect);

const picking = (more: Record<string, unknown> = {}): OdooRow => ({
  id: 54,
  state: "assigned",
  date_done: false,
  carrier_id: false,
  carrier_tracking_ref: false,
  ...more,
});
const late = (id: number, code: string, demand: number, more: Record<string, unknown> = {}): OdooRow => ({
  id,
  picking_id: [54, "WH/OUT/1"],
  product_id: [id + 100, `[${code}] Thing`],
  state: "assigned",
  product_uom_qty: demand,
  quantity: demand,
  picked: false,
  ...more,
});
const early = (id: number, code: string, demand: number, more: Record<string, unknown> = {}): OdooRow => ({
  id,
  picking_id: [54, "WH/OUT/1"],
  product_id: [id + 100, `[${code}] Thing`],
  state: "assigned",
  product_uom_qty: demand,
  quantity_done: 0,
  reserved_availability: demand,
  ...more,
});
const line = (id: number, moveId: number, reserved: number): OdooRow => ({
  id,
  picking_id: [54, "x"],
  move_id: [moveId, "x"],
  product_uom_qty: reserved,
});
const ALL: DesiredPosting = { kind: "transfer_validated", quantities: null, backorder: "create", tracking: null };
const part = (quantity: number): DesiredPosting => ({ ...ALL, quantities: [{ item: { productCode: "A" }, quantity }] });

it("has four functions for every kind of the core", () => {
  for (const name of POSTING_KINDS) expect(typeof postingKind(name).verify).toBe("function");
  expect(POSTING_VERDICTS).toHaveLength(4);
});

describe("names and texts", () => {
  it("make an external id of a key that Odoo takes, different for different keys", () => {
    expect(externalId("status_note-1-54-delivered")).toBe("waypost.status_note-1-54-delivered");
    expect(externalId("a.b:c/ü")).toBe("waypost.a_2e_b_3a_c_2f__fc_");
    expect(externalId("a:b")).not.toBe(externalId("a.b"));
  });
  it("are escaped for HTML", () => {
    expect(escapeHtml(`<a href="x">'&'</a>`)).toBe("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  });
});

describe("every call that changes something", () => {
  const desired: DesiredPosting[] = [
    { kind: "tracking_number", trackingReference: "1Z", carrierId: 2 },
    ALL,
    { kind: "status_note", headline: "x", lines: [] },
    {
      kind: "exception_activity",
      marker: "exc1",
      state: "open",
      summary: "x",
      note: "",
      dueOn: "2026-12-01",
      userId: null,
      feedback: null,
    },
  ];
  it.each(desired)("acts for the record's company and never writes the state ($kind)", (one) => {
    for (const [dialect, moves] of [
      [LATE, [late(1, "A", 2)]],
      [EARLY, [early(1, "A", 2)]],
    ] as const) {
      const seen = one.kind === "transfer_validated" ? [[picking()], moves, [line(9, 1, 2)], [], []] : [];
      const sent = calls(one, seen, dialect);
      expect(sent.length).toBeGreaterThan(0);
      for (const { context, args } of sent) {
        expect(context).toMatchObject({ allowed_company_ids: [3] });
        expect(JSON.stringify(args ?? {})).not.toContain('"state"');
      }
    }
  });
});

describe("validating", () => {
  it("in 19 marks what is reserved, in one write, then validates with all questions answered", () => {
    const [prepare, validate] = calls(
      ALL,
      [[picking()], [late(1, "A", 2), late(2, "B", 1, { quantity: 0 })], [], [], []],
      LATE,
    );
    expect(prepare?.args).toEqual({ vals: { move_ids: [[1, 1, { picked: true }]] } });
    expect(validate).toMatchObject({
      method: "button_validate",
      ids: [54],
      context: { skip_sms: true, skip_backorder: true, allowed_company_ids: [3] },
    });
    expect(validate?.context).not.toHaveProperty("picking_ids_not_to_backorder");
  });

  it("in 19 takes back what a person had picked but was not shipped", () => {
    const moves = [late(1, "A", 5), late(2, "B", 4, { picked: true })];
    const [prepare] = calls(part(3), [[picking()], moves, [], [], []], LATE);
    expect(prepare?.args).toEqual({
      vals: {
        move_ids: [
          [1, 1, { quantity: 3, picked: true }],
          [1, 2, { picked: false }],
        ],
      },
    });
  });

  it("in 14 enters done quantities on the reserved lines, lot by lot, and the rest on the last", () => {
    const lines = [line(11, 1, 2), line(12, 1, 3), line(13, 2, 4)];
    const [prepare] = calls(part(4), [[picking()], [early(1, "A", 5), early(2, "B", 4)], lines, [], []], EARLY);
    expect(prepare?.args).toEqual({
      vals: {
        move_line_ids: [
          [1, 11, { qty_done: 2 }],
          [1, 12, { qty_done: 2 }],
          [1, 13, { qty_done: 0 }],
        ],
      },
    });
  });

  it("in 14 enters the quantity on the move where nothing is reserved", () => {
    const [prepare] = calls(
      part(4),
      [[picking()], [early(1, "A", 5, { reserved_availability: 0 })], [], [], []],
      EARLY,
    );
    expect(prepare?.args).toEqual({ vals: { move_lines: [[1, 1, { quantity_done: 4 }]] } });
  });

  it("writes the tracking number before, with the quantities, in the same call", () => {
    const desired: DesiredPosting = { ...ALL, tracking: { trackingReference: " 1Z ", carrierId: 2 } };
    const [prepare] = calls(desired, [[picking()], [late(1, "A", 2)], [], [], []], LATE);
    expect(prepare?.args?.vals).toMatchObject({ carrier_tracking_ref: "1Z", carrier_id: 2 });
  });

  it("names the picking whose rest is dropped", () => {
    const sent = calls(
      { ...part(1), backorder: "cancel" } as DesiredPosting,
      [[picking()], [late(1, "A", 5)], [], [], []],
      LATE,
    );
    expect(sent.at(-1)?.context).toMatchObject({ picking_ids_not_to_backorder: [54] });
  });

  it("never makes Odoo order a label: a real carrier without a number is refused", () => {
    const carriers: OdooRow[] = [{ id: 2, delivery_type: "ups" }];
    const seen = [[picking({ carrier_id: [2, "UPS"] })], [late(1, "A", 2)], [], [], carriers];
    expect(call(ALL, seen, LATE)).toMatchObject({ do: "refuse", field: "carrier_tracking_ref" });
    const fixed = [seen[0], seen[1], [], [], [{ id: 2, delivery_type: "fixed" }]] as Readback;
    expect(call(ALL, fixed, LATE).do).toBe("send");
  });

  it("tries to reserve once where nothing is reserved, and then refuses", () => {
    const seen = [[picking({ state: "confirmed" })], [late(1, "A", 2, { quantity: 0 })], [], [], []];
    expect(call(ALL, seen, LATE, 0)).toMatchObject({ do: "send_and_look", calls: [{ method: "action_assign" }] });
    expect(call(ALL, seen, LATE, 2)).toMatchObject({ do: "refuse", field: "quantities" });
  });

  it("has nothing to do on a done transfer and cannot on a cancelled or missing one", () => {
    expect(call(ALL, [[picking({ state: "done" })], [], [], [], []], LATE).do).toBe("nothing");
    expect(call(ALL, [[picking({ state: "cancel" })], [], [], [], []], LATE).do).toBe("refuse");
    expect(call(ALL, [[], [], [], [], []], LATE).do).toBe("refuse");
  });

  it("is judged by state, quantities and backorder", () => {
    const done = picking({ state: "done", date_done: "2026-11-23 10:00:00" });
    const moved = late(1, "A", 3, { state: "done", quantity: 3, picked: true });
    const rest: OdooRow = { id: 55, backorder_id: [54, "x"], name: "WH/OUT/2", state: "assigned" };
    expect(verify(ALL, [[], [], [], [], []]).verdict).toBe("impossible");
    expect(verify(ALL, [[picking({ state: "cancel" })], [], [], [], []]).verdict).toBe("impossible");
    expect(verify(ALL, [[picking()], [late(1, "A", 3)], [], [], []]).verdict).toBe("absent");
    expect(verify(part(3), [[done], [moved], [], [rest], []]).verdict).toBe("holds");
    expect(verify(part(2), [[done], [moved], [], [rest], []])).toMatchObject({
      verdict: "differs",
      reason: "The transfer is done with 3 instead of 2 of A.",
    });
    const short = late(1, "A", 5, { state: "done", quantity: 3, picked: true });
    expect(verify(part(3), [[done], [short], [], [], []]).verdict).toBe("differs");
    const dropped = { ...part(3), backorder: "cancel" } as DesiredPosting;
    expect(verify(dropped, [[done], [short], [], [], []]).verdict).toBe("holds");
    expect(verify(dropped, [[done], [moved], [], [rest], []]).verdict).toBe("differs");
    expect(verify(dropped, [[done], [moved], [], [{ ...rest, state: "cancel" }], []]).verdict).toBe("holds");
  });
});

describe("reading back", () => {
  it("asks for all records of a batch at once, under all their companies", () => {
    for (const name of POSTING_KINDS) {
      const sample: Record<string, DesiredPosting> = {
        tracking_number: { kind: "tracking_number", trackingReference: "1Z", carrierId: null },
        transfer_validated: ALL,
        status_note: { kind: "status_note", headline: "x", lines: [] },
        proof_of_delivery: {
          kind: "proof_of_delivery",
          documentId: "d",
          fileName: "a.pdf",
          mimeType: "application/pdf",
          sha1: "0".repeat(40),
          byteLength: 1,
        },
        exception_activity: {
          kind: "exception_activity",
          marker: "exc1",
          state: "open",
          summary: "x",
          note: "",
          dueOn: "2026-12-01",
          userId: null,
          feedback: null,
        },
      };
      const desired = sample[name];
      if (!desired) throw new Error(`no sample of ${name}`);
      const one = posting(desired);
      const other = { ...one, key: "k2", record: { ...one.record, id: 55, companyId: 4 } };
      const reads = postingKind(name).read([one, other], LATE);
      expect(reads.length).toBeLessThanOrEqual(5);
      for (const { method, context } of reads) {
        expect(method).toBe("search_read");
        expect(context).toMatchObject({ allowed_company_ids: [3, 4] });
      }
    }
  });
});
