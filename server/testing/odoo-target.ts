import postgres from "postgres";
import { OPT_IN_KINDS, POSTING_KINDS } from "@/core/postings/kinds";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import type { OdooDomain } from "../adapters/odoo/call";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import { seal } from "../seal";

/** An Odoo under a fault test: the sandbox, or a real one that the environment names. */
export type OdooTarget = {
  label: string;
  url: string;
  db: string;
  login: string;
  key: string;
  client: OdooClient;
  sandbox: Sandbox | null;
  /** Makes confirmed orders with one transfer each. */
  orders: (references: readonly string[]) => Promise<void>;
  /**
   * Lets changes commit only when released: the sandbox takes them and never answers, a real Odoo waits for a lock in its own database, as
   * behind a long transaction of somebody else. null where this target cannot.
   */
  stall: ((ms: number) => Promise<() => Promise<void>>) | null;
  close: () => Promise<void>;
};

export async function sandboxTarget(version: "19" | "14" = "19"): Promise<OdooTarget> {
  const sandbox = await startSandboxOdoo({ port: 0, version, seed: false });
  const { url, db, login, key } = sandbox;
  return {
    label: `sandbox ${version}`,
    url,
    db,
    login,
    key,
    sandbox,
    client: await createOdooClient({ url, db, login, key }),
    orders: async (references) => {
      for (const clientOrderRef of references) sandbox.order({ clientOrderRef });
    },
    stall: async (ms) => {
      await sandbox.setMode({ mode: "accept_then_hang", delayMs: ms });
      return () => sandbox.setMode({ mode: "ok" });
    },
    close: sandbox.close,
  };
}

/** The real Odoo of a version that `WAYPOST_TEST_ODOO19_URL` and its like name; null, said aloud, where there is none. */
export async function realTarget(version: "19" | "14"): Promise<OdooTarget | null> {
  const env = (name: string) => process.env[`WAYPOST_TEST_ODOO${version}_${name}`] ?? "";
  const [url, db, login, key] = [env("URL"), env("DB"), env("LOGIN"), env("KEY")];
  if (url === "") {
    console.warn(`NO REAL ODOO ${version} HERE: its part of this fault test does not run.`);
    return null;
  }
  const client = await createOdooClient({ url, db, login, key });
  const pgUrl = env("PG_URL");
  return {
    label: `odoo ${version}`,
    url,
    db,
    login,
    key,
    client,
    sandbox: null,
    orders: (references) => confirmOrders(client, references),
    stall: pgUrl === "" ? null : () => lockTables(pgUrl),
    close: async () => {},
  };
}

/** The same Odoo with its administrator's key, who may do what the integration user may not. */
export async function asAdmin(target: OdooTarget): Promise<OdooTarget> {
  const env = (name: string) => process.env[`WAYPOST_TEST_ODOO${target.client.server.series}_${name}`] ?? "";
  const { url, db } = target;
  const [login, key] = target.sandbox ? ["admin", target.sandbox.adminKey] : [env("ADMIN_LOGIN"), env("ADMIN_KEY")];
  return { ...target, login, key, client: await createOdooClient({ url, db, login, key }) };
}

async function confirmOrders(client: OdooClient, references: readonly string[]): Promise<void> {
  const [partner] = await client.searchRead("res.partner", [["is_company", "=", true]], ["id"], { limit: 1 });
  const domain: OdooDomain = [
    ["type", "=", "consu"],
    ["sale_ok", "=", true],
    ...(client.server.series >= 18 ? [["is_storable", "=", false] as const] : []),
  ];
  // the demo data of 14 has no consumable: then what is in stock
  const inStock: OdooDomain = [
    ["sale_ok", "=", true],
    ["qty_available", ">", 20],
  ];
  const [consumable] = await client.searchRead("product.product", domain, ["id"], { limit: 1 });
  const [product] = consumable
    ? [consumable]
    : await client.searchRead("product.product", inStock, ["id"], { limit: 1 });
  const order_line = [[0, 0, { product_id: product?.id, product_uom_qty: 1 }]];
  for (let at = 0; at < references.length; at += 20) {
    const values = references
      .slice(at, at + 20)
      .map((client_order_ref) => ({ partner_id: partner?.id, client_order_ref, order_line }));
    const ids = await client.create("sale.order", values);
    await client.call({ model: "sale.order", method: "action_confirm", ids });
  }
}

/** Holds what postings write to, so that Odoo's transactions wait; reading goes on. */
async function lockTables(url: string): Promise<() => Promise<void>> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let locked = () => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const held = sql.begin(async (tx) => {
    await tx`lock table stock_picking, mail_message, ir_attachment, mail_activity in exclusive mode`;
    locked();
    await released;
  });
  await Promise.race([isLocked, held]);
  return async () => {
    release();
    await held;
    await sql.end();
  };
}

const ALL_ON = Object.fromEntries(POSTING_KINDS.filter((kind) => !OPT_IN_KINDS.has(kind)).map((kind) => [kind, "on"]));

/** Connects a test's workspace to a target with every kind switched on; `url` where something stands between. */
export async function connectTarget(
  ctx: Context,
  target: OdooTarget,
  settings: {
    url?: string;
    timeoutMs?: number;
    settleMs?: number;
    ratePerSecond?: number;
    concurrency?: number;
    pollSeconds?: number;
  } = {},
): Promise<number> {
  const { url = target.url, timeoutMs = 3000, settleMs = 3000, ratePerSecond = 200 } = settings;
  const [row] = await ctx.sql<{ id: number }[]>`
    insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since, poll_seconds, timeout_ms,
      settle_ms, rate_per_second, concurrency)
    values ('Odoo', ${url}, ${target.db}, ${target.login}, ${seal(ctx.config.secretKey, target.key)}, '', false, ${ctx.sql.json(ALL_ON)},
      now() - interval '1 minute', ${settings.pollSeconds ?? 1}, ${timeoutMs}, ${settleMs}, ${ratePerSecond}, ${settings.concurrency ?? 4})
    returning id`;
  if (!row) throw new Error("no connection was made");
  return row.id;
}
