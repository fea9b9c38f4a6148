import type { Tx } from "@/db/client";

/** Makes the poll feed of a connection with mapping version 1; another process may be faster, then nothing happens. */
export async function insertOdooFeed(
  tx: Tx,
  connection: { id: number; name: string },
  entries: readonly { kind: string; word: string; to: string }[],
): Promise<void> {
  const settings = tx.json({ connectionId: connection.id });
  const [row] = await tx<
    { id: number }[]
  >`insert into feed (slug, name, adapter, class, way_in, verify, settings, connection_id, urgency)
    values (${`odoo-${connection.id}`}, ${connection.name}, 'odoo', 'odoo', 'poll', 'none', ${settings}, ${connection.id}, 1)
    on conflict (slug) do nothing returning id`;
  if (!row) return;
  await tx`insert into mapping_version (feed_id, number, generation, settings) values (${row.id}, 1, 1, ${settings})`;
  if (entries.length === 0) return;
  await tx`insert into crosswalk_entry (feed_id, kind, word, since, "to", source)
    select ${row.id}::int, k, w, 1, t, 'pack' from unnest(${entries.map((e) => e.kind)}::text[], ${entries.map((e) => e.word)}::text[],
      ${entries.map((e) => e.to)}::text[]) x(k, w, t)`;
  await tx`select pg_notify('waypost_feeds', '')`;
}
