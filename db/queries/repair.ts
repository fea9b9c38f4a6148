import type { FeedClass, WayIn } from "@/core/feeds/feed";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { list } from "./pipeline/list";

/**
 * Items of a repair that can be worked now, in their order: those that wait for a time come when it has come, and what follows of the same
 * shipment comes after them. A target ends in the id of its shipment.
 */
export async function nextRepairItems(
  tx: Tx,
  runId: string,
  limit: number,
  now: Date,
): Promise<{ position: number; target: string }[]> {
  return tx<{ position: number; target: string }[]>`
    select i.position, i.target from run_item i where i.run_id = ${runId} and i.state = 0
      and coalesce((i.before->>'notBefore')::timestamptz, '-infinity') <= ${now} and ${isFirst(tx)}
    order by i.position limit ${limit}`;
}

const isFirst = (tx: Tx) => tx`not exists (select 1 from run_item e where e.run_id = i.run_id and e.state = 0
  and e.position < i.position and right(e.target, 36) = right(i.target, 36))`;

export type Rest = { position: number; until: Date; reason: string; child?: string | null };

/** Lets items of a repair wait until a time, and says for what; `child` is the run that they wait for. */
export async function restItems(tx: Tx, runId: string, rests: readonly Rest[]): Promise<void> {
  if (rests.length === 0) return;
  await tx`update run_item r set reason = t.re, before = coalesce(r.before, '{}'::jsonb) || jsonb_build_object('notBefore', t.un)
      || case when t.ch is null then '{}'::jsonb else jsonb_build_object('child', t.ch) end
    from unnest(${list(rests.map((r) => r.position))}::int[], ${list(rests.map((r) => r.until.toISOString()))}::text[],
      ${list(rests.map((r) => r.reason))}::text[], ${list(rests.map((r) => r.child ?? null))}::text[]) t(po, un, re, ch)
    where r.run_id = ${runId} and r.position = t.po and r.state = 0`;
  await tx`select pg_notify('waypost_live', ${JSON.stringify({ topic: "runs", ids: [runId] })})`;
}

/** When the first of the items left of a repair can be worked; null where none is left. */
export async function findWake(tx: Tx, runId: string): Promise<Date | null> {
  const [row] = await tx<{ at: Date | null }[]>`
    select min(coalesce((i.before->>'notBefore')::timestamptz, 'epoch')) as at from run_item i
    where i.run_id = ${runId} and i.state = 0 and ${isFirst(tx)}`;
  return row?.at ?? null;
}

/** Lays a run down until a time: another worker takes it up then, and it holds up none meanwhile. */
export async function restRun(tx: Tx, runId: string, owner: string, until: Date): Promise<void> {
  await tx`update run set state = 'waiting', lease_owner = null, lease_until = ${until}
    where id = ${runId} and state = 'running' and lease_owner = ${owner}`;
  await tx`select pg_notify('waypost_live', ${JSON.stringify({ topic: "runs", ids: [runId] })})`;
}

/** Lets a repair that waits look at once; false where it does not wait. */
export async function wakeRepair(tx: Tx, runId: string): Promise<boolean> {
  const woken =
    await tx`update run set lease_until = null where id = ${runId} and kind = 'repair' and state = 'waiting' and lease_until is not null`;
  if (woken.count === 0) return false;
  await tx`update run_item set before = before - 'notBefore' where run_id = ${runId} and state = 0`;
  await tx`select pg_notify('waypost_runs', ''), pg_notify('waypost_live', '{"topic":"runs"}')`;
  return true;
}

export type Word = { feedId: number; kind: string; word: string };

/** Those of these words that have a meaning now; a product has one as well where an Odoo's name for it was given ours. */
export async function listMended(tx: Tx, words: readonly Word[]): Promise<Set<string>> {
  if (words.length === 0) return new Set();
  const rows = await tx<{ feedId: number; kind: string; word: string }[]>`
    select t.f as "feedId", t.k as kind, t.w as word from unnest(${list(words.map((w) => w.feedId))}::int[], ${list(words.map((w) => w.kind))}::text[],
      ${list(words.map((w) => w.word))}::text[]) t(f, k, w)
    where exists (select 1 from crosswalk_entry e where e.feed_id = t.f and e.kind = t.k and e.word = t.w and e.until is null)
      or (t.k = 'product' and exists (select 1 from crosswalk_entry e join feed f on f.id = e.feed_id
        where f.class = 'odoo' and e.kind = 'product' and e."to" = t.w and e.until is null))`;
  return new Set(rows.map(({ feedId, kind, word }) => `${feedId}/${kind}/${word}`));
}

/** Receipts of the messages that told a word of shipments: those of its events, or those behind what a feed claims of their quantities. */
export async function receiptsWithWord(
  tx: Tx,
  shipmentIds: readonly string[],
  { feedId, kind, word }: Word,
  limit: number,
): Promise<string[]> {
  const rows =
    kind === "status"
      ? await tx<{ id: string }[]>`select distinct message_id as id from event
          where shipment_id = any(${list(shipmentIds)}::uuid[]) and feed_id = ${feedId} and word = ${word} and not withdrawn limit ${limit}`
      : await tx<{ id: string }[]>`select distinct "values"->'quantities'->>'m' as id from claim
          where shipment_id = any(${list(shipmentIds)}::uuid[]) and feed_id = ${feedId} and "values" ? 'quantities' limit ${limit}`;
  return rows.map((row) => row.id);
}

