import { inBatches } from "./batches";
import type { OdooClient } from "./client";
import { ANY_STATE } from "./lookups";
import type { OdooDeletion } from "./record";

/**
 * Says which of the records that Waypost holds open are no longer in Odoo: deletions leave no trace in write_date. A record of a company that the
 * user cannot see (any more) is hidden and not deleted: Odoo's answers do not tell the two apart, so those are left as they are.
 */
export async function fetchDeleted(
  client: OdooClient,
  open: readonly {
    model: OdooDeletion["deletedModel"];
    id: number;
    name: string | null;
    companyId: number | null;
  }[],
  nowMs: number,
  limit = 1_000,
): Promise<OdooDeletion[]> {
  const noticedAt = new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  const unseen: (typeof open)[number][] = [];
  for (const [model, records] of Map.groupBy(open, (record) => record.model)) {
    const ids = records.map((record) => record.id);
    const there = await inBatches(ids, limit, (batch) =>
      client.searchRead(model, [["id", "in", batch]], ["id"], { context: ANY_STATE }),
    );
    const present = new Set(there.map((row) => row.id));
    unseen.push(...records.filter(({ id }) => !present.has(id)));
  }
  if (unseen.length === 0) return [];
  const companies = new Set((await client.searchRead("res.company", [], ["id"])).map((row) => row.id));
  return unseen
    .filter(({ companyId }) => companyId === null || companies.has(companyId))
    .map(({ model, id, name }) => ({ model: "deleted", deletedModel: model, id, name, noticedAt }));
}
