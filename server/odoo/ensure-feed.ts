import type { Tx } from "@/db/client";
import { insertOdooFeed } from "@/db/queries/odoo-feed";
import { findOdooFeed } from "@/db/queries/odoo-work";
import { odoo } from "../adapters/odoo/adapter";

/** The feed through which a connection's records arrive by poll; made on first use, with the adapter's pack as its crosswalk. */
export async function ensureOdooFeed(
  tx: Tx,
  connection: { id: number; name: string },
): Promise<{ id: number; urgency: number; state: string }> {
  const known = await findOdooFeed(tx, connection.id);
  if (known) return known;
  const entries = Object.entries(odoo.packs).flatMap(([kind, pack]) =>
    Object.entries(pack ?? {}).map(([word, to]) => ({ kind, word, to })),
  );
  await insertOdooFeed(tx, connection, entries);
  const made = await findOdooFeed(tx, connection.id);
  if (!made) throw new Error(`the feed of connection ${connection.id} could not be made`);
  return made;
}
