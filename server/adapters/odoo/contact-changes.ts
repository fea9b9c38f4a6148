import { idOf, instantOf, odooTime } from "./call";
import type { OdooClient } from "./client";
import { CONTACT_FIELDS, type Contact, contactOf, type Recipients, recipientsOf } from "./contacts";
import { present } from "./dialect";
import { ANY_STATE, both, lookups, places } from "./lookups";
import type { Lookup } from "./normalise";

/** Reads whom some pickings are for, and nothing else of them: for those stored before Waypost could find them by it. */
export async function fetchRecipients(client: OdooClient, pickingIds: readonly number[]): Promise<Recipients[]> {
  const dialect = await client.dialect();
  const rows = await client.searchRead(
    "stock.picking",
    [["id", "in", pickingIds]],
    ["partner_id", ...present(dialect, "stock.picking", ["sale_id"])],
    { order: "id" },
  );
  const sales = await lookups(client, [["sale.order", rows.map((row) => idOf(row.sale_id)), ["partner_id"]]]);
  const partnerIds = rows.flatMap((row) => [
    idOf(row.partner_id),
    idOf(sales("sale.order", idOf(row.sale_id))?.partner_id),
  ]);
  const fields = ["country_id", ...present(dialect, "res.partner", CONTACT_FIELDS)];
  const partners = await lookups(client, [["res.partner", partnerIds, fields]]);
  const full = await places(client, both(sales, partners), partnerIds);
  return rows.map((row) => recipientsOf(row, full));
}

/**
 * Reads how partners that changed since `since` (minus the overlap) can be reached, oldest change first, at least `limit` of them. `last`
 * leads beyond `since` or nothing newer changed.
 */
export async function fetchContactChanges(
  client: OdooClient,
  since: string,
  options: { overlapSeconds: number; limit: number },
): Promise<{ contacts: Contact[]; last: string | null }> {
  const dialect = await client.dialect();
  const fields = ["write_date", "country_id", ...present(dialect, "res.partner", CONTACT_FIELDS)];
  const from = new Date(Date.parse(since) - options.overlapSeconds * 1_000).toISOString();
  for (let limit = options.limit; ; limit *= 4) {
    const rows = await client.searchRead("res.partner", [["write_date", ">=", odooTime(from)]], fields, {
      order: "write_date asc, id asc",
      limit,
      context: ANY_STATE,
    });
    const last = instantOf(rows.at(-1)?.write_date);
    // a page that ends inside the overlap would be read again and again
    if (rows.length === limit && last !== null && last <= since) continue;
    const byId = new Map(rows.map((row) => [row.id, row]));
    const lookup: Lookup = (model, id) => (model === "res.partner" && id !== null ? byId.get(id) : undefined);
    const full = await places(client, lookup, [...byId.keys()]);
    return { contacts: [...byId.keys()].flatMap((id) => contactOf(id, full) ?? []), last };
  }
}
