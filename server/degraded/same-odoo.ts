import { type DatabaseAddress, isSameAddress, sameDatabase, sameRecords } from "@/core/odoo/same-database";
import { type ConnectionRow, findSealedKey } from "@/db/queries/odoo";
import { listNewestMirrored } from "@/db/queries/odoo-work";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import { OdooFailure } from "../adapters/odoo/errors";
import { readDatabaseUuid, readNames } from "../adapters/odoo/identity";
import type { Context } from "../context";
import { AppError } from "../errors";
import { unseal } from "../seal";

const TIMEOUT_MS = 5_000;
const COMPARED = 20;

/**
 * Makes sure that what would be posted by one connection can go by another: the numbers of records mean something in one database only.
 * Throws `invalid` where the other leads elsewhere, and `precondition` where that cannot be read and nobody has `confirmed` it.
 */
export async function requireSameOdoo(
  ctx: Context,
  own: ConnectionRow,
  via: ConnectionRow,
  confirmed: boolean,
): Promise<void> {
  const both = `${own.name} is ${own.database} at ${own.url}, ${via.name} is ${via.database} at ${via.url}`;
  const elsewhere = new AppError("invalid", `These are two databases: ${both}. Nothing of one may go by the other.`);
  const said = sameDatabase({ ...own, uuid: null }, { ...via, uuid: null });
  if (said === "different") throw elsewhere;
  if (said === "same") return;
  const client = await reach(ctx, via);
  if (client === null) throw new AppError("upstream", `${via.name} cannot be reached at ${via.url} either.`);
  const verdict = sameDatabase(await identify(ctx, own, null), await identify(ctx, via, client));
  if (verdict === "different") throw elsewhere;
  if (verdict === "same") return;
  const known = await listNewestMirrored(ctx.sql, own.id, "stock.picking", COMPARED);
  const shown = await readNames(client, "stock.picking", [...known.keys()]).catch((error: unknown) => {
    if (error instanceof OdooFailure) return new Map<number, string>();
    throw error;
  });
  if (sameRecords(known, shown) === "different")
    throw new AppError("invalid", `${both}, and the transfers there are others. Nothing of one may go by the other.`);
  if (!confirmed)
    throw new AppError("precondition", `Neither says whether they are one database: ${both}. Confirm it if you know.`);
}

/** What a database calls itself, asked now or as its last test at this address found it. */
async function identify(ctx: Context, connection: ConnectionRow, client: OdooClient | null): Promise<DatabaseAddress> {
  const { url, database } = connection;
  const asked = client ?? (await reach(ctx, connection));
  const uuid = asked === null ? null : await readDatabaseUuid(asked);
  return { url, database, uuid: uuid ?? testedUuid(connection) };
}

function testedUuid({ lastTest, url, database }: ConnectionRow): string | null {
  const { identity } = (lastTest ?? {}) as { identity?: DatabaseAddress | null };
  if (!identity || identity.database !== database || !isSameAddress(identity.url, url)) return null;
  return identity.uuid;
}

async function reach(ctx: Context, { id, url, database, login }: ConnectionRow): Promise<OdooClient | null> {
  const sealed = await findSealedKey(ctx.sql, id);
  if (sealed === null) return null;
  const key = unseal(ctx.config.secretKey, sealed);
  try {
    return await createOdooClient({ url, db: database, login, key, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (error instanceof OdooFailure) return null;
    throw error;
  }
}