/** Shipments with those that are linked to them. */
export async function listFamilyIds(tx: Tx, heads: readonly string[]): Promise<{ headId: string; id: string }[]> {
  return tx<{ headId: string; id: string }[]>`
    select coalesce(head_id, shipment_id) as "headId", shipment_id as id from shipment
    where shipment_id = any(${list(heads)}::uuid[]) or head_id = any(${list(heads)}::uuid[])`;
}

export type AskedFeed = {
  id: number;
  slug: string;
  name: string;
  feedClass: FeedClass;
  wayIn: WayIn;
  silenceMinutes: number | null;
  /** Its source can be asked for what it did not send. */
  askable: boolean;
};

/** Feeds by their ids. */
export async function findFeedsById(tx: Tx, ids: readonly number[]): Promise<Map<number, AskedFeed>> {
  if (ids.length === 0) return new Map();
  const rows = await tx<
    AskedFeed[]
  >`select id, slug, name, class as "feedClass", way_in as "wayIn", silence_minutes as "silenceMinutes",
      state = 'active' and exists (select 1 from feed_catch_up c where c.feed_id = feed.id) as askable
    from feed where id = any(${list(ids)}::int[])`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** Postings of some kinds of shipments that are on their way. */
export async function listOnTheWayOf(tx: Tx, shipmentIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`select distinct shipment_id as id from posting
    where shipment_id = any(${list(shipmentIds)}::uuid[]) and state in ('planned', 'sending', 'posted', 'unconfirmed')`;
  return new Set(rows.map((row) => row.id));
}

/** Postings that went out, newest first, of shipments and a kind. */
export async function listPostedOf(
  tx: Tx,
  shipmentIds: readonly string[],
  kind: string,
): Promise<{ shipmentId: string; id: string; state: string; after: Json }[]> {
  return tx<{ shipmentId: string; id: string; state: string; after: Json }[]>`
    select shipment_id as "shipmentId", id, state, after from posting
    where shipment_id = any(${list(shipmentIds)}::uuid[]) and kind = ${kind} order by created_at desc, key desc`;
}

/** Rows of a day that Waypost has no shipment for. */
export async function findUnknownRows(
  tx: Tx,
  day: string,
  ids: readonly string[],
): Promise<Map<string, { id: string; connectionId: number; pickingId: number; name: string; letters: string }>> {
  const rows = await tx<{ id: string; connectionId: number; pickingId: number; name: string; letters: string }[]>`
    select shipment_id as id, connection_id as "connectionId", picking_id as "pickingId", name, letters from reconciliation_row
    where shipment_id = any(${list(ids)}::uuid[]) and day = ${day}::date and not known`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** Shipments of transfers. */
export async function shipmentsOfPickings(
  tx: Tx,
  pickings: readonly { connectionId: number; pickingId: number }[],
): Promise<Map<string, string>> {
  if (pickings.length === 0) return new Map();
  const rows = await tx<{ connectionId: number; pickingId: number; id: string }[]>`
    select s.connection_id as "connectionId", s.picking_id as "pickingId", coalesce(s.head_id, s.shipment_id) as id from shipment s
    join unnest(${list(pickings.map((p) => p.connectionId))}::int[], ${list(pickings.map((p) => p.pickingId))}::int[]) t(c, p)
      on s.connection_id = t.c and s.picking_id = t.p`;
  return new Map(rows.map((row) => [`${row.connectionId}/${row.pickingId}`, row.id]));
}

/** The newest repair that is under way or waits and is about a shipment; null where there is none. */
export async function findRepairOf(
  tx: Tx,
  shipmentId: string,
): Promise<{ id: string; state: string; until: Date | null; reason: string | null } | null> {
  const [row] = await tx<{ id: string; state: string; until: Date | null; reason: string | null }[]>`
    select r.id, r.state, case when r.state = 'waiting' then r.lease_until end as until, i.reason
    from run r join run_item i on i.run_id = r.id and i.state = 0
    where r.kind = 'repair' and not r.dry_run and r.state in ('waiting', 'running', 'paused')
      and i.target = any(${SHAPES.map((shape) => `${shape}${shipmentId}`)}::text[])
    order by r.created_at desc, i.position limit 1`;
  return row ?? null;
}

const SHAPES = ["", "proof ", "move_number ", "replay ", "recover ", "ask_feed ", "release ", "plan "];

/** What a repair moved from one shipment to another, the last first, with what is needed to take it back. */
export async function listMovedItems(tx: Tx, runId: string): Promise<{ target: string; after: Json }[]> {
  return tx<{ target: string; after: Json }[]>`select target, after from run_item
    where run_id = ${runId} and result = 'changed' and after ? 'moved' order by position desc`;
}

/** Stores a run that takes a repair back; its items follow in the same transaction. */
export async function insertUndoRun(
  tx: Tx,
  run: { id: string; scope: Json; undoes: string; byPerson: string | null; byApiKey: string | null; at: Date },
): Promise<void> {
  await tx`insert into run (id, kind, dry_run, state, scope, undoes, by_person, by_api_key, created_at)
    values (${run.id}, 'undo', false, 'waiting', ${tx.json(run.scope)}, ${run.undoes}, ${run.byPerson}, ${run.byApiKey}, ${run.at})`;
}

/** How many numbers a repair moved; they are its first items, and few. */
export async function countMoved(tx: Tx, runId: string): Promise<number> {
  const [row] = await tx<{ moved: number }[]>`select count(*)::int as moved from run_item
    where run_id = ${runId} and result = 'changed' and after ? 'moved'`;
  return row?.moved ?? 0;
}
