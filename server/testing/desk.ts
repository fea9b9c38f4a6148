import { v7 } from "uuid";
import type { ExceptionKind } from "@/core/exceptions/kinds";
import type { Thresholds } from "@/core/exceptions/thresholds";
import type { PostingKind } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import type { PersonActor } from "../access/actor";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import { Leadership } from "../jobs/leadership";
import { receive } from "../messages/receive";
import { OdooClients } from "../odoo/clients";
import { pollDue, sendDue } from "../odoo/work";
import { type Worker, workDue } from "../pipeline/work";
import { makeSender } from "../postings/sender-state";
import { seal } from "../seal";
import { sendScan } from "./scans";
import { workRuns } from "./work-runs";
import { makeTestContext, makeTestFeed, type TestFeed } from "./workspace";

/** A sandbox Odoo, a carrier, a warehouse that drops CSV files, and a person: what a story about mending a cause needs. */
export type Desk = {
  database: TestDatabase;
  ctx: Context;
  sandbox: Sandbox;
  /** The same Odoo as its own people see it. */
  odoo: OdooClient;
  carrier: TestFeed<"easypost">;
  warehouse: TestFeed<"csv">;
  person: PersonActor;
  worker: Worker;
  /** Polls, interprets and posts until nothing is left to do. */
  settle: () => Promise<void>;
  /** Confirms an order in Odoo; answers with its shipment and its transfer. */
  order: (
    reference: string,
    wish?: { partnerId?: number },
  ) => Promise<{ shipmentId: string; picking: string; pickingId: number }>;
  /** Changes a record in Odoo as its own people do, and waits until the poll has read it. */
  inOdoo: (model: string, id: number, vals: Record<string, unknown>) => Promise<void>;
  /** Drops a file of the warehouse: rows of columns. */
  drop: (...rows: Record<string, string>[]) => Promise<string>;
  scan: (code: string, status: string, minutesAgo: number) => Promise<string>;
  /** Exceptions of a shipment (or of all) that are not resolved. */
  standing: (shipmentId: string | null, kind: ExceptionKind) => Promise<{ id: string; text: string; evidence: Json }[]>;
  /** Works a run to its end. */
  run: (id: string) => Promise<Record<string, unknown>>;
  end: () => Promise<void>;
};

const never = new AbortController().signal;

/** What the connection posts; a return of Waypost's own would announce the goods that come back. */
const POSTED = [
  "tracking_number",
  "transfer_validated",
  "status_note",
  "proof_of_delivery",
  "exception_activity",
] as const satisfies readonly PostingKind[];

/** Column name -> what it gives; every file of the warehouse is read by it. */
const COLUMNS = [
  { column: "order", gives: "reference", kind: "customer_po" },
  { column: "shipment", gives: "reference", kind: "wms_shipment" },
  { column: "transfer", gives: "reference", kind: "odoo_picking" },
  { column: "tracking", gives: "reference", kind: "tracking_number" },
  { column: "carrier", gives: "text", attribute: "carrier" },
  { column: "warehouse", gives: "text", attribute: "warehouse" },
  { column: "status", gives: "status" },
  { column: "at", gives: "time", order: "ymd" },
  { column: "code", gives: "code" },
  { column: "message", gives: "description" },
  { column: "label street", gives: "address", part: "street", of: "label" },
  { column: "label zip", gives: "address", part: "zip", of: "label" },
  { column: "label city", gives: "address", part: "city", of: "label" },
  { column: "label country", gives: "address", part: "country", of: "label" },
  { column: "ship by", gives: "date", attribute: "promised_dispatch_at", order: "ymd" },
  { column: "deliver by", gives: "date", attribute: "promised_delivery_at", order: "ymd" },
  { column: "eta", gives: "date", attribute: "eta", order: "ymd" },
  { column: "sku", gives: "product" },
  { column: "shipped", gives: "done" },
];

