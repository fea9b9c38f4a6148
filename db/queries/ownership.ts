import type { OwnedField } from "@/core/shipments/ownership";
import type { Tx } from "@/db/client";

/**
 * Shipments of which some feed claims one of these fields, newest change first: those without an end, and those that changed since. A tracking number and
 * milestones are told by scans, so every such shipment counts for them.
 */
export async function shipmentsWithFields(
  sql: Tx,
  options: { fields: readonly OwnedField[]; since: Date; limit: number },
): Promise<string[]> {
  const { fields, since, limit } = options;
  const claimed = fields.some((field) => field === "tracking_number" || field === "milestones")
    ? sql``
    : sql`and exists (select from shipment m join claim c on c.shipment_id = m.shipment_id
        where (m.shipment_id = s.shipment_id or m.head_id = s.shipment_id) and c."values" ?| ${[...fields]}::text[])`;
  const rows = await sql<{ id: string }[]>`select s.shipment_id as id from shipment s
    where s.head_id is null and (s.terminal is null or s.updated_at > ${since}) ${claimed}
    order by s.updated_at desc, s.shipment_id desc limit ${limit}`;
  return rows.map((row) => row.id);
}
