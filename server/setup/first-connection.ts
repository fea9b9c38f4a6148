import { OPT_IN_KINDS, POSTING_KINDS } from "@/core/postings/kinds";
import { archiveConnection, insertFirstConnection, listSetUpConnections } from "@/db/queries/setup";
import { recordAudit, SYSTEM } from "../access/actor";
import { AddressRefused, readAddress } from "../adapters/odoo/address";
import type { Context } from "../context";
import { AppError } from "../errors";
import { ensureOdooFeed } from "../odoo/ensure-feed";
import { seal } from "../seal";

export type OdooSettings = { url: string; db: string; login: string; key: string; sandbox: boolean };

type Env = Readonly<Record<string, string | undefined>>;

/** Reads which Odoo the environment names: a real one, the sandbox of the demo, or none. Throws `invalid` for half of one. */
export function readOdooSettings(env: Env): OdooSettings | null {
  if (env.WAYPOST_DEMO_ODOO_URL) return { ...readSettings(env, "WAYPOST_DEMO_ODOO_", "KEY"), sandbox: true };
  if (!env.ODOO_URL) return null;
  return { ...readSettings(env, "ODOO_", "API_KEY"), sandbox: false };
}

function readSettings(env: Env, prefix: string, key: string): Omit<OdooSettings, "sandbox"> {
  const missing = ["DB", "LOGIN", key].map((name) => prefix + name).filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new AppError("invalid", `${prefix}URL is set, so ${missing.join(" and ")} must be set as well.`);
  }
  const value = (name: string) => env[prefix + name] ?? "";
  return { url: address(value("URL"), `${prefix}URL`), db: value("DB"), login: value("LOGIN"), key: value(key) };
}

/**
 * Makes the first connection where there is none. It observes, unless the environment or the demo switches posting on. A sandbox that
 * came up at another address is another Odoo with an empty memory: its connection replaces the one before.
 */
export async function ensureConnection(ctx: Context, odoo: OdooSettings): Promise<number> {
  const known = await listSetUpConnections(ctx.sql);
  const same = known.find((c) => c.state !== "archived" && c.url === odoo.url);
  if (same) return same.id;
  const living = known.filter((c) => c.state !== "archived");
  if (!odoo.sandbox && living[0]) return living[0].id;
  const name = odoo.sandbox ? "Sandbox Odoo" : new URL(odoo.url).host;
  const now = ctx.now();
  const postSince = ctx.config.odooPosting || odoo.sandbox ? now : null;
  return ctx.sql.begin(async (tx) => {
    for (const old of known.filter((c) => c.name === name))
      await archiveConnection(tx, old.id, `${name} (${old.id})`, now);
    const id = await insertFirstConnection(tx, {
      name,
      url: odoo.url,
      database: odoo.db,
      login: odoo.login,
      sealedKey: seal(ctx.config.secretKey, odoo.key),
      keyHint: odoo.key.slice(-4),
      kinds: POSTING_KINDS.filter((kind) => !OPT_IN_KINDS.has(kind)),
      postSince,
      now,
    });
    await ensureOdooFeed(tx, { id, name });
    await recordAudit(ctx, tx, SYSTEM, {
      action: "odoo.connect",
      subject: `connection:${id}`,
      after: { name, url: odoo.url, database: odoo.db, login: odoo.login, posting: postSince !== null },
    });
    return id;
  });
}

function address(url: string, variable: string): string {
  try {
    return readAddress(url, false);
  } catch (error) {
    if (error instanceof AddressRefused) throw new AppError("invalid", `${variable}: ${error.message}`);
    throw error;
  }
}
