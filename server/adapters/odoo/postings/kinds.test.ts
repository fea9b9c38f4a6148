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
  fields("email"),
  fields("group_ids"),
  {},
  fields("sale_order_ids"),
  fields("picking_ids"),
]);
const EARLY: Dialect = dialectFrom({ version: "14.0", series: 14, transport: "jsonrpc", userId: 8 }, [
  fields("move_lines", "sale_id", "carrier_id", "carrier_tracking_ref", "carrier_price", "delivery_type"),
  fields("quantity_done", "reserved_availability", "sale_line_id"),
  fields("product_uom_qty", "qty_done", "result_package_id"),
  fields("warehouse_id"),
  fields("is_delivery", "product_uom"),
  fields("delivery_type"),
  {},
  fields("email"),
  fields("groups_id"),
  fields("location_id"),
  {},
  {},
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
      const seen = one.kind === "transfer_validated" ? [[picking()], moves, [line(9, 1, 2)], []] : [];
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
    const [prepare, validate] = calls(ALL, [[picking()], [late(1, "A", 2), late(2, "B", 1, { quantity: 0 })]], LATE);
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
    const [prepare] = calls(part(3), [[picking()], moves], LATE);
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
    const [prepare] = calls(part(4), [[picking()], [early(1, "A", 5), early(2, "B", 4)], lines], EARLY);
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
    const [prepare] = calls(part(4), [[picking()], [early(1, "A", 5, { reserved_availability: 0 })]], EARLY);
    expect(prepare?.args).toEqual({ vals: { move_lines: [[1, 1, { quantity_done: 4 }]] } });
  });

  it("writes the tracking number before, with the quantities, in the same call", () => {
    const desired: DesiredPosting = { ...ALL, tracking: { trackingReference: " 1Z ", carrierId: 2 } };
    const [prepare] = calls(desired, [[picking()], [late(1, "A", 2)]], LATE);
    expect(prepare?.args?.vals).toMatchObject({ carrier_tracking_ref: "1Z", carrier_id: 2 });
  });

  it("names the picking whose rest is dropped", () => {
    const sent = calls({ ...part(1), backorder: "cancel" } as DesiredPosting, [[picking()], [late(1, "A", 5)]], LATE);
    expect(sent.at(-1)?.context).toMatchObject({ picking_ids_not_to_backorder: [54] });
  });

  it("never makes Odoo order a label: a real carrier without a number is refused", () => {
    const carriers: OdooRow[] = [{ id: 2, delivery_type: "ups" }];
    const seen = [[picking({ carrier_id: [2, "UPS"] })], [late(1, "A", 2)], carriers];
    expect(call(ALL, seen, LATE)).toMatchObject({ do: "refuse", field: "carrier_tracking_ref" });
    const fixed = [seen[0], seen[1], [{ id: 2, delivery_type: "fixed" }]] as Readback;
    expect(call(ALL, fixed, LATE).do).toBe("send");
  });

  it("tries to reserve once where nothing is reserved, and then refuses", () => {
    const seen = [[picking({ state: "confirmed" })], [late(1, "A", 2, { quantity: 0 })]];
    expect(call(ALL, seen, LATE, 0)).toMatchObject({ do: "send_and_look", calls: [{ method: "action_assign" }] });
    expect(call(ALL, seen, LATE, 2)).toMatchObject({ do: "refuse", field: "quantities" });
  });

  it("has nothing to do on a done transfer and cannot on a cancelled or missing one", () => {
    expect(call(ALL, [[picking({ state: "done" })], []], LATE).do).toBe("nothing");
    expect(call(ALL, [[picking({ state: "cancel" })], []], LATE).do).toBe("refuse");
    expect(call(ALL, [[], []], LATE).do).toBe("refuse");
  });

  it("is judged by state, quantities and backorder", () => {
    const done = picking({ state: "done", date_done: "2026-11-23 10:00:00" });
    const moved = late(1, "A", 3, { state: "done", quantity: 3, picked: true });
    const rest: OdooRow = { id: 55, backorder_id: [54, "x"], name: "WH/OUT/2", state: "assigned" };
    expect(verify(ALL, [[], []]).verdict).toBe("impossible");
    expect(verify(ALL, [[picking({ state: "cancel" })], []]).verdict).toBe("impossible");
    expect(verify(ALL, [[picking()], [late(1, "A", 3)]]).verdict).toBe("absent");
    expect(verify(part(3), [[done, rest], [moved]]).verdict).toBe("holds");
    expect(verify(part(2), [[done, rest], [moved]])).toMatchObject({
      verdict: "differs",
      reason: "The transfer is done with 3 instead of 2 of A.",
    });
    const short = late(1, "A", 5, { state: "done", quantity: 3, picked: true });
    expect(verify(part(3), [[done], [short]]).verdict).toBe("differs");
    const dropped = { ...part(3), backorder: "cancel" } as DesiredPosting;
    expect(verify(dropped, [[done], [short]]).verdict).toBe("holds");
    expect(verify(dropped, [[done, rest], [moved]]).verdict).toBe("differs");
    expect(verify(dropped, [[done, { ...rest, state: "cancel" }], [moved]]).verdict).toBe("holds");
  });
});

