import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { freightSchema } from "@/core/freight/settings";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection, insertReference, insertShipment } from "@/db/testing/rows";
import type { Context } from "../context";
import { mendCrosswalk } from "../crosswalks/mend";
import { makeReceiver } from "../messages/receive";
import { startReplay } from "../messages/replay";
import { OdooClients } from "../odoo/clients";
import { type Worker, workDue } from "../pipeline/work";
import { freightBills, type TestBill } from "../testing/freight-bills";
import { workRuns } from "../testing/work-runs";
import { makeTestContext, makeTestFeed } from "../testing/workspace";
import { decideBill } from "./decide";
import type { FreightWorker } from "./judge";
import { workFreight } from "./work";

const opened: TestDatabase[] = [];
let ctx: Context;
let feed: { id: number; adapter: "x12"; urgency: number };
let worker: Worker;
let settler: FreightWorker;
let control: number;
let connectionId: number;

async function workspace(): Promise<void> {
  const database = await testDatabase("freight");
  opened.push(database);
  ctx = makeTestContext(database);
  feed = await makeTestFeed(ctx, { slug: "bills", adapter: "x12", class: "finance" });
  worker = { slot: 0, environment: undefined };
  settler = { slot: 0, environment: undefined };
  control = 1;
  connectionId = await insertConnection(ctx.sql, { observing: false });
  await ctx.sql`update odoo_connection set kinds = ${ctx.sql.json({ vendor_bill: "on", vendor_credit: "on", freight_cost: "on" })}, post_since = now() - interval '1 day'`;
  await setFreight({});
}

async function setFreight(over: Record<string, unknown>): Promise<void> {
  const vendors = [{ vendor: "carr", connectionId, companyId: 1, partnerId: 9 }];
  const value = freightSchema.parse({ vendors, ...over });
  await ctx.sql`insert into setting (name, value, updated_at) values ('freight', ${ctx.sql.json(value as never)}, now())
    on conflict (name) do update set value = excluded.value`;
}

beforeEach(workspace, 60_000);
afterAll(async () => {
  for (const database of opened) await database.drop();
});

async function receive(...bills: TestBill[]): Promise<string> {
  const receiver = makeReceiver({ sql: ctx.sql, now: ctx.now, log: ctx.log });
  const bytes = freightBills(control++, bills);
  const [kept] = await receiver.receive([
    {
      feed,
      bytes,
      contentType: "application/edi-x12",
      headers: null,
      name: null,
      correlationId: `c${control}`,
      verdict: "verified" as const,
    },
  ]);
  if (!kept?.ok) throw new Error("not kept");
  return kept.receipt;
}

async function work(): Promise<void> {
  const signal = new AbortController().signal;
  while ((await workDue(ctx, worker, signal)) > 0);
  Object.assign(settler, { healedAtMs: 0 });
  while (await workFreight(ctx, settler));
}

const cases = () => ctx.sql`
  select f.number, f.kind, c.state, c.verdict, c.version, c.matched, c.billed_minor::int as billed, c.expected_minor::int as expected,
    c.over_minor::int as over, c.invoice_id as id, cardinality(c.duplicate_of) as repeats from freight_case c join freight_invoice f on f.id = c.invoice_id
  order by f.received_at, f.number, c.invoice_id`;
const open = () => ctx.sql`select kind, subject, text from exception where state <> 'resolved' order by kind, subject`;

async function shipment(pro: string, expectedMinor: number | null, picking = true): Promise<string> {
  const expected =
    expectedMinor === null ? {} : { expected_freight: { value: { amountMinor: expectedMinor, currency: "USD" } } };
  const linked = {
    odoo_picking: {
      value: {
        connectionId,
        pickingId: 31,
        name: "WH/OUT/31",
        state: "done",
        companyId: 1,
        saleOrderId: 5,
        dateDone: null,
      },
    },
  };
  const id = await insertShipment(ctx.sql, {
    updatedAt: new Date(),
    connectionId: picking ? connectionId : null,
    pickingId: picking ? 31 : null,
    state: { attributes: { ...expected, ...(picking ? linked : {}) } },
  });
  await insertReference(ctx.sql, { shipmentId: id, value: pro, kind: "pro_number", issuer: "carr" });
  return id;
}

const bill = (over: Partial<TestBill> = {}): TestBill => ({
  number: "INV-1",
  pro: "P1",
  charges: [
    ["", "100.00"],
    ["FUE", "12.00"],
  ],
  ...over,
});

