import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bucketOf } from "@/core/service-levels/histogram";
import { WORKFLOWS } from "@/core/service-levels/objectives";
import type { PersonActor } from "../access/actor";
import { readChart } from "../service-levels/chart";
import { type Desk, makeDesk } from "../testing/desk";
import { readPhases } from "./read";
import { switchPhase } from "./switch";

vi.setConfig({ testTimeout: 120_000 });

let desk: Desk;
const admin: PersonActor = { kind: "person", id: v7(), name: "Ada", role: "administrator" };

beforeAll(async () => {
  desk = await makeDesk("phase3");
  await desk.ctx.sql`insert into person (id, name, email, role, state)
    values (${admin.id}, 'Ada', 'ada@example.com', 'administrator', 'active')`;
}, 60_000);
afterAll(() => desk?.end());

const at = (minutesAgo: number) =>
  new Date(Date.now() - minutesAgo * 60_000).toISOString().slice(0, 19).replace("T", " ");
const charts = async () =>
  Object.fromEntries(
    await Promise.all(
      WORKFLOWS.map(async (workflow) => {
        const { legs, whole } = await readChart(desk.ctx, { workflow, range: "7d", feedId: null });
        return [workflow, { legs, whole }] as const;
      }),
    ),
  );
async function buckets(workflow: string, leg: string): Promise<number[]> {
  const rows = await desk.ctx.sql<{ bucket: number; count: number }[]>`
    select bucket, sum(count)::int as count from latency_bucket where workflow = ${workflow} and leg = ${leg} group by 1`;
  return rows.flatMap(({ bucket, count }) => Array<number>(count).fill(bucket)).sort((a, b) => a - b);
}

test("the charts of phase 3 have the whole stored history the moment it is turned on, though it was off while that came", async () => {
  await switchPhase(desk.ctx, admin, { phase: "3", to: "off" });
  for (const number of [1, 2, 3]) {
    const { picking } = await desk.order(`PO-H${number}`);
    const row = { order: `PO-H${number}`, transfer: picking, tracking: `1ZHIST${number}` };
    await desk.drop({ ...row, status: "picked", at: at(90 * number) });
    await desk.drop({ ...row, status: "packed", at: at(10 * number) });
    await desk.scan(`1ZHIST${number}`, "in_transit", number);
  }
  for (let round = 0; round < 100; round++) {
    const open = await desk.ctx.sql`select 1 from posting where state in ('planned', 'sending', 'posted')`;
    if (open.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await desk.settle();
  }
  const before = await charts();
  await switchPhase(desk.ctx, admin, { phase: "3", to: "on" });
  expect(await charts()).toEqual(before);

  // what the stored rows say, counted anew, is what the charts were made of
  const events = await desk.ctx.sql<{ receivedAt: Date; occurredAt: Date | null }[]>`
    select received_at as "receivedAt", occurred_at as "occurredAt" from event where generation = 1 and not overall`;
  const lags = events.map(({ receivedAt, occurredAt }) => receivedAt.getTime() - (occurredAt ?? receivedAt).getTime());
  const sources = lags.filter((ms) => ms >= 0).map(bucketOf);
  expect(await buckets("status_update", "source")).toEqual(sources.sort((a, b) => a - b));
  const [stored] = await desk.ctx.sql<{ messages: number; shipments: number; published: number; told: number }[]>`
    select (select count(*)::int from message) as messages, (select count(*)::int from shipment where head_id is null) as shipments,
      (select count(*)::int from posting where kind = 'tracking_number' and posted_at is not null) as published,
      (select count(*)::int from posting where kind in ('transfer_validated', 'status_note') and posted_at is not null) as told`;
  const counted = async (workflow: string, leg: string) => (await buckets(workflow, leg)).length;
  expect(await counted("status_update", "interpret")).toBe(stored?.messages);
  expect(await counted("shipment_creation", "total")).toBe(stored?.shipments);
  expect(await counted("tracking_publication", "total")).toBe(stored?.published);
  expect(await counted("status_update", "total")).toBe(stored?.told);
  expect(stored).toMatchObject({ shipments: 3, published: 3 });
  expect(before.tracking_publication?.whole).toMatchObject({ count: 3 });

  const [, , third] = await readPhases(desk.ctx);
  expect(third).toMatchObject({ phase: "3", on: true });
  expect(third?.steps.find(({ name }) => name === "Service levels are counted")).toMatchObject({
    state: "done",
    why: expect.stringContaining("also while this phase is off"),
  });
});