const withFields = (dialect: Dialect, ...names: string[]): Dialect => ({
  ...dialect,
  fields: { ...dialect.fields, "stock.picking": [...(dialect.fields["stock.picking"] ?? []), ...names] },
});

describe("status_field", () => {
  const DELIVERED: DesiredPosting = {
    kind: "status_field",
    status: "delivered",
    milestone: "delivered",
    shippedOn: "2026-11-20",
    deliveredAt: "2026-11-23T10:00:00Z",
  };
  const COMMUNITY = ["delivery_state", "tracking_state", "date_shipped", "date_delivered"];

  it.each<[string, string[], Record<string, unknown> | null]>([
    ["the field of the set-up", ["x_waypost_status"], { x_waypost_status: "delivered" }],
    [
      "the field of the set-up where both are there",
      ["x_waypost_status", ...COMMUNITY],
      { x_waypost_status: "delivered" },
    ],
    [
      "the community module's fields in its own words",
      COMMUNITY,
      {
        delivery_state: "customer_delivered",
        tracking_state: "delivered",
        date_shipped: "2026-11-20",
        date_delivered: "2026-11-23 10:00:00",
      },
    ],
    ["of an older community module what it has", ["delivery_state"], { delivery_state: "customer_delivered" }],
    ["nothing where there is no field", [], null],
  ])("writes %s", (_, names, vals) => {
    const next = call(DELIVERED, [], withFields(LATE, ...names));
    if (vals === null) expect(next).toMatchObject({ do: "refuse", field: "x_waypost_status" });
    else expect(next).toMatchObject({ do: "send", calls: [{ method: "write", ids: [54], args: { vals } }] });
  });

  it("holds only when every field of it does", () => {
    const dialect = withFields(LATE, ...COMMUNITY);
    const all = {
      delivery_state: "customer_delivered",
      tracking_state: "delivered",
      date_shipped: "2026-11-20",
      date_delivered: "2026-11-23 10:00:00",
    };
    expect(verify(DELIVERED, [[picking(all)]], dialect).verdict).toBe("holds");
    expect(verify(DELIVERED, [[picking({ ...all, delivery_state: "in_transit" })]], dialect)).toMatchObject({
      verdict: "differs",
      reason: "Odoo holds in_transit in delivery_state.",
    });
    expect(verify(DELIVERED, [[picking({ delivery_state: false })]], dialect).verdict).toBe("absent");
    expect(verify(DELIVERED, [[]], dialect).verdict).toBe("impossible");
  });
});

describe("return_transfer", () => {
  const BACK: DesiredPosting = { kind: "return_transfer", quantities: null };
  const done = picking({ state: "done", location_id: [8, "WH/Stock"] });

  it("is made by the wizard of each version, line by line, in the company of the picking", () => {
    const moves = [
      late(1, "A", 3, { state: "done", quantity: 3, picked: true, product_uom: [1, "Units"] }),
      late(2, "B", 2, { state: "cancel", quantity: 0 }),
    ];
    const context = { allowed_company_ids: [3] };
    expect(calls(BACK, [[done], moves, []], LATE)).toEqual([
      {
        model: "stock.return.picking",
        method: "create",
        args: {
          vals_list: [{ picking_id: 54, product_return_moves: [[0, 0, { product_id: 101, quantity: 3, move_id: 1 }]] }],
        },
        context,
      },
      { model: "stock.return.picking", method: "action_create_returns", context, onMade: true },
    ]);
    const older = moves.map((move) => ({ ...move, quantity_done: move.quantity }));
    expect(calls(BACK, [[done], older, []], EARLY)).toMatchObject([
      {
        args: {
          vals_list: [
            {
              location_id: 8,
              product_return_moves: [[0, 0, { product_id: 101, quantity: 3, move_id: 1, uom_id: 1 }]],
            },
          ],
        },
      },
      { method: "create_returns", onMade: true },
    ]);
  });

  it("is never a second one, whoever made the first", () => {
    const moves = [late(1, "A", 3, { state: "done", quantity: 3, picked: true })];
    const back: OdooRow = { id: 9, picking_id: [70, "WH/IN/7"], origin_returned_move_id: [1, "x"], product_uom_qty: 1 };
    expect(call(BACK, [[done], moves, [back]], LATE).do).toBe("nothing");
    expect(verify(BACK, [[done], moves, [back]]).verdict).toBe("holds");
    const known: DesiredPosting = { ...BACK, quantities: [{ item: { productCode: "a" }, quantity: 3 }] };
    expect(verify(known, [[done], moves, [back]])).toMatchObject({
      verdict: "differs",
      reason: "WH/IN/7 returns 1 of A, and 3 came back.",
    });
    const other = { ...back, id: 10, picking_id: [71, "WH/IN/8"] };
    expect(verify(BACK, [[done], moves, [back, other]])).toMatchObject({ verdict: "differs" });
  });
});

