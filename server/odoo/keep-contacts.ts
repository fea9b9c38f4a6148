import {
  listUnreadRecipients,
  loadWatermarks,
  replaceContacts,
  replaceRecipients,
  saveWatermarks,
  type WorkingConnection,
} from "@/db/queries/odoo-work";
import type { OdooClient } from "../adapters/odoo/client";
import { fetchContactChanges, fetchRecipients } from "../adapters/odoo/contact-changes";
import type { Contact, Recipients } from "../adapters/odoo/contacts";
import type { Context } from "../context";
import { contactHash, hashesOfContact } from "./contact-hash";

const AT_ONCE = 500;
/** Long transactions appear late with their start as write_date. */
const OVERLAP_SECONDS = 120;
/** Watermarks beside those of the records: transfers caught up with, and changes of partners. */
const BEHIND = "contacts";
const CHANGED = "res.partner";

/** Keeps by what the customers of transfers can be found: hashes of their addresses and numbers, nothing readable. */
export async function keepRecipients(
  ctx: Pick<Context, "sql" | "config">,
  connectionId: number,
  recipients: readonly Recipients[],
): Promise<void> {
  const partners = new Map(recipients.flatMap((one) => one.partners).map((partner) => [partner.partnerId, partner]));
  await ctx.sql.begin(async (tx) => {
    await replaceContacts(tx, connectionId, [...partners.keys()], hashed(ctx, [...partners.values()]));
    await replaceRecipients(
      tx,
      connectionId,
      recipients.map(({ pickingId }) => pickingId),
      recipients.flatMap(({ pickingId, partners: all }) => all.map(({ partnerId }) => ({ pickingId, partnerId }))),
    );
  });
}

/**
 * Catches up, a bounded stretch at a time: transfers stored before Waypost kept whom they are for, and partners whose address or number
 * changed in Odoo since. Throws `OdooFailure`.
 */
export async function catchUpContacts(
  ctx: Pick<Context, "sql" | "config" | "now">,
  client: OdooClient,
  connection: Pick<WorkingConnection, "id">,
): Promise<void> {
  const marks = await loadWatermarks(ctx.sql, connection.id);
  const markOf = (model: string) => marks.find((mark) => mark.model === model)?.watermark ?? null;
  const save = (model: string, watermark: string) =>
    ctx.sql.begin((tx) =>
      saveWatermarks(tx, connection.id, [{ model, watermark, seen: [], changed: true }], ctx.now()),
    );

  const behind = await listUnreadRecipients(ctx.sql, connection.id, Number(markOf(BEHIND) ?? 0), AT_ONCE);
  if (behind.last !== null) {
    if (behind.pickingIds.length > 0)
      await keepRecipients(ctx, connection.id, await fetchRecipients(client, behind.pickingIds));
    await save(BEHIND, String(behind.last));
  }

  const since = markOf(CHANGED);
  if (since === null) return void (await save(CHANGED, `${ctx.now().toISOString().slice(0, 19)}Z`));
  const changes = await fetchContactChanges(client, since, { overlapSeconds: OVERLAP_SECONDS, limit: AT_ONCE });
  const ids = changes.contacts.map(({ partnerId }) => partnerId);
  await replaceContacts(ctx.sql, connection.id, ids, hashed(ctx, changes.contacts), { knownOnly: true });
  if (changes.last !== null && changes.last > since) await save(CHANGED, changes.last);
}

function hashed(ctx: Pick<Context, "config">, contacts: readonly Contact[]) {
  const hash = contactHash(ctx.config.secretKey);
  return contacts.flatMap((contact) =>
    hashesOfContact(hash, contact).map((one) => ({ partnerId: contact.partnerId, hash: one.toString("hex") })),
  );
}
