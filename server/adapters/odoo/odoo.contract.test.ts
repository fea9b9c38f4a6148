import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DesiredPosting, PostingRequest, RecordReference } from "@/core/postings/desired";
import { startSandboxOdoo } from "@/e2e/odoo/server";
import { idOf, idsOf, linkOf, type OdooDomain, type OdooRow } from "./call";
import { createOdooClient, discoverServer, type OdooClient, type OdooSettings } from "./client";
import { testConnection } from "./connection-test";
import { OdooFailure, type OdooFailureKind } from "./errors";
import { executePosting, readBack } from "./execute";
import { fetchChanges, fetchDeleted, fetchRecords } from "./poll";
import { noteMessageId } from "./postings/status-note";
import { initialWatermarks } from "./watermark";

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

const TARGETS: Target[] = [sandbox("19"), sandbox("14"), ...real("19"), ...real("14")];

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

    it("notices a transfer that was deleted, and none that is there", async () => {
      const [gone, stays] = [await delivery(1), await delivery(1)];
      await odoo.call({ model: "stock.picking", method: "action_cancel", ids: [gone.record.id] });
      const unlink = { model: "stock.picking", method: "unlink", ids: [gone.record.id] };
      expect((await failureOf(odoo.call(unlink))).kind).toBe("access");
      await admin.call(unlink);
      const open = [gone, stays].map(({ record, name }) => ({ model: "stock.picking" as const, id: record.id, name }));
      const deleted = await fetchDeleted(odoo, open, Date.now());
      expect(deleted).toMatchObject([{ deletedModel: "stock.picking", id: gone.record.id, name: gone.name }]);
    });
  });
});