describe("customer_invoice", () => {
  const INVOICE: DesiredPosting = { kind: "customer_invoice", pickingId: 530 };
  const order = (more: Record<string, unknown> = {}): OdooRow => ({ id: 54, state: "sale", invoice_ids: [], ...more });
  const line = (id: number, toInvoice: number): OdooRow => ({ id, qty_to_invoice: toInvoice, qty_invoiced: 0 });
  const moved = (lineId: number, state = "done"): OdooRow => ({
    id: lineId + 10,
    picking_id: [530, "WH/OUT/1"],
    state,
    sale_line_id: [lineId, "x"],
  });

  it.each<[string, Readback, string, string]>([
    ["the order waits for it", [[order()], [line(1, 2)], [moved(1)]], "send", "absent"],
    ["only another transfer's line waits", [[order()], [line(1, 0), line(2, 5)], [moved(1)]], "nothing", "holds"],
    ["all is invoiced", [[order()], [line(1, 0)], [moved(1)]], "nothing", "holds"],
    ["all went back before", [[order()], [line(1, -1)], [moved(1)]], "nothing", "holds"],
    ["nothing was validated", [[order()], [line(1, 2)], [moved(1, "assigned")]], "refuse", "absent"],
    ["the order is cancelled", [[order({ state: "cancel" })], [line(1, 2)], [moved(1)]], "refuse", "impossible"],
    ["the order is gone", [[], [], [moved(1)]], "refuse", "impossible"],
    ["a locked order of 14 waits", [[order({ state: "done" })], [line(1, 2)], [moved(1)]], "send", "absent"],
  ])("where %s", (_, seen, does, verdict) => {
    expect(call(INVOICE, seen, LATE).do).toBe(does);
    expect(verify(INVOICE, seen).verdict).toBe(verdict);
  });

  it("names its order to the wizard, as each version wants it", () => {
    const seen = [[order()], [line(1, 2)], [moved(1)]];
    expect(calls(INVOICE, seen, LATE)[0]).toMatchObject({
      args: { vals_list: [{ sale_order_ids: [[6, 0, [54]]] }] },
      context: { allowed_company_ids: [3] },
    });
    expect(calls(INVOICE, seen, EARLY)[1]).toMatchObject({
      method: "create_invoices",
      onMade: true,
      context: { allowed_company_ids: [3], active_model: "sale.order", active_ids: [54] },
    });
  });
});

const BILL: Extract<DesiredPosting, { kind: "vendor_bill" }> = {
  kind: "vendor_bill",
  partnerId: 9,
  productId: null,
  reference: "INV-1",
  invoiceDate: "2026-11-20",
  dueDate: null,
  currency: "USD",
  total: "112.00",
  lines: [
    { name: "base", label: "Freight, INV-1", amount: "100.00" },
    { name: "fuel", label: "Fuel surcharge, INV-1", amount: "12.00" },
  ],
  document: null,
};
const COST: Extract<DesiredPosting, { kind: "freight_cost" }> = {
  kind: "freight_cost",
  price: "112.00",
  currency: "USD",
  onOrder: true,
};

