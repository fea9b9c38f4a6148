import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ROLES } from "@/core/access/roles";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { signIn } from "./access/sign-in";
import { adapterNamed } from "./adapters/registry";
import { authenticateKey } from "./api-keys/authenticate";
import { unseal } from "./seal";
import { setUp } from "./setup";
import { type TestContext, testContext } from "./testing/context";

let database: TestDatabase;
let ctx: TestContext;
let dataDir: string;
beforeAll(async () => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "waypost-setup-"));
});
afterAll(() => fs.rmSync(dataDir, { recursive: true, force: true }));
beforeEach(async () => {
  database = await testDatabase("setup");
  const made = testContext(database);
  ctx = { ...made, config: { ...made.config, dataDir } };
  fs.rmSync(path.join(dataDir, "demo.json"), { force: true });
  return () => database.drop();
});

test("the first start makes an administrator whose password is told once; the second makes nothing", async () => {
  const first = await setUp(ctx, {});
  expect(first).toMatchObject({ created: true, email: "admin@waypost.local", url: "http://127.0.0.1:3000" });
  const person = await signIn(ctx, { email: first.email, password: first.password }, "local");
  expect(person.role).toBe("administrator");
  const second = await setUp(ctx, {});
  expect(second).toMatchObject({ created: false, email: "admin@waypost.local" });
  expect(second.password).toBeUndefined();
  expect(JSON.stringify(second)).not.toContain(first.password);
});

test("a named administrator keeps the given password, which is not repeated", async () => {
  const env = { WAYPOST_ADMIN_EMAIL: "Boss@Example.com", WAYPOST_ADMIN_PASSWORD: "a password of ours" };
  const answer = await setUp(ctx, env);
  expect(answer).toMatchObject({ created: true, email: "boss@example.com" });
  expect(JSON.stringify(answer)).not.toContain("a password of ours");
  expect((await signIn(ctx, { email: "boss@example.com", password: "a password of ours" }, "local")).name).toBe(
    "Administrator",
  );
});

test("wrong settings are refused in a sentence that names them", async () => {
  await expect(setUp(ctx, { WAYPOST_ADMIN_PASSWORD: "short" })).rejects.toThrow(/^WAYPOST_ADMIN_PASSWORD /);
  await expect(setUp(ctx, { ODOO_URL: "https://x.odoo.com" })).rejects.toThrow(
    "ODOO_DB and ODOO_LOGIN and ODOO_API_KEY",
  );
  const plain = { ODOO_URL: "http://odoo.example.com", ODOO_DB: "d", ODOO_LOGIN: "l", ODOO_API_KEY: "k" };
  await expect(setUp(ctx, plain)).rejects.toThrow(/^ODOO_URL: Plain http/);
});

const ODOO = {
  ODOO_URL: "https://acme.odoo.com/",
  ODOO_DB: "acme",
  ODOO_LOGIN: "bot",
  ODOO_API_KEY: "secret-key-1234",
};

const SANDBOX = { WAYPOST_DEMO_ODOO_DB: "sandbox", WAYPOST_DEMO_ODOO_LOGIN: "bot", WAYPOST_DEMO_ODOO_KEY: "key" };

test("the first connection observes, has its feed, and its key is sealed", async () => {
  await setUp(ctx, ODOO);
  await setUp(ctx, { ...ODOO, ODOO_URL: "https://other.odoo.com" });
  const rows = await ctx.sql`select * from odoo_connection`;
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ url: "https://acme.odoo.com", observing: true, post_since: null, key_hint: "1234" });
  expect(unseal(ctx.config.secretKey, rows[0]?.sealed_key)).toBe("secret-key-1234");
  expect(await ctx.sql`select slug from feed where connection_id = ${rows[0]?.id}`).toHaveLength(1);
});

test("with posting on, every kind is on from now", async () => {
  await setUp({ ...ctx, config: { ...ctx.config, odooPosting: true } }, ODOO);
  const [row] = await ctx.sql`select observing, kinds, post_since from odoo_connection`;
  expect(row?.observing).toBe(false);
  expect(new Set(Object.values(row?.kinds))).toEqual(new Set(["on"]));
  expect(row?.post_since).toEqual(ctx.now());
});

test("a sandbox at another address is another Odoo: its connection takes the place of the one before", async () => {
  const at = (port: number) => ({ ...SANDBOX, WAYPOST_DEMO_ODOO_URL: `http://127.0.0.1:${port}` });
  for (const port of [4001, 4001, 4002]) await setUp(ctx, at(port));
  const rows = await ctx.sql`select name, state, url from odoo_connection order by id`;
  expect(rows).toEqual([
    { name: "Sandbox Odoo (1)", state: "archived", url: "http://127.0.0.1:4001" },
    { name: "Sandbox Odoo", state: "active", url: "http://127.0.0.1:4002" },
  ]);
});

test("the demo has a person per role, a key and feeds, and demo.json lets one in by each", async () => {
  const demo = { ...ctx, config: { ...ctx.config, demo: true } };
  const env = { ...SANDBOX, WAYPOST_DEMO_ODOO_URL: "http://127.0.0.1:4003" };
  await setUp(demo, env);
  const file = path.join(dataDir, "demo.json");
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  const told = JSON.parse(fs.readFileSync(file, "utf8"));
  expect(Object.keys(told)).toEqual(["url", "users", "apiKey", "feeds", "odoo"]);
  expect(told.users.map((u: { role: string }) => u.role)).toEqual([...ROLES]);
  for (const user of told.users) expect((await signIn(ctx, user, "local")).role).toBe(user.role);
  expect((await authenticateKey(ctx, `Bearer ${told.apiKey}`)).scopes).toContain("messages:replay");
  expect(told.feeds[0]).toMatchObject({
    slug: "carrier-demo",
    adapter: "easypost",
    url: `${told.url}/api/feeds/carrier-demo`,
  });
  expect(told.feeds.every((f: { adapter: string }) => adapterNamed(f.adapter) !== null)).toBe(true);
  expect(told.odoo).toEqual({ url: "http://127.0.0.1:4003", db: "sandbox", kind: "sandbox" });

  await setUp(demo, env);
  expect(JSON.parse(fs.readFileSync(file, "utf8"))).toEqual(told);

  fs.rmSync(file);
  await setUp(demo, env);
  const again = JSON.parse(fs.readFileSync(file, "utf8"));
  for (const user of again.users) expect((await signIn(ctx, user, "local")).role).toBe(user.role);
  const [sealed] = await ctx.sql`select sealed from feed_secret s join feed f on f.id = s.feed_id
    where f.slug = 'carrier-demo' and expires_at is null`;
  expect(unseal(ctx.config.secretKey, sealed?.sealed)).toBe(again.feeds[0].secret);
});
