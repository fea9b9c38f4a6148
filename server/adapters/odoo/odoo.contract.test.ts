import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DesiredPosting, PostingRequest, RecordReference } from "@/core/postings/desired";
import { startSandboxOdoo } from "@/e2e/odoo/server";
import { idOf, idsOf, linkOf, type OdooDomain, type OdooRow } from "./call";
import { createOdooClient, discoverServer, type OdooClient, type OdooSettings } from "./client";
import { testConnection } from "./connection-test";
import { fetchDeleted } from "./deletions";
import { OdooFailure, type OdooFailureKind } from "./errors";
import { executePosting, readBack } from "./execute";
import { executeTogether } from "./execute-together";
import { listWritten, readHeld } from "./held";
import { readDatabaseUuid, readNames } from "./identity";
import { countWatched, fetchChanges } from "./poll";
import { externalId } from "./postings/kind";
import { noteMessageId } from "./postings/status-note";
import { fetchRecords } from "./read-records";
import type { OdooPickingRecord } from "./record";
import { findStatusField, makeStatusField } from "./status-field-setup";
import { initialWatermarks, type Watermarks } from "./watermark";

/** `admin` only prepares goods; all that is tested runs as the integration user. */
type Open = { settings: OdooSettings; admin: OdooSettings; close: () => Promise<void> };
type Target = { name: string; series: number; open: () => Promise<Open> };

const sandbox = (version: "19" | "14"): Target => ({
  name: `sandbox as ${version}`,
  series: Number(version),
  open: async () => {
    const odoo = await startSandboxOdoo({ port: 0, version, seed: true });
    const { url, db, login, key, adminKey } = odoo;
    return { settings: { url, db, login, key }, admin: { url, db, login: "admin", key: adminKey }, close: odoo.close };
  },
});

/** A real Odoo named by the environment; none when it is not. */
function real(version: "19" | "14"): Target[] {
  const setting = (name: string) => process.env[`WAYPOST_TEST_ODOO${version}_${name}`];
  const [url, db, login, key, adminKey] = ["URL", "DB", "LOGIN", "KEY", "ADMIN_KEY"].map(setting);
  if (!url || !db || !login || !key || !adminKey) {
    process.stderr.write(
      `\n!!! No real Odoo ${version}: WAYPOST_TEST_ODOO${version}_URL, _DB, _LOGIN, _KEY and _ADMIN_KEY are not all set. The contract is NOT checked against it.\n\n`,
    );
    return [];
  }
  const admin = { url, db, login: setting("ADMIN_LOGIN") ?? "admin", key: adminKey };
  const open = async () => ({ settings: { url, db, login, key }, admin, close: async () => undefined });
  return [{ name: `odoo ${version}`, series: Number(version), open }];
}

/** `npm run test:contract` checks several targets at once, each in a process that is told its own. */
const WANTED = process.env.WAYPOST_CONTRACT_TARGETS?.split(",");
const wants = (name: string) => !WANTED || WANTED.includes(name);
const TARGETS: Target[] = [
  ...(wants("sandbox") ? [sandbox("19"), sandbox("14")] : []),
  ...(wants("19") ? real("19") : []),
  ...(wants("14") ? real("14") : []),
];

async function failureOf(work: Promise<unknown>): Promise<OdooFailure> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof OdooFailure) return outcome;
  throw new Error(`expected Odoo to fail, but ${outcome === null ? "it succeeded" : String(outcome)}`);
}

const sha1 = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex");
const now = () => Date.now();