export async function makeDesk(label: string, thresholds: Partial<Thresholds> = {}): Promise<Desk> {
  const database = await testDatabase(label);
  const sandbox = await startSandboxOdoo({ port: 0, version: "19", seed: false });
  const odoo = await createOdooClient({ url: sandbox.url, db: sandbox.db, login: "admin", key: sandbox.adminKey });
  const ctx = makeTestContext(database);
  const leadership = new Leadership(ctx);
  const clients = new OdooClients();
  const sender = makeSender("test", 1, clients);
  const polls = new Map();
  const worker: Worker = { slot: 0, environment: undefined };
  const carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  const mapping = { delimiter: ",", columns: COLUMNS } as unknown as Json;
  const warehouse = await makeTestFeed(ctx, {
    slug: "warehouse",
    adapter: "csv",
    class: "warehouse",
    settings: { mapping },
  });
  const kinds = Object.fromEntries(POSTED.map((kind) => [kind, "on"]));
  await ctx.sql`insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since, poll_seconds, timeout_ms, settle_ms)
    values ('Sandbox', ${sandbox.url}, ${sandbox.db}, ${sandbox.login}, ${seal(ctx.config.secretKey, sandbox.key)}, '', false, ${ctx.sql.json(kinds)}, now(), 0, 2000, 500)`;
  const person: PersonActor = { kind: "person", id: v7(), name: "Sam Support", role: "support" };
  await ctx.sql`insert into person (id, name, email, role, state) values (${person.id}, ${person.name}, ${`${label}@example.com`}, 'support', 'active')`;
  await ctx.sql`insert into setting (name, value) values ('thresholds', ${ctx.sql.json(thresholds)})`;
  let dropped = 0;

  const settle = async () => {
    for (let round = 0; round < 40; round++) {
      await pollDue(ctx, clients, leadership, polls);
      const worked = await workDue(ctx, worker, never);
      const sent = await sendDue(ctx, sender, leadership, never);
      if (worked === 0 && !sent) return;
    }
  };
  await settle();
  return {
    database,
    ctx,
    sandbox,
    odoo,
    carrier,
    warehouse,
    person,
    worker,
    settle,
    order: async (reference, wish = {}) => {
      const { pickings } = sandbox.order({ clientOrderRef: reference, ...wish });
      await settle();
      const [row] = await ctx.sql<{ id: string }[]>`
        select shipment_id as id from reference where kind = 'customer_po' and said = ${reference}`;
      const picking = pickings[0];
      if (!row || !picking) throw new Error(`the order ${reference} became no shipment`);
      return { shipmentId: row.id, picking: picking.name, pickingId: picking.id };
    },
    inOdoo: async (model, id, vals) => {
      const read = async () => {
        await settle();
        const [row] = await ctx.sql<
          { n: number }[]
        >`select count(*)::int as n from message m join feed f on f.id = m.feed_id where f.class = 'odoo'`;
        return row?.n ?? 0;
      };
      const before = await read();
      // Odoo dates its writes to the second: one in the second of the last reading is read with the next poll but one
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await odoo.call({ model, method: "write", ids: [id], args: { vals } });
      for (let round = 0; round < 50; round++) {
        if ((await read()) > before) return;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      throw new Error(`the poll never saw ${model} ${id}`);
    },
    drop: async (...rows) => {
      const header = COLUMNS.map(({ column }) => column);
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const lines = [header, ...rows.map((row) => header.map((name) => row[name] ?? ""))];
      const bytes = Buffer.from(lines.map((line) => line.map(quoted).join(",")).join("\n"));
      const [kept] = await receive(ctx, [
        {
          feed: warehouse,
          bytes,
          contentType: "text/csv",
          headers: null,
          name: `drop-${++dropped}.csv`,
          correlationId: `drop-${dropped}`,
          verdict: "unsigned",
        },
      ]);
      if (!kept?.ok) throw kept?.error ?? new Error("not stored");
      await settle();
      return kept.receipt;
    },
    scan: async (code, status, minutesAgo) => {
      const receipt = await sendScan(ctx, carrier, { id: v7(), code, status, minutesAgo });
      await settle();
      return receipt;
    },
    standing: async (shipmentId, kind) =>
      ctx.sql<{ id: string; text: string; evidence: Json }[]>`select id, text, evidence from exception
        where kind = ${kind} and state <> 'resolved' and (${shipmentId}::uuid is null or shipment_id = ${shipmentId}::uuid) order by opened_at`,
    run: async (id) => {
      await workRuns(ctx, worker, clients);
      const [run] = await ctx.sql`select state, total, processed, changed, failed from run where id = ${id}`;
      return { ...run };
    },
    end: async () => {
      await leadership.release();
      await sandbox.close();
      await database.drop();
    },
  };
}
