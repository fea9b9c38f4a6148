import { POSTING_KINDS } from "@/core/postings/kinds";
import { archiveConnection, insertFirstConnection, listSetUpConnections } from "@/db/queries/setup";
import { recordAudit, SYSTEM } from "../access/actor";
import { AddressRefused, readAddress } from "../adapters/odoo/address";
import type { Context } from "../context";
import { AppError } from "../errors";
import { ensureOdooFeed } from "../odoo/ensure-feed";
import { seal } from "../seal";

export type OdooSettings = { url: string; db: string; login: string; key: string; sandbox: boolean };

type Env = Readonly<Record<string, string | undefined>>;

/** What the sandbox Odoo of the demo is known by; it listens on this machine only and forgets all when it ends. */
const SANDBOX = { db: "sandbox", login: "waypost", key: "5a4db0c500000000000000000000000000000001" };

/** Reads which Odoo the environment names: a real one, the sandbox of the demo, or none. Throws `invalid` for half of one. */
export function readOdooSettings(env: Env): OdooSettings | null {
  if (env.WAYPOST_DEMO_ODOO_URL || env.WAYPOST_SANDBOX_ODOO === "1") {
    return {
      url: address(env.WAYPOST_DEMO_ODOO_URL || env.ODOO_URL || "", "WAYPOST_DEMO_ODOO_URL"),
      db: env.WAYPOST_DEMO_ODOO_DB || SANDBOX.db,
      login: env.WAYPOST_DEMO_ODOO_LOGIN || SANDBOX.login,
      key: env.WAYPOST_DEMO_ODOO_KEY || SANDBOX.key,
      sandbox: true,
    };
  }
  if (!env.ODOO_URL) return null;
  const missing = ["ODOO_DB", "ODOO_LOGIN", "ODOO_API_KEY"].filter((name) => !env[name]);
  if (missing.length > 0)
    throw new AppError("invalid", `ODOO_URL is set, so ${missing.join(" and ")} must be set as well.`);
  const { ODOO_DB = "", ODOO_LOGIN = "", ODOO_API_KEY = "" } = env;
  return { url: address(env.ODOO_URL, "ODOO_URL"), db: ODOO_DB, login: ODOO_LOGIN, key: ODOO_API_KEY, sandbox: false };
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
      kinds: POSTING_KINDS,
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
