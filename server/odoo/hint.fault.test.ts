import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import { connectTarget, type OdooTarget, realTarget } from "../testing/odoo-target";
import { until } from "../testing/story";
import { makeTestContext } from "../testing/workspace";
import { hintSecret, makeHints } from "./hint";

/** The webhook of a real Odoo 19 (module base_automation), set up as the screen says. Nothing runs where no real Odoo is at hand. */
const target: OdooTarget | null = await realTarget("19");
const adminKey = process.env.WAYPOST_TEST_ODOO19_ADMIN_KEY ?? "";
const runs = target !== null && adminKey !== "";

let database: TestDatabase;
let ctx: Context;
let door: Server;
let admin: OdooClient;
let automation: number[] = [];
const asked: string[] = [];

beforeAll(async () => {
  if (!runs || target === null) return;
  database = await testDatabase("hint");
  ctx = makeTestContext(database);
  const connectionId = await connectTarget(ctx, target);
  const take = makeHints(ctx);
  door = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    request.resume();
    asked.push(url.pathname);
    void take(Number(url.pathname.split("/")[3]), url.searchParams.get("secret") ?? "").then(({ status }) => {
      response.writeHead(status);
      response.end();
    });
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const { port } = door.address() as AddressInfo;
  admin = await createOdooClient({ url: target.url, db: target.db, login: "admin", key: adminKey });
  await installed("base_automation");
  const model = await idOf("ir.model", [["model", "=", "stock.picking"]]);
  const field = await idOf("ir.model.fields", [
    ["model", "=", "stock.picking"],
    ["name", "=", "carrier_tracking_ref"],
  ]);
  const secret = hintSecret(ctx.config.secretKey, connectionId, 1);
  automation = await admin.create("base.automation", [
    {
      name: "Waypost hint (test)",
      model_id: model,
      trigger: "on_create_or_write",
      trigger_field_ids: [[6, 0, [field]]],
      action_server_ids: [
        [
          0,
          0,
          {
            name: "Waypost hint (test)",
            model_id: model,
            state: "webhook",
            usage: "base_automation",
            webhook_url: `http://127.0.0.1:${port}/api/odoo/${connectionId}/hint?secret=${secret}`,
          },
        ],
      ],
    },
  ]);
}, 120_000);

afterAll(async () => {
  if (automation.length > 0) await admin.call({ model: "base.automation", method: "unlink", ids: automation });
  door?.close();
  await database?.drop();
});

async function idOf(model: string, domain: Parameters<OdooClient["searchRead"]>[1]): Promise<number> {
  const [row] = await admin.searchRead(model, domain, ["id"], { limit: 1 });
  if (!row) throw new Error(`no ${model}`);
  return row.id;
}

async function installed(name: string): Promise<void> {
  const [module] = await admin.searchRead("ir.module.module", [["name", "=", name]], ["state"]);
  if (module?.state === "installed") return;
  await admin.call({ model: "ir.module.module", method: "button_immediate_install", ids: [module?.id as number] });
}

test.skipIf(!runs)(
  "a change in a real Odoo 19 asks for a look within seconds, through Odoo's own webhook",
  async () => {
    const woken: string[] = [];
    const { unlisten } = await ctx.sql.listen("waypost_odoo_hint", (id) => woken.push(id));
    const tag = `PO-HINT-${Date.now()}`;
    await target?.orders([tag]);
    const [order] = await admin.searchRead("sale.order", [["client_order_ref", "=", tag]], ["picking_ids"]);
    const [picking] = (order?.picking_ids ?? []) as [number];
    const before = asked.length;
    await admin.write("stock.picking", [picking], { carrier_tracking_ref: `HINT-${picking}` });
    await until("Odoo asked", 10_000, async () => asked.length > before && woken.length > 0);
    expect(asked.at(-1)).toMatch(/^\/api\/odoo\/\d+\/hint$/);
    const [row] = await ctx.sql`select changed_at from odoo_watermark where model = 'hint'`;
    expect(row?.changed_at).not.toBe(null);
    await unlisten();
  },
  60_000,
);
