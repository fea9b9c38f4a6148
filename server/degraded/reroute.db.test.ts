import { afterEach, beforeEach, expect, test } from "vitest";
import { degradedRuleInput } from "@/core/postings/degraded";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import { Leadership } from "../jobs/leadership";
import { sendDue } from "../odoo/work";
import { seal } from "../seal";
import { makeOdooLoop, type OdooLoop } from "../testing/odoo-loop";
import { liftRule } from "./lift";
import { startRule } from "./start";

/** Some kinds of a connection that is down go by another address of the same Odoo, and no others. */
let database: TestDatabase;
let sandbox: Sandbox;
let loop: OdooLoop;
let own: number;

beforeEach(async () => {
  database = await testDatabase("reroute");
  sandbox = await startSandboxOdoo({ port: 0, version: "19", seed: false });
  loop = await makeOdooLoop(database);
  own = await loop.connect(sandbox, "Main");
  await loop.settle();
}, 60_000);
afterEach(async () => {
  await loop?.end();
  await sandbox?.close();
  await database?.drop();
});

const input = (viaConnectionId: number, some: object = {}) =>
  degradedRuleInput.parse({
    connectionId: own,
    rule: "reroute",
    kinds: ["tracking_number"],
    viaConnectionId,
    reason: "Its address is gone",
    ...some,
  });
const move = (id: number, url: string) =>
  database.sql`update odoo_connection set url = ${url}, updated_at = now() where id = ${id}`;
const stood = async (shipmentId: string) =>
  (
    await database.sql`select kind, state, connection_id from posting where shipment_id = ${shipmentId} and kind in ('tracking_number', 'transfer_validated')
      and state <> 'superseded' order by sequence`
  ).map((row) => `${row.kind} ${row.state} ${row.connection_id === own}`);

test("the chosen kinds go by the other address and are verified by it, the others wait for their own", {
  timeout: 60_000,
}, async () => {
  const order = sandbox.order({ clientOrderRef: "PO-1" });
  const pickingId = order.pickings[0]?.id ?? 0;
  await loop.settle();
  const shipmentId = await loop.track(pickingId, "1ZVIA");
  await move(own, "http://127.0.0.1:9");
  await loop.scan("via-1", "1ZVIA", "in_transit", 5);
  await loop.settle();
  await move(own, "http://127.0.0.1:9");
  const via = await loop.connect(sandbox, "Spare");
  const actor = await insertActor(database.sql, "logistics");
  const { id: rule } = await startRule(loop.ctx, actor, input(via, { sameDatabase: true }));
  const leadership = new Leadership(loop.ctx);
  const send = async () => {
    for (let turn = 0; turn < 30; turn++)
      await sendDue(loop.ctx, loop.sender, leadership, new AbortController().signal);
  };
  await loop.end();
  await database.sql`update posting set due_at = now() where state = 'planned'`;
  await send();
  await database.sql`update posting set due_at = now() where state = 'posted'`;
  await send();
  expect(await stood(shipmentId)).toEqual(["tracking_number verified true", "transfer_validated planned true"]);
  const [breakers] = await database.sql`select (select breaker->>'state' from odoo_connection where id = ${own}) as own,
    (select breaker->>'state' from odoo_connection where id = ${via}) as via`;
  expect(breakers?.own).toBe("open");
  expect(breakers?.via ?? "closed").toBe("closed");
  await leadership.release();
  await liftRule(loop.ctx, actor, { id: rule, held: "post" });
});

test("another address is taken where it leads to the same database, and not on the strength of its name", {
  timeout: 60_000,
}, async () => {
  sandbox.order({ clientOrderRef: "PO-2" });
  await loop.settle();
  const other = await startSandboxOdoo({ port: 0, version: "19", seed: false });
  try {
    const actor = await insertActor(database.sql, "logistics");
    const spare = await loop.connect(sandbox, "Spare");
    const { id: rule } = await startRule(loop.ctx, actor, input(spare));
    await liftRule(loop.ctx, actor, { id: rule, held: "post" });
    // the same Odoo by another name of its machine
    await move(spare, sandbox.url.replace("127.0.0.1", "localhost"));
    await expect(startRule(loop.ctx, actor, input(spare))).rejects.toMatchObject({
      code: "precondition",
      message: expect.stringContaining(sandbox.url.replace("127.0.0.1", "localhost")),
    });
    const { id: confirmed } = await startRule(loop.ctx, actor, input(spare, { sameDatabase: true }));
    await liftRule(loop.ctx, actor, { id: confirmed, held: "post" });
    // as an administrator of Odoo both say what they are
    const asAdmin = database.sql`update odoo_connection set login = 'admin', sealed_key = ${seal(loop.ctx.config.secretKey, sandbox.adminKey)}`;
    await asAdmin;
    const { id: known } = await startRule(loop.ctx, actor, input(spare));
    await liftRule(loop.ctx, actor, { id: known, held: "post" });
    await move(spare, other.url);
    await expect(startRule(loop.ctx, actor, input(spare, { sameDatabase: true }))).rejects.toMatchObject({
      code: "invalid",
    });
    // its own is down: what it called itself in its last test still counts
    await move(own, "http://127.0.0.1:9");
    await expect(startRule(loop.ctx, actor, input(spare))).rejects.toMatchObject({ code: "precondition" });
    const identity = { url: "http://127.0.0.1:9", database: sandbox.db, uuid: "another" };
    await database.sql`update odoo_connection set last_test = ${database.sql.json({ identity })} where id = ${own}`;
    await expect(startRule(loop.ctx, actor, input(spare, { sameDatabase: true }))).rejects.toMatchObject({
      code: "invalid",
    });
  } finally {
    await other.close();
  }
});
