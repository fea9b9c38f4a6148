import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { SYSTEM } from "../access/actor";
import { startReplay } from "../messages/replay";
import { type Desk, makeDesk } from "../testing/desk";
import { changedInput, listChanged, mendCrosswalk, previewMend } from "./mend";

vi.setConfig({ testTimeout: 60_000 });

const WORD = "put_in_locker";
let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk("mend");
}, 60_000);
afterAll(() => desk?.end());

const mend = (to: string | null) => ({ feed: "carrier", kind: "status" as const, word: WORD, to });

async function pages(to: string, limit: number) {
  const found: string[] = [];
  let cursor: { shipmentId: string; key: string } | null = null;
  do {
    const page: Awaited<ReturnType<typeof listChanged>> = await listChanged(
      desk.ctx,
      SYSTEM,
      changedInput.parse({ ...mend(to), limit, cursor }),
    );
    found.push(...page.items.map((item) => `${item.shipmentId} ${item.receipt} ${item.from}`));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

test("a preview counts and lists every past event that would change, page by page, and none that a newer reading replaced", async () => {
  for (const number of [1, 2, 3]) {
    await desk.scan(`1ZMEND${number}`, WORD, 10 * number);
    await desk.scan(`1ZMEND${number}`, "in_transit", 60);
  }
  await desk.settle();
  const first = await previewMend(desk.ctx, desk.person, mend("available_for_pickup"));
  expect(first).toMatchObject({ shipments: 3, more: false, from: null, next: null });
  expect(first.samples).toHaveLength(first.events);
  const [stored] = await desk.ctx.sql`select count(*)::int as n from event where word = ${WORD}`;
  expect(first.events).toBe(stored?.n);
  const all = await pages("available_for_pickup", 500);
  expect(all).toHaveLength(first.events);
  expect(await pages("available_for_pickup", 1)).toEqual(all);

  await mendCrosswalk(desk.ctx, desk.person, mend("available_for_pickup"));
  const run = await startReplay(desk.ctx, desk.person, {
    scope: { feed: "carrier", word: WORD },
    mapping: "current",
    dryRun: false,
  });
  await desk.run(run.id);
  expect(await previewMend(desk.ctx, desk.person, mend("available_for_pickup"))).toMatchObject({
    events: 0,
    samples: [],
  });
  const other = await previewMend(desk.ctx, desk.person, mend("delivered"));
  expect(other).toMatchObject({ events: first.events, shipments: 3 });
  expect(new Set(other.samples.map(({ from }) => from))).toEqual(new Set(["available_for_pickup"]));
});