describe("freight bills", { timeout: 60_000 }, () => {
  test("a bill 12 percent over what was expected is a variance with class, amount, percent and rule", async () => {
    const shipmentId = await shipment("P1", 100_00);
    await receive(bill());
    await work();
    expect(await cases()).toMatchObject([
      {
        number: "INV-1",
        state: "open",
        verdict: "variance",
        billed: 11_200,
        expected: 10_000,
        over: 1_200,
        matched: "full",
      },
    ]);
    expect(await open()).toMatchObject([
      { kind: "freight_variance", text: expect.stringContaining("12.00 USD over (12.0 %) by rule “Every carrier”") },
    ]);
    const lines = await ctx.sql`select charge, shipment_id, verdict, rule from freight_line_case order by position`;
    expect(lines).toMatchObject([
      { charge: "base", shipment_id: shipmentId, verdict: "over", rule: "Every carrier" },
      { charge: "fuel", shipment_id: shipmentId, verdict: "over" },
    ]);
  });

  test("the same document again, and a replay, change nothing", async () => {
    await shipment("P1", 112_00);
    const receipt = await receive(bill());
    await work();
    const before = await cases();
    await receive(bill());
    await work();
    const admin = await insertActor(ctx.sql, "administrator");
    const run = await startReplay(ctx, admin, {
      scope: { receipts: [receipt] },
      mapping: "current",
      dryRun: false,
      perSecond: null,
    });
    await workRuns(ctx, worker, new OdooClients());
    const [ended] = await ctx.sql`select state from run where id = ${run.id}`;
    expect(ended).toMatchObject({ state: "done" });
    await work();
    expect(await cases()).toEqual(before);
    expect(before).toMatchObject([{ verdict: "clean", state: "open" }]);
    expect(await open()).toEqual([]);
  });

  test("a bill without a shipment heals when the shipment comes", async () => {
    await receive(bill());
    await work();
    expect(await cases()).toMatchObject([{ verdict: "unmatched", matched: "none" }]);
    expect(await open()).toMatchObject([{ kind: "freight_unmatched" }]);
    await shipment("P1", 112_00);
    await work();
    expect(await cases()).toMatchObject([{ verdict: "clean", matched: "full" }]);
    expect(await open()).toEqual([]);
  });

  test("the same PRO under a new number, and the same number with other amounts, are duplicates that name the first, in either order of work", async () => {
    await shipment("P1", 112_00);
    await receive(bill());
    await receive(bill({ number: "INV-2" }));
    await receive(bill({ charges: [["", "90.00"]] }));
    await work();
    const together = await cases();
    expect(together).toMatchObject([
      { number: "INV-1", verdict: "clean" },
      { number: "INV-2", verdict: "duplicate", repeats: 1 },
      { number: "INV-1", verdict: "duplicate", billed: 9_000 },
    ]);
    expect((await open()).map(({ kind }) => kind)).toEqual(expect.arrayContaining(["freight_duplicate"]));
    // the same messages, the last one worked first
    await workspace();
    await shipment("P1", 112_00);
    await receive(bill());
    await receive(bill({ number: "INV-2" }));
    const last = await receive(bill({ charges: [["", "90.00"]] }));
    await ctx.sql`update inbox set not_before = now() + interval '1 hour' where message_id <> ${last}`;
    await work();
    expect(await cases()).toMatchObject([{ billed: 9_000, verdict: "variance" }]);
    await ctx.sql`update inbox set not_before = null`;
    await work();
    const strip = (rows: readonly Record<string, unknown>[]) =>
      rows.map(({ number, verdict, state, billed, expected, over, repeats }) => ({
        number,
        verdict,
        state,
        billed,
        expected,
        over,
        repeats,
      }));
    expect(strip(await cases())).toEqual(strip(together));
  });

  test("a word that nobody mapped blocks the bill until somebody says what it is", async () => {
    await shipment("P1", 112_00);
    await receive(
      bill({
        charges: [
          ["", "100.00"],
          ["XYZ", "12.00"],
        ],
      }),
    );
    await work();
    expect(await cases()).toMatchObject([{ verdict: "blocked" }]);
    expect(await open()).toMatchObject([{ kind: "unmapped_code", subject: "charge:XYZ" }]);
    const admin = await insertActor(ctx.sql, "administrator");
    const mend = { feed: "bills", kind: "charge" as const, word: "XYZ" };
    await expect(mendCrosswalk(ctx, admin, { ...mend, to: "nonsense" })).rejects.toMatchObject({ code: "invalid" });
    await mendCrosswalk(ctx, admin, { ...mend, to: "residential" });
    await work();
    expect(await cases()).toMatchObject([{ verdict: "clean" }]);
    expect(await open()).toEqual([]);
  });

  test("totals that do not add up, no currency and an unknown carrier block it, each in words", async () => {
    await shipment("P1", 112_00);
    await receive(bill({ number: "A", pro: "A", total: "120.00" }));
    await receive(bill({ number: "B", pro: "B", currency: null }));
    await receive(bill({ number: "C", pro: "C", scac: "ELSE" }));
    await work();
    expect((await cases()).map(({ verdict }) => verdict)).toEqual(["blocked", "blocked", "blocked"]);
    const texts = (await open()).filter(({ kind }) => kind === "freight_invalid_charge").map(({ text }) => text);
    expect(texts).toEqual(
      expect.arrayContaining([
        expect.stringContaining("The charges add up to 112.00 USD, the bill says 120.00."),
        expect.stringContaining("Neither the bill nor the carrier's settings name a currency."),
        expect.stringContaining("else is no partner in Odoo yet"),
      ]),
    );
  });
});

