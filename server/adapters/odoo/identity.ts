import { rowsOf, textOf } from "./call";
import type { OdooClient } from "./client";
import { OdooFailure } from "./errors";

/** What an Odoo database calls itself (`database.uuid`); null where the key's user may not read it, as only administrators may. */
export async function readDatabaseUuid(client: OdooClient): Promise<string | null> {
  try {
    const rows = await client.searchRead("ir.config_parameter", [["key", "=", "database.uuid"]], ["value"], {
      limit: 1,
    });
    return textOf(rows[0]?.value);
  } catch (error) {
    if (error instanceof OdooFailure) return null;
    throw error;
  }
}

/** The names of records by number, of those that are there and may be read. */
export async function readNames(
  client: OdooClient,
  model: string,
  ids: readonly number[],
): Promise<Map<number, string>> {
  const args = { domain: [["id", "in", [...ids]]], fields: ["name"], limit: ids.length };
  const rows = rowsOf(await client.call({ model, method: "search_read", args, context: { active_test: false } }));
  return new Map(rows.flatMap((row) => (typeof row.name === "string" ? [[row.id, row.name] as const] : [])));
}
