import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { refusalOfKey } from "@/core/access/api-key";
import { ROLE_LABELS } from "@/core/access/person";
import { RIGHTS } from "@/core/access/rights";
import { ROLES, type Role } from "@/core/access/roles";
import { newFeedInput } from "@/core/feeds/feed-input";
import { findApiKeyByHash } from "@/db/queries/api-keys";
import { findFeedRow, findLiveSecret } from "@/db/queries/feed-settings";
import { findPersonByEmail, insertPerson, updatePassword } from "@/db/queries/people";
import { SYSTEM } from "../access/actor";
import { hashPassword, passwordMatches, randomPassword } from "../access/password";
import { adapterNamed } from "../adapters/registry";
import { hashApiKey, insertNewApiKey } from "../api-keys/create";
import type { Context } from "../context";
import { createFeed } from "../feeds/create";
import { rotateSecret } from "../feeds/rotate-secret";
import { settingsWithScope } from "../people/partner-scope";
import { unseal } from "../seal";
import type { OdooSettings } from "./first-connection";

/** demo.json, as docs/api.md has it. */
const demoFile = z.object({
  url: z.string(),
  users: z.array(z.object({ email: z.string(), password: z.string(), role: z.enum(ROLES) })),
  apiKey: z.string(),
  feeds: z.array(z.object({ slug: z.string(), adapter: z.string(), url: z.string(), secret: z.string() })),
  odoo: z.object({ url: z.string(), db: z.string(), kind: z.enum(["sandbox", "real"]) }).nullable(),
});
type DemoFile = z.infer<typeof demoFile>;

const FEEDS = [
  {
    slug: "carrier-demo",
    name: "Parcel carriers (demo)",
    adapter: "easypost",
    class: "aggregator",
    wayIn: "push",
    verify: "easypost",
  },
  {
    slug: "freight-demo",
    name: "Freight carrier (demo)",
    adapter: "x12",
    class: "carrier",
    wayIn: "push",
    verify: "api_key",
  },
  {
    slug: "freight-files-demo",
    name: "Freight carrier, files (demo)",
    adapter: "x12",
    class: "carrier",
    wayIn: "file",
    verify: "none",
  },
  {
    slug: "freight-bills-demo",
    name: "Freight bills (demo)",
    adapter: "bills",
    class: "finance",
    wayIn: "push",
    verify: "api_key",
  },
  {
    slug: "warehouse-demo",
    name: "Warehouse export (demo)",
    adapter: "csv",
    class: "warehouse",
    wayIn: "push",
    verify: "api_key",
  },
] as const;

/** Makes the people, key and feeds of the demo where they are missing, keeping what demo.json says, and writes it anew. Returns its path. */
export async function ensureDemo(ctx: Context, odoo: OdooSettings | null): Promise<string> {
  const file = path.join(ctx.config.dataDir, "demo.json");
  const before = readDemo(file);
  const users = [];
  for (const role of ROLES) users.push(await ensureDemoPerson(ctx, role, before));
  const feeds = [];
  for (const wanted of FEEDS) {
    if (!adapterNamed(wanted.adapter)) continue;
    const feed = await ensureDemoFeed(ctx, wanted, before);
    if (feed) feeds.push(feed);
  }
  const demo: DemoFile = {
    url: ctx.config.publicUrl,
    users,
    apiKey: await ensureDemoKey(ctx, before),
    feeds,
    odoo: odoo && { url: odoo.url, db: odoo.db, kind: odoo.sandbox ? "sandbox" : "real" },
  };
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600, flush: true });
  fs.renameSync(`${file}.new`, file);
  return file;
}

function readDemo(file: string): DemoFile | null {
  try {
    const parsed = demoFile.safeParse(JSON.parse(fs.readFileSync(file, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function ensureDemoPerson(ctx: Context, role: Role, before: DemoFile | null): Promise<DemoFile["users"][number]> {
  const email = `${role}@demo.waypost.local`;
  const password = before?.users.find((user) => user.email === email)?.password ?? randomPassword();
  const known = await findPersonByEmail(ctx.sql, email);
  if (known && (await passwordMatches(known.passwordHash, password))) return { email, password, role };
  const passwordHash = await hashPassword(password);
  if (known) {
    await updatePassword(ctx.sql, known.id, passwordHash);
  } else {
    const settings = settingsWithScope({}, role, { carriers: ["ups"], warehouses: [] });
    const person = { id: ctx.uuid(), email, name: `Demo ${ROLE_LABELS[role].label.toLowerCase()}`, role, settings };
    await insertPerson(ctx.sql, { ...person, state: "active", passwordHash, createdAt: ctx.now() });
  }
  return { email, password, role };
}

async function ensureDemoKey(ctx: Context, before: DemoFile | null): Promise<string> {
  const known = before && (await findApiKeyByHash(ctx.sql, hashApiKey(before.apiKey)));
  if (before && known && refusalOfKey(known, ctx.now()) === null) return before.apiKey;
  const input = { name: "Demo", scopes: [...RIGHTS], expiresInDays: null };
  return (await ctx.sql.begin((tx) => insertNewApiKey(ctx, tx, SYSTEM, input))).key;
}

/** Null for a feed of files: it has neither an address nor a secret. */
async function ensureDemoFeed(
  ctx: Context,
  wanted: (typeof FEEDS)[number],
  before: DemoFile | null,
): Promise<DemoFile["feeds"][number] | null> {
  const { slug, adapter } = wanted;
  const url = `${ctx.config.publicUrl}/api/feeds/${slug}`;
  const known = await findFeedRow(ctx.sql, { slug });
  const kept = before?.feeds.find((feed) => feed.slug === slug)?.secret ?? null;
  if (!known) {
    const made = await createFeed(
      ctx,
      SYSTEM,
      newFeedInput.parse({ ...wanted, secret: wanted.wayIn === "push" ? kept : null }),
    );
    return made.secret === null ? null : { slug, adapter, url, secret: made.secret };
  }
  if (wanted.wayIn !== "push") return null;
  const live = await findLiveSecret(ctx.sql, known.id, ctx.now());
  if (kept !== null && live !== null && unseal(ctx.config.secretKey, live) === kept)
    return { slug, adapter, url, secret: kept };
  const { secret } = await rotateSecret(ctx, SYSTEM, { id: known.id, overlapHours: 0, secret: null });
  return { slug, adapter, url, secret };
}
