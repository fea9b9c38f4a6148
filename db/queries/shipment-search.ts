import { normaliseNumber } from "@/core/shipments/references";
import type { Tx } from "@/db/client";

export type ReferenceHit = { id: string; kind: string; issuer: string; value: string; said: string };

/** Finds shipments (heads) that carry one of the normalised numbers, whatever its kind. */
export async function findByReferences(sql: Tx, values: readonly string[], limit: number): Promise<ReferenceHit[]> {
  return sql<ReferenceHit[]>`select coalesce(s.head_id, s.shipment_id) as id, r.kind, r.issuer, r.value, r.said
    from reference r join shipment s on s.shipment_id = r.shipment_id
    where r.value = any(${values}::text[]) limit ${limit}`;
}

/**
 * Finds shipments by the start of a number, in the order of the index. Reads a bounded stretch of it, because under a linguistic
 * collation the matches need not stand side by side.
 */
export async function findByReferencePrefix(sql: Tx, prefix: string, limit: number): Promise<ReferenceHit[]> {
  return sql<ReferenceHit[]>`select coalesce(s.head_id, s.shipment_id) as id, r.kind, r.issuer, r.value, r.said
    from (select * from (select value, kind, issuer, shipment_id, said from reference where value >= ${prefix} order by value limit ${limit * 4}) near
      where starts_with(near.value, ${prefix}) limit ${limit}) r
    join shipment s on s.shipment_id = r.shipment_id order by r.value`;
}

export type FoundShipment = {
  warehouse: string | null;
  id: string;
  name: string;
  stage: string | null;
  summary: string;
  carrier: string | null;
  customer: string | null;
  openExceptions: number;
};

/** Reads what a search result shows, for a few shipments. */
export async function listFoundShipments(sql: Tx, ids: readonly string[]): Promise<FoundShipment[]> {
  return sql<
    FoundShipment[]
  >`select shipment_id as id, name, stage, summary, carrier, warehouse, customer, open_exceptions as "openExceptions"
    from shipment where shipment_id = any(${ids}::uuid[])`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Splits what a person pasted into normalised numbers: at commas, semicolons and line breaks, never at a blank. */
export function searchedNumbers(said: string, max = 200): string[] {
  const parts = said.split(/[,;|\r\n\t]/).map((part) => normaliseNumber(part));
  return [...new Set(parts.filter((part) => part !== "" && part.length <= 200))].slice(0, max);
}

/** Finds shipments by any of several numbers; a single one that nothing carries as a whole is tried as the start of a number. */
export async function searchShipments(
  sql: Tx,
  said: string,
  limit: number,
): Promise<{ hits: ReferenceHit[]; by: "number" | "prefix" | "id" | "none" }> {
  const trimmed = said.trim();
  if (UUID.test(trimmed)) {
    const rows = await sql<
      { id: string }[]
    >`select coalesce(head_id, shipment_id) as id from shipment where shipment_id = ${trimmed}::uuid`;
    const hits = rows.map((row) => ({ id: row.id, kind: "shipment", issuer: "", value: trimmed, said: trimmed }));
    return { hits, by: hits.length > 0 ? "id" : "none" };
  }
  const numbers = searchedNumbers(said);
  if (numbers.length === 0) return { hits: [], by: "none" };
  const exact = await findByReferences(sql, numbers, limit);
  if (exact.length > 0) return { hits: exact, by: "number" };
  const [only] = numbers;
  if (numbers.length > 1 || only === undefined || only.length < 3) return { hits: [], by: "none" };
  const near = await findByReferencePrefix(sql, only, limit);
  return { hits: near, by: near.length > 0 ? "prefix" : "none" };
}
