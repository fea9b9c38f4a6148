import { instantOfUuidV7 } from "@/core/ids";
import type { Side, Standing } from "@/core/runs/shadow";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

/** Shipments (heads) that any reading of these messages spoke of, in the order of the messages. */
export async function shipmentsOfMessages(
  tx: Tx,
  receipts: readonly string[],
): Promise<{ message: string; shipments: string[] }[]> {
  const found: { message: string; shipments: string[] }[] = [];
  for (let from = 0; from < receipts.length; from += 5_000) {
    const part = receipts.slice(from, from + 5_000);
    const times = part.map(instantOfUuidV7);
    const rows = await tx<{ message: string; shipments: string[] }[]>`
      with told as (select i.message_id, s.id from interpretation i cross join lateral unnest(i.shipment_ids) s (id)
        where i.message_id = any(${part as string[]}::uuid[])
          and i.received_at between ${new Date(Math.min(...times))} and ${new Date(Math.max(...times))})
      select m.id as message, coalesce(array_agg(distinct coalesce(h.head_id, t.id)) filter (where t.id is not null), '{}') as shipments
      from unnest(${part as string[]}::uuid[]) with ordinality m (id, o) left join told t on t.message_id = m.id
        left join shipment h on h.shipment_id = t.id
      group by m.id, m.o order by m.o`;
    found.push(...rows);
  }
  return found;
}

/** How shipments stand in full: state, open exceptions and postings. What is not there is left out. */
export async function listFullStandings(tx: Tx, ids: readonly string[]): Promise<Standing[]> {
  if (ids.length === 0) return [];
  return tx<Standing[]>`select s.shipment_id as id, s.head_id as "headId", s.name, s.state,
      coalesce((select jsonb_agg(jsonb_build_object('kind', e.kind, 'subject', e.subject, 'text', e.text) order by e.kind, e.subject)
        from exception e where e.home_id = s.shipment_id and e.state <> 'resolved'), '[]') as exceptions,
      coalesce((select jsonb_agg(jsonb_build_object('key', p.key, 'kind', p.kind, 'state', p.state, 'held', p.held_because,
          'recordName', p.record_name, 'before', p.before, 'after', p.after) order by p.key)
        from posting p where p.shipment_id = s.shipment_id), '[]') as postings
    from shipment s where s.shipment_id = any(${[...ids]}::uuid[]) order by s.shipment_id`;
}

export type PreviewItem = { position: number; result: string | null; before: Side | null; after: Side | null };

/** What a preview showed for these positions. */
export async function previewItems(
  tx: Tx,
  runId: string,
  positions: readonly number[],
): Promise<Map<number, PreviewItem>> {
  const rows = await tx<PreviewItem[]>`select position, result, before, after from run_item
    where run_id = ${runId} and position = any(${positions as number[]}::int[])`;
  return new Map(rows.map((row) => [row.position, row]));
}

/** Targets of all items of a run in their order, for the run that does for real what it showed. */
export async function targetsOfRun(tx: Tx, runId: string): Promise<string[]> {
  const rows = await tx<{ target: string }[]>`select target from run_item where run_id = ${runId} order by position`;
  return rows.map((row) => row.target);
}

/** Stores a shadow run, or the run that follows one, with its items. */
export async function insertShadowRun(
  tx: Tx,
  run: {
    id: string;
    dryRun: boolean;
    scope: Json;
    mapping: "current" | "original";
    perSecond: number | null;
    byPerson: string | null;
    byApiKey: string | null;
    at: Date;
  },
  targets: readonly string[],
): Promise<void> {
  await tx`insert into run (id, kind, dry_run, state, scope, mapping, per_second, total, by_person, by_api_key, created_at)
    values (${run.id}, 'shadow', ${run.dryRun}, 'waiting', ${tx.json(run.scope)}, ${run.mapping}, ${run.perSecond}, ${targets.length},
      ${run.byPerson}, ${run.byApiKey}, ${run.at})`;
  for (let from = 0; from < targets.length; from += 2_000) {
    const part = targets.slice(from, from + 2_000);
    await tx`insert into run_item (run_id, position, target)
      select ${run.id}::uuid, ${from}::int + o::int, t from unnest(${part as string[]}::text[]) with ordinality x(t, o)`;
  }
  await tx`select pg_notify('waypost_runs', ''), pg_notify('waypost_live', '{"topic":"runs"}')`;
}