describe.each(TARGETS)("$name", { timeout: 60_000 }, (target) => {
  let opened: Open;
  let odoo: OdooClient;
  let admin: OdooClient;
  /** Two products that need no stock, so that the suite can run on the same Odoo again and again; the third has none. */
  let goods: OdooRow[];
  let customer: number;

  beforeAll(async () => {
    opened = await target.open();
    odoo = await createOdooClient(opened.settings);
    admin = await createOdooClient(opened.admin);
    const counted = target.series >= 18 ? ["consu", "1"] : ["product"];
    const flag = target.series >= 18 ? ["is_storable"] : [];
    const uncounted = target.series >= 18 ? ["consu", ""] : ["consu"];
    // by external ids, so that a second run finds the same goods
    const loaded = await admin.load(
      "product.product",
      ["id", "name", "default_code", "type", ...flag],
      [
        ["waypost_test.goods_a", "Contract goods A", "WP-GOODS-A", ...uncounted],
        ["waypost_test.goods_b", "Contract goods B", "WP-GOODS-B", ...uncounted],
        ["waypost_test.goods_scarce", "Contract goods out of stock", "WP-GOODS-SCARCE", ...counted],
      ],
    );
    expect(loaded.messages).toEqual([]);
    goods = await odoo.read("product.product", loaded.ids ?? [], ["default_code"]);
    expect(goods).toHaveLength(3);
    // with a phone, because Odoo would like to text it when goods leave
    const people = await admin.load(
      "res.partner",
      ["id", "name", "is_company", "street", "city", "zip", "country_id/id", "phone"],
      [
        [
          "waypost_test.customer",
          "Contract customer",
          "1",
          "1 Test Road",
          "Alameda",
          "94502",
          "base.us",
          "+1 555 0100",
        ],
      ],
    );
    expect(people.messages).toEqual([]);
    customer = people.ids?.[0] ?? 0;
    expect(customer).toBeGreaterThan(0);
  }, 60_000);
  afterAll(() => opened?.close());

  const code = (at: number) => String(goods[at]?.default_code);

  async function order(lines: readonly { productId: number; quantity: number }[]) {
    const reference = `WP-${randomUUID().slice(0, 8)}`;
    const order_line = lines.map((line) => [0, 0, { product_id: line.productId, product_uom_qty: line.quantity }]);
    const ids = await odoo.create("sale.order", [{ partner_id: customer, client_order_ref: reference, order_line }]);
    await odoo.call({ model: "sale.order", method: "action_confirm", ids });
    const [row] = await odoo.searchRead("stock.picking", [["sale_id", "in", ids]], ["name", "state", "company_id"]);
    if (!row || !ids[0]) throw new Error("the order made no transfer");
    const record: RecordReference = {
      connectionId: 1,
      model: "stock.picking",
      id: row.id,
      companyId: idOf(row.company_id) ?? 0,
    };
    return { orderId: ids[0], reference, record, name: String(row.name), state: String(row.state) };
  }
  const delivery = (...quantities: number[]) =>
    order(quantities.map((quantity, at) => ({ productId: goods[at]?.id ?? 0, quantity })));

  function request(record: RecordReference, desired: DesiredPosting): PostingRequest {
    const id = randomUUID();
    return { key: `${desired.kind}:${record.id}:${id}`, correlationId: `corr-${id}`, record, desired };
  }
  const execute = (posting: PostingRequest, content: Uint8Array | null = null, client = odoo) =>
    executePosting(client, posting, { now, document: async () => content });
  const verdict = async (posting: PostingRequest) => (await readBack(odoo, [posting])).get(posting.key);
  const note = (record: RecordReference, headline = "Delivered", lines: string[] = []) =>
    request(record, { kind: "status_note", headline, lines });
  const validation = (
    record: RecordReference,
    more: Partial<Extract<DesiredPosting, { kind: "transfer_validated" }>> = {},
  ) => request(record, { kind: "transfer_validated", quantities: null, backorder: "create", tracking: null, ...more });
  const activity = (record: RecordReference, marker: string, state: "open" | "closed") =>
    request(record, {
      kind: "exception_activity",
      marker,
      state,
      summary: "Customs hold",
      note: "Papers <missing>\nsince Monday",
      dueOn: "2026-12-01",
      userId: null,
      feedback: null,
    });
  const messagesOf = (record: RecordReference, domain: OdooDomain = []) =>
    odoo.searchRead(
      "mail.message",
      [["model", "=", "stock.picking"], ["res_id", "=", record.id], ...domain],
      ["body", "message_id", "message_type", "subtype_id"],
    );

  describe("the server", () => {
    it("says its version and gets the transport that goes with it", async () => {
      const server = await discoverServer(opened.settings);
      expect(server.series).toBe(target.series);
      expect(server.transport).toBe(target.series >= 19 ? "json2" : "jsonrpc");
    });

    it("passes the connection test, which names user, companies, modules and delivery methods", async () => {
      const report = await testConnection(opened.settings, Date.now());
      expect(report.findings.filter((finding) => finding.severity === "error")).toEqual([]);
      expect(report).toMatchObject({ usable: true, user: { login: "waypost" } });
      expect(report.companies.length).toBeGreaterThan(1);
      expect(report.carriers.length).toBeGreaterThan(0);
      expect(report.modules).toMatchObject({ stock: true, sale_stock: true, stock_delivery: true, stock_sms: true });
    });

    it("says what its database calls itself to an administrator, and to nobody else", async () => {
      const asked = await Promise.all([opened.admin, opened.settings].map((as) => createOdooClient(as)));
      const [told, hidden] = await Promise.all(asked.map(readDatabaseUuid));
      expect(told).toMatch(/^[0-9a-f-]{36}$/);
      expect(hidden).toBeNull();
      const { record } = await delivery(1);
      expect(await readNames(odoo, "stock.picking", [record.id])).toEqual(new Map([[record.id, expect.any(String)]]));
    });

    it("fails the connection test with a sentence about the key when the key is wrong", async () => {
      const report = await testConnection({ ...opened.settings, key: "0".repeat(40) }, Date.now());
      expect(report.usable).toBe(false);
      expect(report.findings.at(-1)).toMatchObject({ severity: "error", about: "key" });
    });

    it("answers empty values, links and lists in one shape through both transports", async () => {
      const { record, orderId } = await delivery(1);
      const [row] = await odoo.read("stock.picking", [record.id], ["carrier_tracking_ref", "sale_id"]);
      expect(row?.carrier_tracking_ref).toBe(false);
      expect(idOf(row?.sale_id)).toBe(orderId);
      const [sale] = await odoo.read("sale.order", [orderId], ["picking_ids"]);
      expect(idsOf(sale?.picking_ids)).toEqual([record.id]);
      expect(await odoo.read("stock.picking", [], ["name"])).toEqual([]);
    });

    it("gives ids for a method that returns a recordset", async () => {
      const { record } = await delivery(1);
      const made = await odoo.call({
        model: "stock.picking",
        method: "activity_schedule",
        ids: [record.id],
        args: { act_type_xmlid: "mail.mail_activity_data_todo", summary: "call the carrier" },
      });
      expect(idsOf(made)).toHaveLength(1);
    });
  });

  describe("errors by name", () => {
    const cases: [string, OdooFailureKind, () => Promise<unknown>][] = [
      ["a wrong key", "auth", async () => wrong({ key: "0".repeat(40) })],
      ["a wrong database", "database", async () => wrong({ db: "no_such_database" })],
      [
        "a port where nothing listens",
        "unreachable",
        async () => createOdooClient({ ...opened.settings, url: "http://127.0.0.1:9" }),
      ],
      ["an unknown model", "not_found_route", () => odoo.searchRead("no.model", [], ["name"])],
      [
        "an unknown method",
        "not_found_route",
        () => odoo.call({ model: "stock.picking", method: "no_method", ids: [1] }),
      ],
      ["a private method", "access", () => odoo.call({ model: "stock.picking", method: "_action_done", ids: [1] })],
      ["a record that is gone", "missing_record", () => odoo.write("stock.picking", [99_999_999], { origin: "x" })],
      [
        "a company that is not the user's",
        "access",
        () => odoo.searchRead("stock.picking", [], ["name"], { limit: 1, context: { allowed_company_ids: [99_999] } }),
      ],
      ["a right the user lacks", "access", () => odoo.create("product.product", [{ name: "forbidden" }])],
      [
        "an unknown field in a search",
        "caller",
        () => odoo.searchRead("stock.picking", [["no_field", "=", 1]], ["name"]),
      ],
      [
        "a bad date in a search",
        "caller",
        () => odoo.searchRead("stock.picking", [["write_date", ">", "never"]], ["name"]),
      ],
      [
        "an empty recordset, which Odoo would take for done",
        "caller",
        () => odoo.call({ model: "stock.picking", method: "button_validate", ids: [] }),
      ],
    ];
    const wrong = async (change: Partial<OdooSettings>) => {
      const client = await createOdooClient({ ...opened.settings, ...change });
      return client.searchRead("stock.picking", [], ["name"], { limit: 1 });
    };

    it.each(cases)("names %s %s", async (_what, kind, work) => {
      const failure = await failureOf(work());
      expect(failure.kind).toBe(kind);
      expect(failure.message.length).toBeGreaterThan(3);
      expect(JSON.stringify({ ...failure, message: failure.message })).not.toContain("Traceback");
    });

    it("names the field when a write has a field that does not exist", async () => {
      const { record } = await delivery(1);
      const failure = await failureOf(odoo.write("stock.picking", [record.id], { no_such_field: 1 }));
      expect(failure).toMatchObject({
        kind: "caller",
        field: "no_such_field",
        model: "stock.picking",
        method: "write",
      });
    });

    it("names a business refusal refused, with Odoo's words for a person", async () => {
      const { record } = await delivery(1);
      await execute(validation(record));
      const failure = await failureOf(odoo.call({ model: "stock.picking", method: "action_cancel", ids: [record.id] }));
      expect(failure).toMatchObject({ kind: "refused", code: "odoo.exceptions.UserError" });
      expect(failure.message).toMatch(/cancel/i);
    });
  });

  describe("tracking_number", () => {
    it("is absent before, holds after, and is not undone by a repeat", async () => {
      const { record } = await delivery(1);
      const posting = request(record, {
        kind: "tracking_number",
        trackingReference: "1Z999AA10123456784",
        carrierId: null,
      });
      expect(await verdict(posting)).toMatchObject({ verdict: "absent" });
      for (let round = 0; round < 2; round++) {
        expect(await execute(posting)).toMatchObject({ outcome: "accepted", failure: null });
        expect(await verdict(posting)).toMatchObject({
          verdict: "holds",
          found: { trackingReference: "1Z999AA10123456784" },
        });
      }
    });

    it("sets the carrier with the number, and says which number stands there when it differs", async () => {
      const { record } = await delivery(1);
      const [carrier] = await odoo.searchRead("delivery.carrier", [], ["name"], { limit: 1, order: "id" });
      const carrierId = carrier?.id ?? 0;
      const posting = request(record, { kind: "tracking_number", trackingReference: "FX-1, FX-2", carrierId });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds", found: { carrierId } });
      await odoo.write("stock.picking", [record.id], { carrier_tracking_ref: "OTHER" });
      expect(await verdict(posting)).toMatchObject({ verdict: "differs", found: { trackingReference: "OTHER" } });
    });

    it("can be set on a transfer that is done", async () => {
      const { record } = await delivery(1);
      await execute(validation(record));
      const posting = request(record, { kind: "tracking_number", trackingReference: "LATE-1", carrierId: null });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
    });

    it("is rejected for a transfer that is gone, and reads as impossible", async () => {
      const record: RecordReference = { connectionId: 1, model: "stock.picking", id: 99_999_999, companyId: 1 };
      const posting = request(record, { kind: "tracking_number", trackingReference: "X1", carrierId: null });
      expect(await execute(posting)).toMatchObject({ outcome: "rejected", failure: "missing_record" });
      expect(await verdict(posting)).toMatchObject({ verdict: "impossible" });
    });
  });

  describe("transfer_validated", () => {
    it("validates all that is reserved, whatever text messages Odoo would like to send", async () => {
      const { record } = await delivery(3, 2);
      const posting = validation(record, { tracking: { trackingReference: "FULL-1", carrierId: null } });
      expect(await verdict(posting)).toMatchObject({ verdict: "absent" });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({
        verdict: "holds",
        found: { state: "done", backorders: [], tracking: "FULL-1" },
      });
    });

    it("does nothing the second time, and the first result stands", async () => {
      const { record } = await delivery(2);
      const posting = validation(record);
      await execute(posting);
      const first = await verdict(posting);
      expect(await execute(posting)).toMatchObject({ outcome: "accepted", sent: false });
      expect(await verdict(posting)).toEqual(first);
    });

    it("validates in part and leaves the rest on one backorder", async () => {
      const { record } = await delivery(5, 4);
      const quantities = [{ item: { productCode: code(0) }, quantity: 3 }];
      const posting = validation(record, { quantities });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted", sent: false });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds", found: { done: [{ quantity: 3 }] } });
      const [backorder, ...others] = await odoo.searchRead(
        "stock.picking",
        [["backorder_id", "=", record.id]],
        ["state"],
      );
      expect(others).toEqual([]);
      const rest = await odoo.searchRead("stock.move", [["picking_id", "=", backorder?.id]], ["product_uom_qty"]);
      expect(rest.map((move) => move.product_uom_qty).sort()).toEqual([2, 4]);
    });

    it("validates in part and drops the rest where no backorder is wanted", async () => {
      const { record } = await delivery(5);
      const posting = validation(record, {
        quantities: [{ item: { productCode: code(0) }, quantity: 2 }],
        backorder: "cancel",
      });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds", found: { backorders: [] } });
      expect(await odoo.searchRead("stock.picking", [["backorder_id", "=", record.id]], ["name"])).toEqual([]);
    });

    it("takes quantities by move, and says it differs when other quantities were done", async () => {
      const { record } = await delivery(4);
      const [move] = await odoo.searchRead("stock.move", [["picking_id", "=", record.id]], ["product_uom_qty"]);
      const item = { moveId: move?.id ?? 0 };
      await execute(validation(record, { quantities: [{ item, quantity: 4 }] }));
      expect(await verdict(validation(record, { quantities: [{ item, quantity: 4 }] }))).toMatchObject({
        verdict: "holds",
      });
      const other = await verdict(validation(record, { quantities: [{ item, quantity: 3 }] }));
      expect(other).toMatchObject({ verdict: "differs", reason: expect.stringContaining("4 instead of 3") });
    });

    it("refuses a product that is not in the transfer, and leaves the transfer alone", async () => {
      const { record } = await delivery(1);
      const posting = validation(record, { quantities: [{ item: { productCode: "NOT-IN-IT" }, quantity: 1 }] });
      expect(await execute(posting)).toMatchObject({ outcome: "rejected", failure: "not_sendable", sent: false });
      expect(await verdict(posting)).toMatchObject({ verdict: "absent" });
    });

    it("refuses when nothing is reserved, and validates once the shipped quantity is told", async () => {
      const scarce = goods[2];
      const { record, state } = await order([{ productId: scarce?.id ?? 0, quantity: 2 }]);
      expect(state).toBe("confirmed");
      const attempt = await execute(validation(record));
      expect(attempt).toMatchObject({ outcome: "rejected", failure: "not_sendable", field: "quantities" });
      const told = validation(record, {
        quantities: [{ item: { productCode: String(scarce?.default_code) }, quantity: 2 }],
      });
      expect(await execute(told)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(told)).toMatchObject({ verdict: "holds" });
    });

    it("is impossible for a cancelled transfer", async () => {
      const { record } = await delivery(1);
      await odoo.call({ model: "stock.picking", method: "action_cancel", ids: [record.id] });
      const posting = validation(record);
      expect(await execute(posting)).toMatchObject({ outcome: "rejected", field: "state", sent: false });
      expect(await verdict(posting)).toMatchObject({ verdict: "impossible" });
    });

    it("happens once when eight send it at the same time", async () => {
      const { record } = await delivery(2);
      const posting = validation(record, { quantities: [{ item: { productCode: code(0) }, quantity: 1 }] });
      await Promise.all(Array.from({ length: 8 }, () => execute(posting)));
      expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
      expect(await odoo.searchRead("stock.picking", [["backorder_id", "=", record.id]], ["name"])).toHaveLength(1);
    });
  });

  describe("status_note", () => {
    it("stands once in the chatter after a repeat, escaped, with the correlation id, as an internal note", async () => {
      const { record } = await delivery(1);
      const posting = note(record, "Delivered <b>ok</b> & signed", ['by "O\'Neil"', "Gate 7"]);
      expect(await verdict(posting)).toMatchObject({ verdict: "absent" });
      for (let round = 0; round < 2; round++) {
        expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
        expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
      }
      const [message, ...others] = await messagesOf(record, [["message_id", "=", noteMessageId(posting.key)]]);
      expect(others).toEqual([]);
      const body = String(message?.body);
      expect(body).toContain("Delivered &lt;b&gt;ok&lt;/b&gt; &amp; signed");
      expect(body).toContain("Gate 7");
      expect(body).toContain(posting.correlationId);
      expect(body).not.toContain("<b>");
      expect(message?.message_type).toBe("notification");
      expect(linkOf(message?.subtype_id)?.name).toBe("Note");
    });

    it("stands once when six send it at the same time", async () => {
      const { record } = await delivery(1);
      const posting = note(record);
      const attempts = await Promise.all(Array.from({ length: 6 }, () => execute(posting)));
      expect(attempts.some((attempt) => attempt.outcome === "accepted")).toBe(true);
      // those that lost the race were told to come again, and coming again changes nothing
      for (const attempt of attempts)
        if (attempt.outcome !== "accepted")
          expect(attempt).toMatchObject({ failure: "serialization", transient: true });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      expect(await messagesOf(record, [["message_id", "=", noteMessageId(posting.key)]])).toHaveLength(1);
    });

    it("does not touch the transfer's write_date", async () => {
      const { record } = await delivery(1);
      const [before] = await odoo.read("stock.picking", [record.id], ["write_date"]);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await execute(note(record));
      expect((await odoo.read("stock.picking", [record.id], ["write_date"]))[0]).toEqual(before);
    });
  });

  describe("proof_of_delivery", () => {
    const document = (record: RecordReference, bytes: Uint8Array) =>
      request(record, {
        kind: "proof_of_delivery",
        documentId: "doc",
        fileName: "POD 1Z999.pdf",
        mimeType: "application/pdf",
        sha1: sha1(bytes),
        byteLength: bytes.byteLength,
      });

    it("is attached once after a repeat, with the very bytes", async () => {
      const { record } = await delivery(1);
      const bytes = Buffer.from(`%PDF-1.4 ${randomUUID()} \u00e4`);
      const posting = document(record, bytes);
      expect(await verdict(posting)).toMatchObject({ verdict: "absent" });
      for (let round = 0; round < 2; round++)
        expect(await execute(posting, bytes)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds", found: { fileName: "POD 1Z999.pdf" } });
      const [attachment, ...others] = await odoo.searchRead(
        "ir.attachment",
        [
          ["res_model", "=", "stock.picking"],
          ["res_id", "=", record.id],
        ],
        ["datas", "mimetype", "description"],
      );
      expect(others).toEqual([]);
      expect(Buffer.from(String(attachment?.datas), "base64").equals(bytes)).toBe(true);
      expect(attachment).toMatchObject({
        mimetype: "application/pdf",
        description: `Waypost ${posting.correlationId}`,
      });
    });

    it("is attached once when six send it at the same time", async () => {
      const { record } = await delivery(1);
      const bytes = Buffer.from(`%PDF-1.4 ${randomUUID()}`);
      const posting = document(record, bytes);
      await Promise.all(Array.from({ length: 6 }, () => execute(posting, bytes)));
      expect(await execute(posting, bytes)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds", found: { attachments: [expect.any(Number)] } });
    });

    it("refuses to send when the document is not what was received", async () => {
      const { record } = await delivery(1);
      const posting = document(record, Buffer.from("%PDF-1.4 whole"));
      expect(await execute(posting, Buffer.from("%PDF"))).toMatchObject({ outcome: "rejected", sent: false });
      expect(await execute(posting, null)).toMatchObject({ outcome: "rejected", sent: false });
    });
  });

  describe("writes of different values in one call", () => {
    const together = (postings: PostingRequest[]) =>
      executeTogether(odoo, postings, { now, document: async () => null });
    const tracking = (record: RecordReference, carrierId: number | null = null) =>
      request(record, { kind: "tracking_number", trackingReference: `00${record.id}`, carrierId });
    const records = async () => [await delivery(1), await delivery(2), await delivery(3)].map(({ record }) => record);
    const outcomes = (attempts: { outcome: string }[]) => attempts.map(({ outcome }) => outcome);

    it("give each transfer its own number and the carrier, and a repeat changes nothing", async () => {
      const [carrier] = await odoo.searchRead("delivery.carrier", [], ["name"], { limit: 1 });
      const postings = (await records()).map((record) => tracking(record, carrier?.id ?? 0));
      for (let time = 0; time < 2; time++) {
        const attempts = await together(postings);
        expect(outcomes(attempts)).toEqual(["accepted", "accepted", "accepted"]);
        expect(attempts[0]?.request[0]).toMatch(/^stock\.picking\.load\(\)/);
      }
      const verdicts = await readBack(odoo, postings);
      expect([...verdicts.values()].map(({ verdict }) => verdict)).toEqual(["holds", "holds", "holds"]);
    });

    it("leave nobody out where one transfer is gone, and say what became of that one", async () => {
      const there = (await records()).map((record) => tracking(record));
      const gone = tracking({ connectionId: 1, model: "stock.picking", id: 99_999_999, companyId: 1 });
      const postings = [...there.slice(0, 1), gone, ...there.slice(1)];
      const attempts = await together(postings);
      expect(outcomes(attempts)).toEqual(["accepted", "rejected", "accepted", "accepted"]);
      expect(attempts[1]).toMatchObject({ failure: "missing_record", transient: false });
      const verdicts = await readBack(odoo, postings);
      expect(postings.map(({ key }) => verdicts.get(key)?.verdict)).toEqual(["holds", "impossible", "holds", "holds"]);
    });

    it("give each transfer its own freight cost", async () => {
      const postings = (await records()).map((record, at) =>
        request(record, { kind: "freight_cost", price: `${at + 1}2.5`, currency: "USD", onOrder: false }),
      );
      expect(outcomes(await together(postings))).toEqual(["accepted", "accepted", "accepted"]);
      const verdicts = await readBack(odoo, postings);
      expect([...verdicts.values()].map(({ found }) => found.carrierPrice)).toEqual([12.5, 22.5, 32.5]);
    });
  });

  describe("reading back what is compared", () => {
    it("tells of a transfer its state, quantities, documents, activities, invoicing and who wrote last, before and after", async () => {
      const { record, name } = await delivery(2, 1);
      await odoo.write("stock.picking", [record.id], { carrier_tracking_ref: "1ZHELD" });
      const marker = randomUUID().slice(0, 12);
      await execute(activity(record, marker, "open"));
      const held = async () => (await readHeld(odoo, [record.id, 2_000_000_000], new Map())).get(record.id);
      const { userId } = await odoo.dialect();
      expect(await held()).toMatchObject({
        pickingId: record.id,
        name,
        state: "assigned",
        doneAtMs: null,
        trackingReference: "1ZHELD",
        returns: [],
        activities: [marker],
        invoiced: "none",
      });
      expect((await held())?.lines.map(({ demand, done }) => [demand, done])).toEqual([
        [2, null],
        [1, null],
      ]);
      expect((await held())?.writtenBy?.id).toBe(userId ?? (await held())?.writtenBy?.id);
      await execute(validation(record));
      const after = await held();
      expect(after).toMatchObject({ state: "done", proofs: [] });
      expect(after?.lines.map(({ done }) => done)).toEqual([2, 1]);
      expect(Math.abs(Date.now() - (after?.doneAtMs ?? 0))).toBeLessThan(3_600_000);
      const nowMs = Date.now();
      const span = { fromMs: nowMs - 3_600_000, toMs: nowMs + 3_600_000, afterId: record.id - 1 };
      expect((await listWritten(odoo, span, 1_000)).map(({ id }) => id)).toContain(record.id);
    });
  });

  describe("exception_activity", () => {
    const activities = (record: RecordReference) =>
      odoo.searchRead(
        "mail.activity",
        [
          ["res_model", "=", "stock.picking"],
          ["res_id", "=", record.id],
        ],
        ["summary", "note", "date_deadline", "user_id"],
      );

    it("opens once after a repeat and when six send it at the same time", async () => {
      const { record } = await delivery(1);
      const opening = activity(record, "exc-0001", "open");
      expect(await verdict(opening)).toMatchObject({ verdict: "absent" });
      await Promise.all(Array.from({ length: 6 }, () => execute(opening)));
      expect(await execute(opening)).toMatchObject({ outcome: "accepted", sent: false });
      expect(await verdict(opening)).toMatchObject({ verdict: "holds" });
      const [open, ...others] = await activities(record);
      expect(others).toEqual([]);
      expect(open).toMatchObject({ summary: "Customs hold [WP-exc-0001]", date_deadline: "2026-12-01" });
      expect(String(open?.note)).toContain("Papers &lt;missing&gt;");
      expect(idOf(open?.user_id)).toBe((await odoo.dialect()).userId);
    });

    it("closes once with one message, and an activity that was opened still reads as having been there", async () => {
      const { record } = await delivery(1);
      const opening = activity(record, "exc-0002", "open");
      const closing = activity(record, "exc-0002", "closed");
      await execute(opening);
      expect(await verdict(closing)).toMatchObject({ verdict: "absent" });
      expect(await execute(closing)).toMatchObject({ outcome: "accepted", sent: true });
      expect(await execute(closing)).toMatchObject({ outcome: "accepted", sent: false });
      expect(await verdict(closing)).toMatchObject({ verdict: "holds" });
      expect(await verdict(opening)).toMatchObject({ verdict: "holds", found: { done: true } });
      expect(await messagesOf(record, [["mail_activity_type_id", "!=", false]])).toHaveLength(1);
    });

    it("is not opened again by a late repeat after a person marked it done in Odoo", async () => {
      const { record } = await delivery(1);
      const opening = activity(record, "exc-0003", "open");
      await execute(opening);
      const [open] = await activities(record);
      await odoo.call({
        model: "mail.activity",
        method: "action_feedback",
        ids: [open?.id ?? 0],
        args: { feedback: "cleared" },
      });
      expect(await execute(opening)).toMatchObject({ outcome: "accepted", sent: false });
      expect(await activities(record)).toEqual([]);
    });

    it("has nothing to close where none was opened", async () => {
      const { record } = await delivery(1);
      const closing = activity(record, "exc-0004", "closed");
      expect(await execute(closing)).toMatchObject({ outcome: "accepted", sent: false });
    });
  });

  describe("status_field", () => {
    const status = (record: RecordReference, word: "in_transit" | "delivered") =>
      request(record, { kind: "status_field", status: word, milestone: null, shippedOn: null, deliveredAt: null });

    it("needs the set-up, which only an administrator may do, and which finds its field the second time", async () => {
      const { record } = await delivery(1);
      if ((await findStatusField(odoo)) === "none") {
        expect(await execute(status(record, "in_transit"))).toMatchObject({
          outcome: "rejected",
          failure: "not_sendable",
          sent: false,
          reason: expect.stringContaining("set-up"),
        });
        expect((await failureOf(makeStatusField(odoo))).kind).toBe("access");
        expect(await makeStatusField(admin)).toBe("made");
      }
      expect(await makeStatusField(admin)).toBe("there");
      // the client remembers what the server had
      odoo = await createOdooClient(opened.settings);
      const posting = status(record, "in_transit");
      expect(await verdict(posting)).toMatchObject({ verdict: "absent" });
      for (let round = 0; round < 2; round++) {
        expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
        expect(await verdict(posting)).toMatchObject({ verdict: "holds", found: { x_waypost_status: "in_transit" } });
      }
      expect(await verdict(status(record, "delivered"))).toMatchObject({ verdict: "differs" });
      expect(await execute(status(record, "delivered"))).toMatchObject({ outcome: "accepted" });
      expect(await odoo.read("stock.picking", [record.id], ["x_waypost_status"])).toMatchObject([
        { x_waypost_status: "delivered" },
      ]);
    });

    it("can be set on a transfer that is done, and is impossible on one that is gone", async () => {
      const { record } = await delivery(1);
      await execute(validation(record));
      const posting = status(record, "delivered");
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
      const gone = status({ ...record, id: 99_999_999 }, "delivered");
      expect(await execute(gone)).toMatchObject({ outcome: "rejected", failure: "missing_record" });
      expect(await verdict(gone)).toMatchObject({ verdict: "impossible" });
    });
  });

  describe("return_transfer", () => {
    const returning = (
      record: RecordReference,
      quantities: Extract<DesiredPosting, { kind: "return_transfer" }>["quantities"] = null,
    ) => request(record, { kind: "return_transfer", quantities });
    const movesBack = (record: RecordReference) =>
      odoo.searchRead(
        "stock.move",
        [
          ["origin_returned_move_id.picking_id", "=", record.id],
          ["state", "!=", "cancel"],
        ],
        ["picking_id", "product_uom_qty", "origin_returned_move_id", "to_refund", "state"],
      );

    it("returns every line of what left, once, and the poll names the return", async () => {
      const { record } = await delivery(3, 2);
      await execute(validation(record));
      const posting = returning(record);
      expect(await verdict(posting)).toMatchObject({ verdict: "absent" });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted", sent: true });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted", sent: false });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
      const back = await movesBack(record);
      expect(new Set(back.map((move) => idOf(move.picking_id))).size).toBe(1);
      expect(back.map((move) => [move.product_uom_qty, move.to_refund]).sort()).toEqual([
        [2, true],
        [3, true],
      ]);
      const { pickings } = await fetchRecords(odoo, { pickings: [record.id] });
      expect(pickings[0]?.returns).toMatchObject([{ id: idOf(back[0]?.picking_id) }]);
    });

    it("returns only what came back, and says it differs when another quantity is on the return", async () => {
      const { record } = await delivery(5, 4);
      await execute(validation(record, { quantities: [{ item: { productCode: code(0) }, quantity: 3 }] }));
      const posting = returning(record, [{ item: { productCode: code(0) }, quantity: 2 }]);
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
      expect((await movesBack(record)).map((move) => move.product_uom_qty)).toEqual([2]);
      const held = (await readHeld(odoo, [record.id], new Map())).get(record.id);
      expect(held?.returns).toMatchObject([{ lines: [{ code: code(0), quantity: 2 }] }]);
      expect(held?.returns[0]?.state).not.toBe("done");
      expect(Math.abs(Date.now() - (held?.returns[0]?.createdAtMs ?? 0))).toBeLessThan(3_600_000);
      const other = returning(record, [{ item: { productCode: code(0) }, quantity: 1 }]);
      expect(await execute(other)).toMatchObject({ outcome: "accepted", sent: false });
      expect(await verdict(other)).toMatchObject({ verdict: "differs", reason: expect.stringContaining("2 of") });
    });

    it("refuses more than left, a product that was not in it, and a transfer that is not validated", async () => {
      const { record } = await delivery(2);
      expect(await execute(returning(record))).toMatchObject({ outcome: "rejected", field: "state", sent: false });
      await execute(validation(record));
      for (const [productCode, quantity] of [
        [code(0), 3],
        ["NOT-IN-IT", 1],
      ] as const) {
        const posting = returning(record, [{ item: { productCode }, quantity }]);
        expect(await execute(posting)).toMatchObject({ outcome: "rejected", field: "quantities", sent: false });
      }
      expect(await movesBack(record)).toEqual([]);
    });

    it("makes none where somebody made one in Odoo, and none of a transfer that is gone", async () => {
      const { record } = await delivery(2);
      await execute(validation(record));
      await execute(returning(record, [{ item: { productCode: code(0) }, quantity: 1 }]));
      const posting = returning(record);
      expect(await execute(posting)).toMatchObject({ outcome: "accepted", sent: false });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
      expect(await movesBack(record)).toHaveLength(1);
      const gone = returning({ ...record, id: 99_999_999 });
      expect(await execute(gone)).toMatchObject({ outcome: "rejected", sent: false });
      expect(await verdict(gone)).toMatchObject({ verdict: "impossible" });
    });
  });

  describe("customer_invoice", () => {
    const invoicing = (record: RecordReference, orderId: number) =>
      request({ ...record, model: "sale.order", id: orderId }, { kind: "customer_invoice", pickingId: record.id });
    const invoicesOf = async (orderId: number) => {
      const [order] = await odoo.read("sale.order", [orderId], ["invoice_ids", "invoice_status"]);
      return { ids: idsOf(order?.invoice_ids), status: order?.invoice_status };
    };

    it("reads back for each of two transfers of a line whether it is invoiced, in the order in which they were done", async () => {
      await admin.write("product.product", [goods[0]?.id ?? 0], { invoice_policy: "delivery" });
      const { record, orderId } = await delivery(10);
      const half = { quantities: [{ item: { productCode: code(0) }, quantity: 5 }] };
      expect(await execute(validation(record, half))).toMatchObject({ outcome: "accepted" });
      const [rest] = await odoo.searchRead("stock.picking", [["backorder_id", "=", record.id]], ["name"]);
      const later = { ...record, id: rest?.id ?? 0 };
      const read = async () => {
        const held = await readHeld(odoo, [record.id, later.id], new Map());
        return [record, later].map(({ id }) => [held.get(id)?.invoiced, held.get(id)?.lines[0]?.invoiced]);
      };
      expect(await read()).toEqual([
        ["none", 0],
        ["none", 0],
      ]);
      expect(await execute(invoicing(record, orderId))).toMatchObject({ outcome: "accepted" });
      const first = [
        ["full", 5],
        ["none", 0],
      ];
      expect(await read()).toEqual(first);
      expect(await execute(validation(later))).toMatchObject({ outcome: "accepted" });
      expect(await read()).toEqual(first);
      expect(await execute(invoicing(later, orderId))).toMatchObject({ outcome: "accepted" });
      expect((await read()).map(([state]) => state)).toEqual(["full", "full"]);
      const back = { kind: "return_transfer" as const, quantities: [{ item: { productCode: code(0) }, quantity: 2 }] };
      expect(await execute(request(record, back))).toMatchObject({ outcome: "accepted" });
      expect((await read()).map(([state]) => state)).toEqual(["full", "full"]);
    });

    it("makes one draft of what was delivered, and nothing the second time", async () => {
      const { record, orderId } = await delivery(3, 2);
      const posting = invoicing(record, orderId);
      expect(await execute(posting)).toMatchObject({ outcome: "rejected", field: "state", sent: false });
      await execute(validation(record));
      expect(await verdict(posting)).toMatchObject({ verdict: "absent" });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted", sent: true });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted", sent: false });
      expect(await verdict(posting)).toMatchObject({
        verdict: "holds",
        found: { invoiced: [3, 2], toInvoice: [0, 0] },
      });
      const { ids, status } = await invoicesOf(orderId);
      expect(status).toBe("invoiced");
      const drafts = await odoo.read("account.move", ids, ["state", "move_type"]);
      expect(drafts).toMatchObject([{ state: "draft", move_type: "out_invoice" }]);
    });

    it("makes one when six send it at the same time", async () => {
      const { record, orderId } = await delivery(2);
      await execute(validation(record));
      const posting = invoicing(record, orderId);
      await Promise.all(Array.from({ length: 6 }, () => execute(posting)));
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
      expect((await invoicesOf(orderId)).ids).toHaveLength(1);
    });

    it("invoices a backorder by an invoice of its own, with the backorder's goods alone", async () => {
      await admin.write("product.product", [goods[0]?.id ?? 0], { invoice_policy: "delivery" });
      const { record, orderId } = await delivery(5);
      await execute(validation(record, { quantities: [{ item: { productCode: code(0) }, quantity: 3 }] }));
      await execute(invoicing(record, orderId));
      const [rest] = await odoo.searchRead("stock.picking", [["backorder_id", "=", record.id]], ["name"]);
      const backorder = { ...record, id: rest?.id ?? 0 };
      await execute(validation(backorder));
      const posting = invoicing(backorder, orderId);
      expect(await verdict(posting)).toMatchObject({ verdict: "absent", found: { toInvoice: [2] } });
      expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
      const { ids } = await invoicesOf(orderId);
      expect(ids).toHaveLength(2);
      const lines = await odoo.searchRead(
        "account.move.line",
        [
          ["move_id", "in", ids],
          ["product_id", "=", goods[0]?.id ?? 0],
        ],
        ["quantity"],
      );
      expect(lines.map((line) => line.quantity).sort()).toEqual([2, 3]);
    });

    it("has nothing to do where somebody invoiced the order in Odoo, and is impossible for a cancelled one", async () => {
      const { record, orderId } = await delivery(1);
      await execute(validation(record));
      await execute(invoicing(record, orderId));
      const later = invoicing(record, orderId);
      expect(await execute(later)).toMatchObject({ outcome: "accepted", sent: false });
      const gone = invoicing(record, 99_999_999);
      expect(await execute(gone)).toMatchObject({ outcome: "rejected", sent: false });
      expect(await verdict(gone)).toMatchObject({ verdict: "impossible" });
    });
  });

  describe("reading back", () => {
    it("judges many postings of all kinds in one go, each by its own record", async () => {
      const [one, other] = [await delivery(1), await delivery(1)];
      const done = note(one.record);
      await execute(done);
      const postings = [
        done,
        note(other.record),
        validation(one.record),
        request(other.record, { kind: "tracking_number", trackingReference: "T1", carrierId: null }),
        activity(other.record, "exc-0005", "open"),
      ];
      const verdicts = await readBack(odoo, postings);
      expect(postings.map((posting) => verdicts.get(posting.key)?.verdict)).toEqual([
        "holds",
        "absent",
        "absent",
        "absent",
        "absent",
      ]);
    });
  });

  describe("what is wrong in Odoo", () => {
    it("hides nobody else's postings where one is of a company that the user does not work for", async () => {
      const [one, other] = [await delivery(1), await delivery(1)];
      const number = (record: RecordReference) =>
        request(record, { kind: "tracking_number", trackingReference: "1Z-MINE", carrierId: null });
      const done = number(one.record);
      await execute(done);
      const foreign = number({ ...other.record, companyId: 99_999 });
      expect(await execute(foreign)).toMatchObject({ outcome: "rejected", failure: "access" });
      const unread = new Map<string, string>();
      const verdicts = await readBack(odoo, [done, foreign], unread);
      expect(verdicts.get(done.key)).toMatchObject({ verdict: "holds" });
      expect(verdicts.has(foreign.key)).toBe(false);
      expect(unread.get(foreign.key)).toMatch(/compan/i);
    });

    it("takes everything for a customer who was archived meanwhile", async () => {
      const [person] = await admin.create("res.partner", [{ name: `Archived ${randomUUID().slice(0, 8)}` }]);
      const order_line = [[0, 0, { product_id: goods[0]?.id ?? 0, product_uom_qty: 2 }]];
      const ids = await odoo.create("sale.order", [{ partner_id: person, order_line }]);
      await odoo.call({ model: "sale.order", method: "action_confirm", ids });
      const [row] = await odoo.searchRead("stock.picking", [["sale_id", "in", ids]], ["company_id"]);
      const id = row?.id ?? 0;
      const record: RecordReference = {
        connectionId: 1,
        model: "stock.picking",
        id,
        companyId: idOf(row?.company_id) ?? 0,
      };
      await admin.write("res.partner", [person ?? 0], { active: false });
      const postings = [
        request(record, { kind: "tracking_number", trackingReference: "ARCH-1", carrierId: null }),
        validation(record),
        note(record),
        request({ ...record, model: "sale.order", id: ids[0] ?? 0 }, { kind: "customer_invoice", pickingId: id }),
        request(record, { kind: "return_transfer", quantities: null }),
      ];
      for (const posting of postings) {
        expect(await execute(posting)).toMatchObject({ outcome: "accepted" });
        expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
      }
    });
  });

  describe("the poll", () => {
    const since = () => new Date(Date.now() - 2_000).toISOString().replace(/\.\d+Z$/, "Z");
    const options = (nowMs = Date.now()) => ({ overlapSeconds: 120, limit: 50, nowMs });

    it("brings a new order and its transfer in the shape that all versions share", async () => {
      const start = initialWatermarks(since());
      const { orderId, reference, record, name } = await delivery(2, 1);
      const changes = await fetchChanges(odoo, start, options());
      const sale = changes.orders.find((one) => one.id === orderId);
      expect(sale).toMatchObject({ state: "sale", clientOrderRef: reference, pickingIds: [record.id] });
      expect(sale?.lines.map((line) => [line.product?.code, line.ordered])).toEqual([
        [code(0), 2],
        [code(1), 1],
      ]);
      const picking = changes.pickings.find((one) => one.id === record.id);
      expect(picking).toMatchObject({
        name,
        state: "assigned",
        direction: "outgoing",
        sale: { id: orderId, clientOrderRef: reference },
        trackingReference: null,
        backorderOf: null,
        doneAt: null,
      });
      expect(picking?.partner?.countryCode).toMatch(/^[A-Z]{2}$/);
      expect(picking?.moves.map((move) => [move.product.code, move.demand, move.done, move.reserved])).toEqual([
        [code(0), 2, 0, 2],
        [code(1), 1, 0, 1],
      ]);
    });

    it("reads nothing twice but for one second look, and sees a change at once", async () => {
      const start = initialWatermarks(since());
      const { record } = await delivery(1);
      const at = Date.now();
      const first = await fetchChanges(odoo, start, options(at));
      expect(first.pickings.map((one) => one.id)).toContain(record.id);
      const second = await fetchChanges(odoo, first.next, options(at + 1_000));
      expect(second.pickings.map((one) => one.id)).not.toContain(record.id);
      const look = await fetchChanges(odoo, second.next, options(at + 20_000));
      expect(look.pickings.map((one) => one.id)).toContain(record.id);
      const quiet = await fetchChanges(odoo, look.next, options(at + 40_000));
      expect(quiet.pickings.map((one) => one.id)).not.toContain(record.id);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await odoo.write("stock.picking", [record.id], { carrier_tracking_ref: "SEEN-1" });
      const changed = await fetchChanges(odoo, quiet.next, options(at + 60_000));
      expect(changed.pickings.find((one) => one.id === record.id)?.trackingReference).toBe("SEEN-1");
    });

    it("brings a transfer of which only a move changed, though its own write_date stands still", async () => {
      const { record } = await delivery(3);
      const [before] = await odoo.read("stock.picking", [record.id], ["write_date"]);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const marks = (await fetchChanges(odoo, initialWatermarks(since()), { ...options(), overlapSeconds: 0 })).next;
      const [move] = await odoo.searchRead("stock.move", [["picking_id", "=", record.id]], ["state"]);
      await odoo.write("stock.move", [move?.id ?? 0], target.series >= 17 ? { picked: true } : { quantity_done: 3 });
      const changes = await fetchChanges(odoo, marks, { ...options(), overlapSeconds: 0 });
      expect((await odoo.read("stock.picking", [record.id], ["write_date"]))[0]).toEqual(before);
      const picking = changes.pickings.find((one) => one.id === record.id);
      expect(picking?.moves[0]).toMatchObject({ demand: 3, done: 3 });
    });

    it("tells what was done and from what a backorder came", async () => {
      const { record, name } = await delivery(5);
      await execute(validation(record, { quantities: [{ item: { productCode: code(0) }, quantity: 3 }] }));
      const [backorder] = await odoo.searchRead("stock.picking", [["backorder_id", "=", record.id]], ["name"]);
      const { pickings } = await fetchRecords(odoo, { pickings: [record.id, backorder?.id ?? 0] });
      const done = pickings.find((one) => one.id === record.id);
      expect(done).toMatchObject({ state: "done", doneAt: expect.stringMatching(/Z$/) });
      expect(done?.moves[0]).toMatchObject({ demand: 3, done: 3, state: "done" });
      const rest = pickings.find((one) => one.id === backorder?.id);
      expect(rest).toMatchObject({ backorderOf: { id: record.id, name }, trackingReference: null });
      expect(rest?.moves[0]).toMatchObject({ demand: 2, done: 0 });
    });

    it("names the transfers that bring goods back, though the returned one's write_date stands still", async () => {
      const { record, name } = await delivery(2);
      await execute(validation(record));
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const marks = (await fetchChanges(odoo, initialWatermarks(since()), { ...options(), overlapSeconds: 0 })).next;
      const [before] = (await fetchRecords(odoo, { pickings: [record.id] })).pickings;
      expect(before).not.toHaveProperty("returns");
      const fields = ["product_id", "product_uom", "location_id", "location_dest_id"];
      const [move] = await odoo.searchRead("stock.move", [["picking_id", "=", record.id]], fields);
      const [type] = await admin.searchRead("stock.picking.type", [["code", "=", "incoming"]], ["name"]);
      const places = { location_id: idOf(move?.location_dest_id), location_dest_id: idOf(move?.location_id) };
      const head = { ...places, picking_type_id: type?.id ?? 0, origin: `Return of ${name}` };
      const [returnId] = await admin.create("stock.picking", [head]);
      const back = {
        ...places,
        ...(target.series < 19 ? { name: "Return" } : {}),
        picking_id: returnId,
        product_id: idOf(move?.product_id),
        product_uom: idOf(move?.product_uom),
        product_uom_qty: 2,
        origin_returned_move_id: move?.id,
      };
      await admin.create("stock.move", [back]);
      const changes = await fetchChanges(odoo, marks, { ...options(), overlapSeconds: 0 });
      expect(changes.pickings.map((one) => one.id)).toEqual([record.id]);
      expect(changes.pickings[0]?.returns).toEqual([{ id: returnId, name: expect.any(String) }]);
    });

    describe("of a delivery in three steps", () => {
      /** Odoo makes all transfers at once up to 17, and each when the one before it is done since 18. */
      const isPushed = target.series >= 18;
      let warehouse: number;

      beforeAll(async () => {
        const known = await admin.searchRead("stock.warehouse", [["code", "=", "WPS3"]], ["name"]);
        const [company] = await odoo.searchRead("stock.warehouse", [], ["company_id"], { limit: 1, order: "id" });
        const values = { name: "Contract steps", code: "WPS3", delivery_steps: "pick_pack_ship" };
        const made = { ...values, company_id: idOf(company?.company_id) };
        warehouse = known[0]?.id ?? (await admin.create("stock.warehouse", [made]))[0] ?? 0;
      }, 60_000);

      async function inSteps(quantity: number, product = goods[0]) {
        const order_line = [[0, 0, { product_id: product?.id, product_uom_qty: quantity }]];
        const head = { partner_id: customer, warehouse_id: warehouse, order_line };
        const [orderId = 0] = await odoo.create("sale.order", [head]);
        await odoo.call({ model: "sale.order", method: "action_confirm", ids: [orderId] });
        return orderId;
      }
      async function validate(orderId: number, step: "PICK" | "PACK", quantity: number | null = null) {
        const domain: OdooDomain = [
          ["sale_id", "=", orderId],
          ["picking_type_id.sequence_code", "=", step],
          ["state", "=", "assigned"],
        ];
        const [row] = await odoo.searchRead("stock.picking", domain, ["name", "company_id"], { order: "id" });
        if (!row) throw new Error("no step is ready");
        const companyId = idOf(row.company_id) ?? 0;
        const record: RecordReference = { connectionId: 1, model: "stock.picking", id: row.id, companyId };
        const quantities = quantity === null ? null : [{ item: { productCode: code(0) }, quantity }];
        expect(await execute(validation(record, { quantities }))).toMatchObject({ outcome: "accepted" });
        return String(row.name);
      }
      const ofOrder = (changes: { pickings: { sale: { id: number } | null }[] }, orderId: number) =>
        changes.pickings.filter(({ sale }) => sale?.id === orderId) as OdooPickingRecord[];
      const stepsOf = (picking: OdooPickingRecord | undefined) =>
        picking?.steps?.map(({ kind, state, doneAt }) => `${kind} ${state === "done" && doneAt ? "done" : "open"}`);
      const poll = async (marks: Watermarks) => fetchChanges(odoo, marks, { ...options(), overlapSeconds: 0 });
      const pause = () => new Promise((resolve) => setTimeout(resolve, 1_100));

      it("tells of the steps with the transfer that ships, each as soon as it changes, and never brings one by itself", async () => {
        const fresh = initialWatermarks(since());
        const orderId = await inSteps(2);
        const first = await poll(fresh);
        const [outgoing] = ofOrder(first, orderId);
        expect(ofOrder(first, orderId)).toHaveLength(isPushed ? 0 : 1);
        expect(first.orders.find(({ id }) => id === orderId)?.pickingIds).toHaveLength(isPushed ? 0 : 1);
        if (!isPushed) expect(stepsOf(outgoing)?.sort()).toEqual(["pack open", "pick open"]);
        await pause();
        const pick = await validate(orderId, "PICK");
        const second = await poll(first.next);
        expect(ofOrder(second, orderId)).toHaveLength(isPushed ? 0 : 1);
        if (!isPushed) expect(stepsOf(ofOrder(second, orderId)[0])?.sort()).toEqual(["pack open", "pick done"]);
        await pause();
        const pack = await validate(orderId, "PACK");
        const third = await poll(second.next);
        const [ready] = ofOrder(third, orderId);
        expect(ready).toMatchObject({ direction: "outgoing", state: "assigned" });
        expect(stepsOf(ready)?.sort()).toEqual(["pack done", "pick done"]);
        expect(ready?.steps?.map(({ name }) => name).sort()).toEqual([pick, pack].sort());
        expect(third.pickings.every(({ direction }) => direction === "outgoing")).toBe(true);
        // the order comes along: since 18 its transfer is younger than anything that was written on it
        expect(third.orders.find(({ id }) => id === orderId)?.pickingIds).toEqual([ready?.id]);
      });

      it.runIf(!isPushed)("is not validated while its stock has not come from the pick", async () => {
        const orderId = await inSteps(2, goods[2]);
        const shipping: OdooDomain = [
          ["sale_id", "=", orderId],
          ["picking_type_id.code", "=", "outgoing"],
        ];
        const [row] = await odoo.searchRead("stock.picking", shipping, ["company_id", "state"]);
        expect(row?.state).toBe("waiting");
        const companyId = idOf(row?.company_id) ?? 0;
        const record: RecordReference = { connectionId: 1, model: "stock.picking", id: row?.id ?? 0, companyId };
        const early = await execute(
          validation(record, { quantities: [{ item: { productCode: code(2) }, quantity: 2 }] }),
        );
        expect(early).toMatchObject({ outcome: "rejected", reason: expect.stringMatching(/waits for another/) });
        const [after] = await odoo.searchRead("stock.picking", shipping, ["state"]);
        expect(after?.state).toBe("waiting");
      });

      it("keeps both parts of a step that was done in part, and those that leave in one step have none", async () => {
        const orderId = await inSteps(5);
        await validate(orderId, "PICK", 3);
        await validate(orderId, "PACK", 3);
        const shipping: OdooDomain = [
          ["sale_id", "=", orderId],
          ["picking_type_id.code", "=", "outgoing"],
        ];
        const outgoing = await odoo.searchRead("stock.picking", shipping, ["name"], { order: "id" });
        const { record: plain } = await delivery(1);
        const { pickings } = await fetchRecords(odoo, { pickings: [outgoing[0]?.id ?? 0, plain.id] });
        const steps = stepsOf(pickings.find(({ id }) => id === outgoing[0]?.id));
        expect(steps?.filter((step) => step.startsWith("pick")).sort()).toEqual(
          isPushed ? ["pick done"] : ["pick done", "pick open"],
        );
        expect(pickings.find(({ id }) => id === plain.id)).not.toHaveProperty("steps");
      });
    });

    it("goes on where a short poll stopped, and misses nothing", async () => {
      const start = initialWatermarks(since());
      const made = [await delivery(1), await delivery(1), await delivery(1), await delivery(1)];
      const seen = new Set<number>();
      let marks = start;
      for (let round = 0; round < 40; round++) {
        const changes = await fetchChanges(odoo, marks, { overlapSeconds: 0, limit: 2, most: 2, nowMs: Date.now() });
        for (const picking of changes.pickings) seen.add(picking.id);
        marks = changes.next;
        if (!changes.more) break;
      }
      for (const { record } of made) expect(seen).toContain(record.id);
    });

    it("counts what a first reading will find", async () => {
      const before = await countWatched(odoo);
      await delivery(1);
      expect((await countWatched(odoo)).pickings).toBeGreaterThan(before.pickings - 1);
      expect(before.orders).toBeGreaterThanOrEqual(0);
    });

    it("notices a transfer that was deleted, and none that is there", async () => {
      const [gone, stays] = [await delivery(1), await delivery(1)];
      await odoo.call({ model: "stock.picking", method: "action_cancel", ids: [gone.record.id] });
      const unlink = { model: "stock.picking", method: "unlink", ids: [gone.record.id] };
      expect((await failureOf(odoo.call(unlink))).kind).toBe("access");
      await admin.call(unlink);
      const open = [gone, stays].map(({ record, name }) => ({
        model: "stock.picking" as const,
        id: record.id,
        name,
        companyId: record.companyId,
      }));
      const deleted = await fetchDeleted(odoo, open, Date.now());
      expect(deleted).toMatchObject([{ deletedModel: "stock.picking", id: gone.record.id, name: gone.name }]);
      // of a company that the user cannot see, nobody can say so
      const hidden = open.map((record) => ({ ...record, companyId: 999_999 }));
      expect(await fetchDeleted(odoo, hidden, Date.now())).toEqual([]);
    });
  });

  describe("freight bills", () => {
    let carrier: number;
    let company = 1;
    beforeAll(async () => {
      company = (await delivery(1)).record.companyId;
      const name = `Contract carrier ${randomUUID().slice(0, 8)}`;
      carrier = (await admin.create("res.partner", [{ name, is_company: true }]))[0] ?? 0;
    });
    const original = Buffer.from("ISA*00*an original~");
    type Bill = Extract<DesiredPosting, { kind: "vendor_bill" }>;
    const bill = (over: Partial<Bill> = {}, companyId = 0): PostingRequest => {
      const reference = over.reference ?? `INV-${randomUUID().slice(0, 8)}`;
      const desired: Bill = {
        kind: "vendor_bill",
        partnerId: carrier,
        productId: null,
        reference,
        invoiceDate: "2026-11-20",
        dueDate: "2026-12-20",
        currency: "USD",
        total: "1250.50",
        lines: [
          { name: "base", label: `Freight, ${reference}`, amount: "1200.00" },
          { name: "fuel", label: `Fuel surcharge, ${reference}`, amount: "100.50" },
          { name: "discount", label: `Discount, ${reference}`, amount: "-50.00" },
        ],
        document: {
          documentId: "d",
          fileName: "bill.edi",
          mimeType: "application/edi-x12",
          sha1: sha1(original),
          byteLength: original.byteLength,
        },
        ...over,
      };
      const id = randomUUID();
      const record = { connectionId: 1, model: "account.move" as const, id: 1, companyId: companyId || company };
      return { key: `vendor_bill-1-${id}`, correlationId: `corr-${id}`, record, desired };
    };
    const billsOf = (request: PostingRequest) =>
      odoo.searchRead(
        "account.move",
        [["ref", "=", (request.desired as Bill).reference]],
        ["state", "amount_untaxed", "amount_total", "invoice_line_ids", "invoice_date", "move_type", "partner_id"],
      );

    it("becomes one draft with a line for each charge, without taxes of its own, the original attached", async () => {
      const posting = bill();
      expect(await execute(posting, original)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds", found: { lines: 3, amountUntaxed: 1250.5 } });
      const [row, ...more] = await billsOf(posting);
      expect(more).toEqual([]);
      expect(row).toMatchObject({
        state: "draft",
        move_type: "in_invoice",
        amount_untaxed: 1250.5,
        amount_total: 1250.5,
      });
      expect(await execute(posting, original)).toMatchObject({ outcome: "accepted", request: [] });
      expect(idsOf((await billsOf(posting))[0]?.invoice_line_ids)).toHaveLength(3);
    });

    it("is one bill with three lines and one original, however many send it at once", async () => {
      const posting = bill();
      const attempts = await Promise.all(Array.from({ length: 5 }, () => execute(posting, original)));
      expect(attempts.some(({ outcome }) => outcome === "accepted")).toBe(true);
      // those that lost come again, as the sender does
      await execute(posting, original);
      const rows = await billsOf(posting);
      expect(rows).toHaveLength(1);
      expect(idsOf(rows[0]?.invoice_line_ids)).toHaveLength(3);
      expect(rows[0]?.amount_untaxed).toBe(1250.5);
      const files = await odoo.searchRead(
        "ir.attachment",
        [
          ["res_model", "=", "account.move"],
          ["res_id", "=", rows[0]?.id ?? 0],
          ["checksum", "=", sha1(original)],
        ],
        ["name"],
      );
      expect(files).toHaveLength(1);
      expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
    });

    it("is refused where somebody has entered the same bill by hand", async () => {
      const posting = bill();
      const { reference } = posting.desired as Bill;
      await odoo.create(
        "account.move",
        [{ move_type: "in_invoice", partner_id: carrier, ref: reference, invoice_date: "2026-11-19" }],
        { allowed_company_ids: [company], default_move_type: "in_invoice" },
      );
      expect(await execute(posting, original)).toMatchObject({
        outcome: "rejected",
        field: "ref",
        reason: expect.stringContaining("already; Waypost did not make it"),
      });
      expect(await billsOf(posting)).toHaveLength(1);
    });

    it("is refused for a partner that is archived, or that is not there", async () => {
      const [archived] = await admin.create("res.partner", [{ name: "Contract carrier of old", is_company: true }]);
      await admin.write("res.partner", [archived ?? 0], { active: false });
      expect(await execute(bill({ partnerId: archived ?? 0 }), original)).toMatchObject({
        outcome: "rejected",
        reason: expect.stringContaining("is archived in Odoo"),
      });
      expect(await execute(bill({ partnerId: 99_999_999 }), original)).toMatchObject({
        outcome: "rejected",
        reason: "The carrier's partner is no longer in Odoo.",
      });
    });

    it("is refused in words for a currency that Odoo does not know", async () => {
      expect(await execute(bill({ currency: "ZZZ" }), original)).toMatchObject({
        outcome: "rejected",
        reason: expect.stringContaining("base.ZZZ"),
      });
    });

    it("stays as it is once somebody has posted it, and still holds", async () => {
      const posting = bill();
      await execute(posting, original);
      const [row] = await billsOf(posting);
      if (target.name.startsWith("sandbox")) await admin.write("account.move", [row?.id ?? 0], { state: "posted" });
      else
        await odoo.call({
          model: "account.move",
          method: "action_post",
          ids: [row?.id ?? 0],
          context: { allowed_company_ids: [company] },
        });
      expect(await execute(posting, original)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(posting)).toMatchObject({ verdict: "holds", found: { state: "posted", lines: 3 } });
    });

    it("takes a credit with positive amounts", async () => {
      const posting = bill({ total: "75.00", lines: [{ name: "base", label: "Freight", amount: "75.00" }] });
      const credit = { ...posting, desired: { ...posting.desired, kind: "vendor_credit" } as DesiredPosting };
      expect(await execute(credit, original)).toMatchObject({ outcome: "accepted" });
      expect(await billsOf(posting)).toMatchObject([{ move_type: "in_refund", amount_untaxed: 75 }]);
      expect(await verdict(credit)).toMatchObject({ verdict: "holds" });
    });

    it("writes the real cost on the transfer, and on the delivery line only where wanted", async () => {
      const { record } = await delivery(1);
      const cost = request(record, { kind: "freight_cost", price: "19.99", currency: "USD", onOrder: false });
      expect(await verdict(cost)).toMatchObject({ verdict: "absent" });
      expect(await execute(cost)).toMatchObject({ outcome: "accepted" });
      expect(await verdict(cost)).toMatchObject({ verdict: "holds", found: { carrierPrice: 19.99 } });
      expect(await execute(cost)).toMatchObject({ outcome: "accepted", request: [] });
    });

    const landed = (record: RecordReference): PostingRequest => ({
      key: `landed_cost-1-${randomUUID()}`,
      correlationId: "corr-landed",
      record: { ...record, model: "stock.landed.cost", id: 1 },
      desired: {
        kind: "landed_cost",
        pickingIds: [record.id],
        productId: goods[0]?.id ?? 0,
        reference: "INV-1",
        amount: "12.00",
      },
    });

    it("says in words that the user may not make landed costs, or that Odoo has none", async () => {
      const attempt = await execute(landed((await delivery(1)).record));
      expect(attempt.outcome).toBe("rejected");
      expect(attempt.reason).toMatch(/may not|not allowed|no landed costs|not have the right/i);
    });

    it("makes one draft landed cost with its line for a user who may, also where it was cut off between the two", async () => {
      const posting = landed((await delivery(1)).record);
      const said = async () => (await readBack(admin, [posting])).get(posting.key);
      expect(await said()).toMatchObject({ verdict: "absent" });
      const head = {
        fields: ["id", "picking_ids/.id", "description"],
        data: [
          [
            externalId(posting.key),
            String((posting.desired as { pickingIds: number[] }).pickingIds[0]),
            externalId(posting.key),
          ],
        ],
      };
      await admin.call({ model: "stock.landed.cost", method: "load", args: head });
      expect(await said()).toMatchObject({ verdict: "absent", reason: expect.stringMatching(/without its line/) });
      expect(await execute(posting, null, admin)).toMatchObject({ outcome: "accepted" });
      expect(await said()).toMatchObject({ verdict: "holds", found: { state: "draft", lines: 1, amount: 12 } });
      expect(await execute(posting, null, admin)).toMatchObject({ outcome: "accepted", request: [] });
      const again = landed(posting.record);
      const whole = { ...again, desired: posting.desired };
      expect(await execute(whole, null, admin)).toMatchObject({ outcome: "accepted" });
      const rows = await admin.searchRead(
        "stock.landed.cost",
        [["description", "in", [externalId(posting.key), externalId(whole.key)]]],
        ["amount_total"],
      );
      expect(rows.map((row) => row.amount_total)).toEqual([12, 12]);
    });

    it.runIf(!target.name.startsWith("sandbox"))(
      "is refused in words in a company without a journal for bills",
      async () => {
        const journals = await odoo.searchRead("account.journal", [["type", "=", "purchase"]], ["company_id"]);
        const companies = await odoo.searchRead("res.company", [], ["name"]);
        const without = companies.find(({ id }) => !journals.some((row) => idOf(row.company_id) === id));
        if (!without) return;
        const attempt = await execute(bill({}, without.id), original);
        expect(attempt.outcome).toBe("rejected");
        expect(attempt.reason).toMatch(/journal/i);
      },
    );

    it.runIf(!target.name.startsWith("sandbox"))("is taken for a locked period, and dated outside of it", async () => {
      const [found] = await admin.read("res.company", [company], ["fiscalyear_lock_date"]);
      const lock = (until: unknown) => admin.write("res.company", [company], { fiscalyear_lock_date: until });
      await lock("2015-12-31");
      try {
        const posting = bill({ invoiceDate: "2015-12-15", dueDate: "2016-01-15" });
        expect(await execute(posting, original)).toMatchObject({ outcome: "accepted" });
        const [row] = await odoo.searchRead(
          "account.move",
          [["ref", "=", (posting.desired as Bill).reference]],
          ["date", "invoice_date"],
        );
        expect(row?.invoice_date).toBe("2015-12-15");
        expect(String(row?.date) > "2015-12-31").toBe(true);
        expect(await verdict(posting)).toMatchObject({ verdict: "holds" });
      } finally {
        await lock(found?.fiscalyear_lock_date ?? false);
      }
    });
  });
});
