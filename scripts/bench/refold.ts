import type { Json } from "@/core/shipments/attributes";
import { eventIdentity } from "@/core/shipments/event";
import { canonicalJson } from "@/core/shipments/identity";
import type { Database } from "@/db/client";
import { readMessages } from "@/db/queries/pipeline/claim";
import { loadExceptions, loadPostings } from "@/db/queries/pipeline/load-judged";
import { loadEnvironment } from "@/server/pipeline/environment";
import { loadLocked } from "@/server/pipeline/families";
import { eventKey, hashId, interpret } from "@/server/pipeline/interpret";
import { judge } from "@/server/pipeline/judge";
import { makeTestContext } from "@/server/testing/workspace";
import { readReview } from "./stencil";

type Stored = Record<string, unknown> & { shipment_id: string; updated_at: Date; state: Json };

export type Check = {
  drawn: number;
  equal: number;
  unequal: number;
  events: number;
  messages: number;
  first: string[];
};

const ms = (value: unknown) => (value instanceof Date ? value.getTime() : null);

/**
 * Draws shipments at random, folds and judges them from their events as of their last change, and compares: state, columns, exceptions to open,
 * close or refresh and postings to plan (there must be none). Then reads stored bytes again: the events in them must be stored under their keys.
 */
export async function checkSample(database: Database, many: number): Promise<Check> {
  const { sql } = database;
  const ctx = makeTestContext({ ...database, url: "postgres://checked", drop: async () => {} });
  const check: Check = { drawn: 0, equal: 0, unequal: 0, events: 0, messages: 0, first: [] };
  const ids = (await sql<{ id: string }[]>`select shipment_id as id from shipment order by random() limit ${many}`).map(
    (row) => row.id,
  );
  for (let at = 0; at < ids.length; at += 100) {
    const part = ids.slice(at, at + 100);
    const stored = await sql<Stored[]>`select * from shipment where shipment_id = any(${part}::uuid[])`;
    const reviews = new Map<string, number | null>();
    for (const id of part) reviews.set(id, await readReview(ctx, id));
    await sql.begin(async (tx) => {
      const env = await loadEnvironment(tx);
      const families = await loadLocked(tx, env, part);
      const exceptions = await loadExceptions(tx, part);
      const postings = await loadPostings(tx, part);
      for (const row of stored) {
        const family = families.family(row.shipment_id);
        if (!family) throw new Error(`${row.shipment_id} has no family`);
        const nowMs = row.updated_at.getTime();
        const judged = judge(
          family,
          exceptions.filter((one) => one.homeId === row.shipment_id),
          postings.filter((one) => one.shipmentId === row.shipment_id),
          { messageId: null, receivedAtMs: nowMs, correlationId: null },
          env,
          { nowMs, uuid: ctx.uuid },
        );
        const { saved } = judged;
        const wrong = [
          ...differences(row, { ...saved, ...saved.shipment }, reviews.get(row.shipment_id) ?? null),
          ...(canonicalJson(row.state) === canonicalJson(saved.shipment as unknown as Json) ? [] : ["state"]),
          ...(judged.open.length > 0 ? [`opens ${judged.open[0]?.finding.kind}`] : []),
          ...(judged.close.length > 0 ? ["closes"] : []),
          ...(judged.refresh.length > 0 ? [`refreshes ${judged.refresh[0]?.finding.kind}`] : []),
          ...(judged.postings.length > 0 ? [`plans ${judged.postings[0]?.kind}`] : []),
          ...(family.references.some((r) => r.kind === "tracking_number" && r.liveUntilMs !== judged.windowMs)
            ? ["window"]
            : []),
        ];
        for (const event of family.events) {
          check.events++;
          if (hashId(eventIdentity(event.feedId, event)) !== event.key) wrong.push(`key of ${event.kind}`);
        }
        check.drawn++;
        if (wrong.length === 0) check.equal++;
        else {
          check.unequal++;
          if (check.first.length < 5) check.first.push(`${row.shipment_id}: ${wrong.join(", ")}`);
        }
      }
    });
  }
  await checkBytes(database, Math.min(200, many), check);
  return check;
}

const INSTANTS = {
  promised_at: "promisedDeliveryAtMs",
  eta_at: "etaMs",
  created_at: "createdAtMs",
  last_event_at: "lastEventAtMs",
} as const;
const WORDS = {
  provisional: "provisional",
  milestone: "milestone",
  stage: "stage",
  summary: "summary",
  terminal: "terminal",
  carrier: "carrier",
  service: "service",
  warehouse: "warehouse",
  customer: "customer",
  channel: "channel",
  name: "name",
  tracking_number: "trackingNumber",
  connection_id: "connectionId",
  picking_id: "pickingId",
  first_feed_id: "firstFeedId",
  open_exceptions: "openExceptions",
} as const;

function differences(row: Stored, saved: Record<string, unknown>, reviewMs: number | null): string[] {
  const wrong: string[] = [];
  for (const [column, field] of Object.entries(WORDS)) if (row[column] !== saved[field]) wrong.push(column);
  for (const [column, field] of Object.entries(INSTANTS))
    if (ms(row[column]) !== (saved[field] ?? null)) wrong.push(column);
  if (reviewMs !== (saved.reviewAtMs ?? null)) wrong.push("review_at");
  return wrong;
}

async function checkBytes({ sql }: Database, many: number, check: Check): Promise<void> {
  const env = await sql.begin((tx) => loadEnvironment(tx));
  const drawn = await sql<
    { id: string }[]
  >`select id from message where body is not null and received_at > now() - interval '20 days' limit ${many}`;
  const messages = await readMessages(
    sql,
    drawn.map((row) => row.id),
  );
  for (const message of messages) {
    const reading = env.readings.get(message.feedId);
    if (!reading) throw new Error("a message of no feed");
    const { facts } = interpret(message, reading);
    const keys = (facts?.shipments ?? []).flatMap((one) => one.events.map((event) => eventKey(message.feedId, event)));
    const [row] = await sql<{ found: number }[]>`select count(distinct key)::int as found from event
      where shipment_id = any(select unnest(shipment_ids) from interpretation where message_id = ${message.id}) and key = any(${keys}::uuid[])`;
    check.messages++;
    if (row?.found !== new Set(keys).size) {
      check.unequal++;
      if (check.first.length < 5)
        check.first.push(`message ${message.id}: ${row?.found} of ${new Set(keys).size} events`);
    }
  }
}