describe("decisions", { timeout: 60_000 }, () => {
  const finance = () => insertActor(ctx.sql, "finance");
  async function one(over: Partial<TestBill> = {}) {
    await receive(bill(over));
    await work();
    const [found] = await ctx.sql<{ id: string; version: number }[]>`
      select invoice_id as id, version from freight_case order by received_at desc limit 1`;
    return found as { id: string; version: number };
  }
  /** A shipment that two carriers bill for, each by its own number. */
  async function shared(expectedMinor: number | null): Promise<void> {
    const shipmentId = await shipment("P1", expectedMinor);
    await insertReference(ctx.sql, { shipmentId, value: "P1", kind: "pro_number", issuer: "othr" });
    const vendors = ["carr", "othr"].map((vendor, at) => ({ vendor, connectionId, companyId: 1, partnerId: 9 + at }));
    await setFreight({ vendors });
  }
  const approve = { act: "approve" as const, reason: "", payMinor: null };
  const postings = () =>
    ctx.sql`select kind, state, key, invoice_id, shipment_id, record_model, desired from posting order by kind`;

  test("an approved bill becomes a draft bill to post, the cost of its transfer, and closes its exceptions, audited", async () => {
    await shipment("P1", 100_00);
    const { id, version } = await one();
    const anna = await finance();
    await expect(decideBill(ctx, anna, { id, version, ...approve })).rejects.toMatchObject({ code: "invalid" });
    const done = await decideBill(ctx, anna, { id, version, ...approve, reason: "new fuel table" });
    expect(done).toMatchObject({ state: "approved", held: null });
    await work();
    expect(await postings()).toMatchObject([
      {
        kind: "freight_cost",
        state: "planned",
        record_model: "stock.picking",
        invoice_id: null,
        desired: { price: "112.00", currency: "USD" },
      },
      {
        kind: "vendor_bill",
        state: "planned",
        key: `vendor_bill-${connectionId}-${id}`,
        invoice_id: id,
        record_model: "account.move",
        desired: {
          reference: "INV-1",
          total: "112.00",
          lines: [{ name: "base" }, { name: "fuel" }],
          document: { mimeType: "application/edi-x12" },
        },
      },
    ]);
    expect(await open()).toEqual([]);
    const [audit] = await ctx.sql`select action, reason, before, after from audit where action = 'freight.decide'`;
    expect(audit).toMatchObject({ reason: "new fuel table", before: { state: "open" }, after: { state: "approved" } });
  });

  test("an act from an old state is a conflict that says who was faster", async () => {
    await shipment("P1", 112_00);
    const { id, version } = await one();
    const anna = await finance();
    await decideBill(ctx, anna, { id, version, act: "dispute", reason: "never shipped", payMinor: null });
    await expect(decideBill(ctx, await finance(), { id, version, ...approve })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("disputed by now; The finance acted on it last"),
    });
  });

  test("above the limit a second person has to approve, who is not the first", async () => {
    await shipment("P1", 2_000_00);
    const { id, version } = await one({ charges: [["", "2000.00"]] });
    const [anna, bert] = [await finance(), await finance()];
    expect(await decideBill(ctx, anna, { id, version, ...approve })).toMatchObject({ state: "second", posting: null });
    await expect(decideBill(ctx, anna, { id, version: version + 1, ...approve })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await decideBill(ctx, bert, { id, version: version + 1, ...approve })).toMatchObject({ state: "approved" });
    expect(await postings()).toHaveLength(1);
  });

  test("a second bill that a shipment's expected cost is used up for cannot be approved as it was seen, and then only with a reason", async () => {
    await shared(100_00);
    const first = await one({ charges: [["", "100.00"]] });
    const second = await one({ number: "X-9", scac: "OTHR", charges: [["", "100.00"]] });
    expect(await cases()).toMatchObject([{ verdict: "clean" }, { verdict: "clean" }]);
    const anna = await finance();
    await decideBill(ctx, anna, { ...first, ...approve });
    await expect(decideBill(ctx, anna, { ...second, ...approve })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("100.00 USD over (100.0 %)"),
    });
    const [, seen] = await cases();
    expect(seen).toMatchObject({ state: "open", verdict: "variance" });
    expect(await open()).toMatchObject([{ kind: "freight_variance", text: expect.stringContaining("other bills") }]);
    const again = { id: second.id, version: seen?.version };
    await expect(decideBill(ctx, anna, { ...again, ...approve })).rejects.toMatchObject({ code: "invalid" });
    expect(await decideBill(ctx, anna, { ...again, ...approve, reason: "the ferry" })).toMatchObject({
      state: "approved",
    });
  });

  test("two people who approve two bills of one shipment at once do not both pass unasked", async () => {
    await shared(100_00);
    const first = await one({ charges: [["", "100.00"]] });
    const second = await one({ number: "X-9", scac: "OTHR", charges: [["", "100.00"]] });
    const [anna, bert] = [await finance(), await finance()];
    const ended = await Promise.allSettled([
      decideBill(ctx, anna, { ...first, ...approve }),
      decideBill(ctx, bert, { ...second, ...approve }),
    ]);
    expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await cases()).map(({ state }) => state).sort()).toEqual(["approved", "open"]);
  });

  test("a bill whose shipment was paid for without anything expected needs a reason", async () => {
    await shared(null);
    const first = await one({ charges: [["", "100.00"]] });
    const second = await one({ number: "X-9", scac: "OTHR", charges: [["", "40.00"]] });
    expect(await cases()).toMatchObject([{ verdict: "unchecked" }, { verdict: "unchecked" }]);
    const anna = await finance();
    await decideBill(ctx, anna, { ...first, ...approve });
    await work();
    expect((await cases())[1]).toMatchObject({ verdict: "variance" });
    const [, seen] = await cases();
    await expect(decideBill(ctx, anna, { id: second.id, version: seen?.version, ...approve })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("100.00 USD is approved"),
    });
  });

  test("a bill is checked again by the settings of now before it is approved, and nothing is paid by an older check", async () => {
    await shipment("P1", 100_00);
    const found = await one({ charges: [["", "101.00"]] });
    expect(await cases()).toMatchObject([{ verdict: "clean" }]);
    const tight = { name: "Tight", overAmount: 0, overPercent: 0, underAmount: 0, underPercent: 0 };
    await setFreight({ tolerances: [tight] });
    await ctx.sql`update freight_case set review_at = now()`;
    const anna = await finance();
    await expect(decideBill(ctx, anna, { ...found, ...approve })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("by rule “Tight”"),
    });
    expect(await cases()).toMatchObject([{ state: "open", verdict: "variance" }]);
    expect(await postings()).toEqual([]);
    // to turn it down needs no other look
    const [seen] = await cases();
    await setFreight({});
    expect(
      await decideBill(ctx, anna, {
        id: found.id,
        version: seen?.version,
        ...approve,
        act: "reject",
        reason: "not ours",
      }),
    ).toMatchObject({ state: "rejected" });
  });

  test("what the first of two people gave as a reason does not answer what was found since", async () => {
    await shipment("P1", 2_000_00);
    const found = await one({ charges: [["", "2000.00"]] });
    const [anna, bert] = [await finance(), await finance()];
    await decideBill(ctx, anna, { ...found, ...approve, reason: "as agreed" });
    await ctx.sql`update shipment set state = jsonb_set(state, '{attributes,expected_freight,value,amountMinor}', '100000')`;
    const now = { id: found.id, version: found.version + 1 };
    await expect(decideBill(ctx, bert, { ...now, ...approve })).rejects.toMatchObject({ code: "conflict" });
    const [seen] = await cases();
    const later = { id: found.id, version: seen?.version };
    await expect(decideBill(ctx, bert, { ...later, ...approve })).rejects.toMatchObject({ code: "invalid" });
    expect(await decideBill(ctx, bert, { ...later, ...approve, reason: "two pallets" })).toMatchObject({
      state: "approved",
    });
  });

  test("a word nobody mapped and a total that is not the sum of the charges are overridden with a reason, audited, and stand in the bill", async () => {
    await shipment("P1", 112_00);
    const charges = [
      ["", "100.00"],
      ["XYZ", "12.00"],
    ] as const;
    const found = await one({ charges, total: "112.10" });
    expect(await cases()).toMatchObject([{ verdict: "blocked" }]);
    const anna = await finance();
    await expect(decideBill(ctx, anna, { ...found, ...approve })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("Say why it is paid although"),
    });
    await decideBill(ctx, anna, { ...found, ...approve, reason: "dock fee, as agreed" });
    await work();
    const lines = [{ name: "base" }, { name: "not_mapped", amount: "12.00" }, { name: "not_itemised", amount: "0.10" }];
    expect(await postings()).toMatchObject([
      { kind: "freight_cost", desired: { price: "112.10" } },
      { kind: "vendor_bill", desired: { total: "112.10", lines } },
    ]);
    const [audit] = await ctx.sql`select reason, after from audit where action = 'freight.decide'`;
    expect(audit).toMatchObject({
      reason: "dock fee, as agreed",
      after: {
        overridden: [
          expect.stringContaining("the bill says 112.10"),
          expect.stringContaining("Nobody has said what “XYZ” is"),
        ],
      },
    });
  });

  test("what Odoo could not hold is never approved, and the sentence says what to do", async () => {
    await shipment("P1", 112_00);
    const found = await one({ scac: "ELSE" });
    await expect(
      decideBill(ctx, await finance(), { ...found, ...approve, reason: "pay it all the same" }),
    ).rejects.toMatchObject({ code: "precondition", message: expect.stringContaining("An administrator names") });
  });

  test("of two documents with one number only one is ever approved", async () => {
    await shipment("P1", 112_00);
    const first = await one();
    const second = await one({ charges: [["", "110.00"]] });
    expect(await cases()).toHaveLength(2);
    const anna = await finance();
    await decideBill(ctx, anna, { id: first.id, version: first.version, ...approve });
    await expect(
      decideBill(ctx, anna, { id: second.id, version: second.version, ...approve, reason: "it is another one" }),
    ).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("approved already") });
  });

  test("support may not decide, and nobody without a name may", async () => {
    await shipment("P1", 112_00);
    const { id, version } = await one();
    const support = await insertActor(ctx.sql, "support");
    await expect(decideBill(ctx, support, { id, version, ...approve })).rejects.toMatchObject({ code: "forbidden" });
    const key = { kind: "api_key" as const, id, name: "key", scopes: ["freight:decide"] };
    await expect(decideBill(ctx, key, { id, version, ...approve })).rejects.toMatchObject({ code: "forbidden" });
    expect(await postings()).toEqual([]);
  });

  test("paid short, the bill says what is not paid, and the cost of the transfer is what is paid", async () => {
    await shipment("P1", 100_00);
    const { id, version } = await one();
    await decideBill(ctx, await finance(), {
      id,
      version,
      act: "short_pay",
      payMinor: 100_00,
      reason: "tariff says 100",
    });
    await work();
    expect(await postings()).toMatchObject([
      { kind: "freight_cost", desired: { price: "100.00" } },
      { kind: "vendor_bill", desired: { total: "100.00", lines: [{}, {}, { name: "short_pay", amount: "-12.00" }] } },
    ]);
  });

  test("the cost waits for a transfer that is not known yet", async () => {
    const shipmentId = await shipment("P1", 112_00, false);
    const { id, version } = await one();
    await decideBill(ctx, await finance(), { id, version, ...approve });
    await work();
    expect(await postings()).toMatchObject([{ kind: "vendor_bill" }]);
    const picking = {
      connectionId,
      pickingId: 31,
      name: "WH/OUT/31",
      state: "done",
      companyId: 1,
      saleOrderId: 5,
      dateDone: null,
    };
    await ctx.sql`update shipment set state = jsonb_set(state, '{attributes,odoo_picking}', ${ctx.sql.json({ value: picking })}), connection_id = ${connectionId}, picking_id = 31 where shipment_id = ${shipmentId}`;
    await ctx.sql`update freight_case set cost_at = now()`;
    await work();
    expect(await postings()).toMatchObject([{ kind: "freight_cost" }, { kind: "vendor_bill" }]);
  });
});
