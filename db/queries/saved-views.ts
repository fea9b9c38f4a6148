import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type SavedViewRow = {
  id: string;
  name: string;
  shared: boolean;
  mine: boolean;
  byName: string | null;
  shows: Json;
  isDefault: boolean;
};

/** A person's own views and the shared ones, own first, by name; both are bounded when they are saved. */
export async function listSavedViews(tx: Tx, personId: string): Promise<SavedViewRow[]> {
  return tx<
    SavedViewRow[]
  >`select v.id, v.name, v.shared, v.person_id = ${personId} as mine, p.name as "byName", v.shows,
      v.id is not distinct from (select view_id from saved_view_default where person_id = ${personId}) as "isDefault"
    from saved_view v left join person p on p.id = v.person_id where v.person_id = ${personId} or v.shared
    order by v.person_id <> ${personId}, lower(v.name), v.id limit 200`;
}

/** Locks what bounds a person's views, so that two saved at once are counted one after the other. */
export async function countViews(tx: Tx, personId: string): Promise<{ mine: number; shared: number }> {
  await tx`select pg_advisory_xact_lock(742010)`;
  const [row] = await tx<{ mine: number; shared: number }[]>`
    select count(*) filter (where person_id = ${personId})::int as mine, count(*) filter (where shared)::int as shared from saved_view
    where person_id = ${personId} or shared`;
  return row ?? { mine: 0, shared: 0 };
}

export type StoredView = { id: string; personId: string; name: string; shared: boolean; shows: Json };

export async function lockView(tx: Tx, id: string): Promise<StoredView | null> {
  const [row] = await tx<
    StoredView[]
  >`select id, person_id as "personId", name, shared, shows from saved_view where id = ${id} for update`;
  return row ?? null;
}

export async function insertView(tx: Tx, view: StoredView, now: Date): Promise<void> {
  await tx`insert into saved_view (id, person_id, name, shared, shows, created_at, updated_at)
    values (${view.id}, ${view.personId}, ${view.name}, ${view.shared}, ${tx.json(view.shows)}, ${now}, ${now})`;
}

export async function updateView(tx: Tx, view: StoredView, now: Date): Promise<void> {
  await tx`update saved_view set name = ${view.name}, shared = ${view.shared}, shows = ${tx.json(view.shows)}, updated_at = ${now}
    where id = ${view.id}`;
  // who began with it may not see it any more
  if (!view.shared)
    await tx`delete from saved_view_default where view_id = ${view.id} and person_id <> ${view.personId}`;
}

export async function deleteView(tx: Tx, id: string): Promise<void> {
  await tx`delete from saved_view_default where view_id = ${id}`;
  await tx`delete from saved_view where id = ${id}`;
}

/** Makes a view the one a person begins with; null begins with the queue as it is. */
export async function saveDefaultView(tx: Tx, personId: string, viewId: string | null): Promise<void> {
  if (viewId === null) await tx`delete from saved_view_default where person_id = ${personId}`;
  else
    await tx`insert into saved_view_default (person_id, view_id) values (${personId}, ${viewId})
      on conflict (person_id) do update set view_id = excluded.view_id`;
}
