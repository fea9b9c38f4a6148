import { idOf, type OdooRow } from "./call";
import type { OdooClient } from "./client";
import type { Lookup } from "./normalise";

/** Reads the rows that others point to, each model once, and answers look-ups from them. */
export async function lookups(
  client: OdooClient,
  wanted: readonly (readonly [string, Iterable<number | null>, readonly string[]])[],
) {
  const tables = new Map<string, Map<number, OdooRow>>();
  await Promise.all(
    wanted.map(async ([model, all, fields]) => {
      const ids = [...new Set([...all].filter((id): id is number => id !== null))];
      const rows =
        ids.length === 0 ? [] : await client.searchRead(model, [["id", "in", ids]], fields, { context: ANY_STATE });
      tables.set(model, new Map(rows.map((row) => [row.id, row])));
    }),
  );
  const lookup: Lookup = (model, id) => (id === null ? undefined : tables.get(model)?.get(id));
  return lookup;
}

/** Archived partners and products still name those they were used for. */
export const ANY_STATE = { active_test: false };

export const PARTNER_FIELDS = ["street", "street2", "city", "zip", "state_id", "country_id", "is_company"];
export const PRODUCT_FIELDS = ["default_code", "barcode"];

export function both(one: Lookup, other: Lookup): Lookup {
  return (model, id) => one(model, id) ?? other(model, id);
}

export async function places(
  client: OdooClient,
  lookup: Lookup,
  partnerIds: readonly (number | null)[],
): Promise<Lookup> {
  const partners = partnerIds.map((id) => lookup("res.partner", id));
  const found = await lookups(client, [
    ["res.country", partners.map((row) => idOf(row?.country_id)), ["code"]],
    ["res.country.state", partners.map((row) => idOf(row?.state_id)), ["code"]],
  ]);
  return both(lookup, found);
}