describe("vendor_bill", () => {
  const partner = (more = {}) => ({ id: 9, name: "Carr", active: true, ...more });
  const bill = (more: Record<string, unknown> = {}): OdooRow => ({
    id: 70,
    name: "/",
    state: "draft",
    ref: "INV-1",
    move_type: "in_invoice",
    partner_id: [9, "Carr"],
    company_id: [3, "Chicago"],
    invoice_origin: "waypost.edge-54-1",
    amount_untaxed: 112,
    invoice_line_ids: [1, 2],
    ...more,
  });

  it("is made by one load, since 19 with a named line for each charge, before by its head alone", () => {
    const [late] = calls(BILL, [[], [partner()], []], LATE);
    expect(late).toMatchObject({ model: "account.move", method: "load", context: { default_move_type: "in_invoice" } });
    expect(late?.args?.data).toMatchObject([
      [
        "waypost.edge-54-1",
        "in_invoice",
        "9",
        "INV-1",
        "2026-11-20",
        "",
        "waypost.edge-54-1",
        "base.USD",
        "waypost.edge-54-1-base",
        "Freight, INV-1",
        "1",
        "100.00",
        "",
        "",
      ],
      ["", "", "", "", "", "", "", "", "waypost.edge-54-1-fuel", "Fuel surcharge, INV-1", "1", "12.00", "", ""],
    ]);
    const [early] = calls(BILL, [[], [partner()], []], EARLY);
    expect(early?.args?.data).toHaveLength(1);
    expect(calls(BILL, [[bill({ invoice_line_ids: [] })], [partner()], []], EARLY)).toMatchObject([
      {
        method: "write",
        ids: [70],
        args: {
          vals: {
            invoice_line_ids: [
              [5, 0, 0],
              [0, 0, { price_unit: 100 }],
              [0, 0, { price_unit: 12 }],
            ],
          },
        },
      },
    ]);
  });

  it("refuses where Odoo holds one of that reference that somebody else made, or the partner is archived or gone", () => {
    const foreign = bill({ invoice_origin: false, name: "BILL/2026/7", state: "posted" });
    expect(call(BILL, [[foreign], [partner()], []], LATE)).toMatchObject({
      do: "refuse",
      reason: "Odoo holds bill BILL/2026/7 of this carrier with the reference INV-1 already; Waypost did not make it.",
    });
    expect(call(BILL, [[], [partner({ active: false })], []], LATE)).toMatchObject({
      do: "refuse",
      field: "partner_id",
    });
    expect(call(BILL, [[], [], []], LATE)).toMatchObject({ do: "refuse", field: "partner_id" });
    expect(call(BILL, [[{ ...foreign, state: "cancel" }], [partner()], []], LATE)).toMatchObject({
      do: "send_and_look",
    });
  });

  it("holds where its lines add up to what was approved, and differs where they do not", () => {
    expect(verify(BILL, [[bill()], [], []]).verdict).toBe("holds");
    expect(verify(BILL, [[bill({ amount_untaxed: 90 })], [], []]).verdict).toBe("differs");
    expect(verify(BILL, [[bill({ invoice_line_ids: [] })], [], []]).verdict).toBe("absent");
    expect(verify(BILL, [[bill({ invoice_origin: false })], [], []]).verdict).toBe("absent");
  });

  it("attaches the original to the bill that stands, once", () => {
    const document = {
      documentId: "m",
      fileName: "b.edi",
      mimeType: "text/plain",
      sha1: "0".repeat(40),
      byteLength: 2,
    };
    const desired = { ...BILL, document };
    const put = (seen: Readback, content: Uint8Array | null) =>
      postingKind("vendor_bill").call(posting(desired), seen, LATE, { content, round: 1 });
    const attached = { id: 5, res_id: 70, checksum: document.sha1 };
    expect(put([[bill()], [], []], new Uint8Array(2))).toMatchObject({
      do: "send",
      calls: [{ model: "ir.attachment" }],
    });
    expect(put([[bill()], [], [attached]], null)).toMatchObject({ do: "nothing" });
    expect(put([[bill()], [], []], null)).toMatchObject({ do: "refuse" });
    expect(verify(desired, [[bill()], [], []]).verdict).toBe("absent");
  });
});

describe("freight_cost", () => {
  const here = picking({ carrier_price: 0, sale_id: [26, "S00026"] });
  const line = (more = {}) => ({ id: 4, order_id: [26, "S00026"], price_unit: 5, qty_invoiced: 0, ...more });

  it("writes the picking's price, and the delivery line where wanted and not invoiced", () => {
    expect(calls(COST, [[here], [line()]], LATE)).toMatchObject([
      { model: "stock.picking", args: { vals: { carrier_price: 112 } } },
      { model: "sale.order.line", ids: [4], args: { vals: { price_unit: 112 } } },
    ]);
    expect(calls(COST, [[here], [line({ qty_invoiced: 1 })]], LATE)).toHaveLength(1);
    expect(calls({ ...COST, onOrder: false }, [[here], [line()]], LATE)).toHaveLength(1);
    expect(call(COST, [[{ ...here, carrier_price: 112 }], []], LATE)).toMatchObject({ do: "nothing" });
  });

  it("holds where both say it", () => {
    expect(verify(COST, [[{ ...here, carrier_price: 112 }], [line({ price_unit: 112 })]]).verdict).toBe("holds");
    expect(verify(COST, [[here], []]).verdict).toBe("absent");
    expect(verify(COST, [[], []]).verdict).toBe("impossible");
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
        status_field: {
          kind: "status_field",
          status: "in_transit",
          milestone: null,
          shippedOn: null,
          deliveredAt: null,
        },
        return_transfer: { kind: "return_transfer", quantities: null },
        customer_invoice: { kind: "customer_invoice", pickingId: 54 },
        freight_cost: COST,
        vendor_bill: BILL,
        vendor_credit: { ...BILL, kind: "vendor_credit" },
        landed_cost: { kind: "landed_cost", pickingIds: [54], productId: 3, reference: "INV-1", amount: "12.00" },
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
