// The yardstick of the pipeline: the shape of it with one adapter, one rule and no product around. Claim by lane, read, lock, correlate,
// insert events, load, fold, save, counters last.  usage: DATABASE_URL=... node bare-pipeline.mjs SLOT
import { createHash } from "node:crypto";
import postgres from "postgres";
import { v7 } from "uuid";

export const BARE_SCHEMA = `
create table bare_message(id uuid primary key, lane int not null, received_at timestamptz not null default now(), body bytea not null);
create table bare_inbox(lane int not null, message_id uuid not null, primary key(lane, message_id));
create table bare_ref(value text primary key, shipment_id uuid not null);
create table bare_shipment(shipment_id uuid primary key, milestone text, state jsonb, review_at timestamptz, updated_at timestamptz not null);
create index on bare_shipment(updated_at desc, shipment_id desc);
create table bare_event(shipment_id uuid, key uuid, kind text, occurred_at timestamptz, received_at timestamptz, message_id uuid, raw jsonb, primary key(shipment_id, key));
create table bare_exception(shipment_id uuid, id uuid, kind text, subject text, primary key(shipment_id, id));
create table bare_posting(shipment_id uuid, key text, kind text, state text, primary key(shipment_id, key));
create table bare_bucket(hour timestamptz, slot int, bucket int, n bigint, primary key(hour, slot, bucket));`;

const RANK = { pre_transit: 500, in_transit: 700, out_for_delivery: 800, delivered: 900 };
const uuidOf = (text) => {
  const h = createHash("sha256").update(text).digest("hex");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20, 32)}`;
};
const lockOf = (text) => createHash("md5").update(text).digest().readUInt16BE(0) & 4095;
const buckets = (texts) => [...new Set(texts.map(lockOf))].sort((a, b) => a - b);

async function batch(sql, lane, slot) {
  return sql.begin(async (tx) => {
    const messages = await tx`with taken as (delete from bare_inbox where (lane, message_id) in
        (select lane, message_id from bare_inbox where lane = ${lane} order by message_id limit 500 for update skip locked) returning message_id)
      select m.id, m.body, m.received_at from taken join bare_message m on m.id = taken.message_id`;
    if (messages.length === 0) return 0;
    const facts = [];
    for (const m of messages) {
      const { result } = JSON.parse(m.body.toString());
      for (const d of result.tracking_details) {
        const key = uuidOf(result.tracking_code + d.status + d.message + d.datetime);
        facts.push({
          ref: result.tracking_code,
          kind: d.status,
          at: d.datetime,
          received: m.received_at,
          message: m.id,
          key,
          raw: d,
        });
      }
    }
    const refs = [...new Set(facts.map((f) => f.ref))];
    await tx`select pg_advisory_xact_lock(11, k) from unnest(${buckets(refs)}::int[]) k`;
    const rows = await tx`select value, shipment_id from bare_ref where value = any(${refs}::text[])`;
    const known = new Map(rows.map((r) => [r.value, r.shipment_id]));
    const fresh = refs.filter((r) => !known.has(r));
    for (const r of fresh) known.set(r, v7());
    if (fresh.length)
      await tx`insert into bare_ref select * from unnest(${fresh}::text[], ${fresh.map((r) => known.get(r))}::uuid[])`;
    const ids = [...new Set(refs.map((r) => known.get(r)))];
    await tx`select pg_advisory_xact_lock(12, k) from unnest(${buckets(ids)}::int[]) k`;
    await tx`insert into bare_event select s, k, kd, o, r, m, w::jsonb from unnest(${facts.map((f) => known.get(f.ref))}::uuid[], ${facts.map((f) => f.key)}::uuid[],
      ${facts.map((f) => f.kind)}::text[], ${facts.map((f) => f.at)}::timestamptz[], ${facts.map((f) => f.received.toISOString())}::timestamptz[],
      ${facts.map((f) => f.message)}::uuid[], ${facts.map((f) => JSON.stringify(f.raw))}::text[]) t(s, k, kd, o, r, m, w) on conflict do nothing`;
    const all = await tx`select shipment_id, kind, occurred_at from bare_event where shipment_id = any(${ids}::uuid[])`;
    const before = new Map(
      (await tx`select shipment_id, milestone from bare_shipment where shipment_id = any(${ids}::uuid[])`).map((r) => [
        r.shipment_id,
        r.milestone,
      ]),
    );
    const by = new Map();
    for (const e of all) by.set(e.shipment_id, [...(by.get(e.shipment_id) ?? []), e]);
    const states = ids.map((id) => {
      let best = null;
      for (const e of by.get(id) ?? []) if ((RANK[e.kind] ?? 0) > (RANK[best] ?? 0)) best = e.kind;
      return { milestone: best, events: (by.get(id) ?? []).length };
    });
    await tx`insert into bare_shipment select i, m, s::jsonb, now() + interval '1 day', now() from unnest(${ids}::uuid[], ${states.map((s) => s.milestone)}::text[],
      ${states.map((s) => JSON.stringify(s))}::text[]) t(i, m, s) on conflict (shipment_id) do update set milestone = excluded.milestone, state = excluded.state,
      review_at = excluded.review_at, updated_at = excluded.updated_at`;
    const changed = ids.filter((id, i) => before.get(id) !== states[i].milestone);
    if (changed.length)
      await tx`insert into bare_posting select i, 'note', 'note', 'planned' from unnest(${changed}::uuid[]) i on conflict do nothing`;
    const odd = facts.filter((f) => RANK[f.kind] === undefined).map((f) => known.get(f.ref));
    if (odd.length)
      await tx`insert into bare_exception select i, e, 'unmapped', 'code' from unnest(${odd}::uuid[], ${odd.map(() => v7())}::uuid[]) t(i, e)`;
    const counts = new Map();
    for (const f of facts) {
      const b = Math.round(Math.log(1 + Math.max(0, f.received - new Date(f.at))) * 40);
      counts.set(b, (counts.get(b) ?? 0) + 1);
    }
    const bs = [...counts.keys()].sort((a, b) => a - b);
    await tx`insert into bare_bucket select date_trunc('hour', now()), ${slot}::int, b, n from unnest(${bs}::int[], ${bs.map((b) => counts.get(b))}::bigint[]) t(b, n)
      on conflict (hour, slot, bucket) do update set n = bare_bucket.n + excluded.n`;
    return messages.length;
  });
}

if (import.meta.filename === process.argv[1]) {
  const slot = Number(process.argv[2] ?? 0);
  const sql = postgres(process.env.DATABASE_URL, { max: 1, onnotice() {} });
  const startedCpu = process.cpuUsage();
  const started = performance.now();
  let messages = 0;
  let last = started;
  for (let idle = 0, n = 0; idle < 128; n++) {
    const done = await batch(sql, (slot * 32 + n) % 64, slot);
    messages += done;
    idle = done ? 0 : idle + 1;
    if (done) last = performance.now();
  }
  const cpu = process.cpuUsage(startedCpu);
  console.log(
    JSON.stringify({
      slot,
      messages,
      seconds: (last - started) / 1000,
      cpuMs: Math.round((cpu.user + cpu.system) / 1000),
    }),
  );
  await sql.end();
}
