import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { desiredPostings } from "@/core/postings/plan";
import type { OdooPicking } from "@/core/shipments/attributes";
import { claim, event, foldOf } from "@/core/testing/facts";
import { insertRun, type WorkingRun } from "@/db/queries/replay";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertConnection, insertPosting, insertShipment } from "@/db/testing/rows";
import type { OdooClients } from "../odoo/clients";
import { type TestContext, testContext } from "../testing/context";
import { getPosting } from "./outbox";
import { repostChunk } from "./repost-step";

let database: TestDatabase;
let ctx: TestContext;
let connection = 0;
let shipmentId = "";

const claims = [claim("carrier", "tracking_number", "1z-1")];
const pickingOf = (state: string): OdooPicking => ({
  connectionId: connection,
  pickingId: 53,
  name: "WH/OUT/00053",
  state,
  companyId: 1,
  saleOrderId: 26,
  dateDone: null,
});

async function standAs(state: string): Promise<void> {
  const picking = claim("odoo", "odoo_picking", pickingOf(state));
  const shipment = foldOf([event("picked_up", 2, { key: "01900000-0000-7000-8000-000000000001" })], {
    claims: [...claims, picking],
  });
  await database.sql`update shipment set state = ${database.sql.json(shipment as never)} where shipment_id = ${shipmentId}`;
}

beforeAll(async () => {
  database = await testDatabase("explain");
  ctx = testContext(database);
  connection = await insertConnection(database.sql, { observing: false });
  await database.sql`update odoo_connection set kinds = '{"tracking_number":"on"}', post_since = now() - interval '1 day',
    last_test = '{"at":"2026-01-05T08:00:00Z","modules":{"stock":true,"stock_delivery":true},"companies":[{"id":1,"name":"One"}]}'`;
  shipmentId = await insertShipment(database.sql, { name: "WH/OUT/00053", connectionId: connection, pickingId: 53 });
  await standAs("assigned");
});
afterAll(async () => database?.drop());

async function tracking(number: number, state: string, heldBecause: string | null = null, value = "1Z1") {
  const desired = { kind: "tracking_number", trackingReference: value, carrierId: null };
  const key = `tracking_number-${connection}-53-${number}`;
  const made = await insertPosting(database.sql, {
    shipmentId,
    key,
    state,
    heldBecause,
    connectionId: connection,
    desired,
  });
  await database.sql`update posting set company_id = 1 where id = ${made.id}`;
  return made;
}

/** Posts one again through the step of a run; its Odoo cannot be reached, so nothing can be sent. */
async function repost({ key }: { key: string }) {
  const run = {
    id: ctx.uuid(),
    kind: "repost" as const,
    dryRun: false,
    mapping: null,
    perSecond: null,
    byPerson: null,
  };
  const target = `${shipmentId} ${key}`;
  await insertRun(database.sql, { ...run, scope: {}, byApiKey: null, at: ctx.now() }, [target]);
  const clients = { get: () => Promise.reject(new Error("refused")) } as unknown as OdooClients;
  const working = { ...run, state: "running", total: 1, processed: 0, summary: null } as WorkingRun;
  const [result] = await repostChunk(ctx, { slot: 0, environment: undefined }, clients, working, [
    { position: 1, target },
  ]);
  return result;
}

describe("a posting explained", () => {
  test("shows what was normalised by which rule, and every check with its reason", async () => {
    expect(desiredPostings(foldOf([], { claims }), pickingOf("assigned"))[0]).toMatchObject({
      trackingReference: "1Z1",
    });
    const { id } = await tracking(1, "rejected");
    const { explained } = await getPosting(ctx, id);
    expect(explained.checks.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    expect(explained.checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        "linked",
        "open",
        "company",
        "well_formed",
        "owner",
        "asked_for",
        "module",
        "once",
        "allowed",
      ]),
    );
    expect(explained.fields).toMatchObject([{ field: "carrier tracking ref", value: "1Z1", how: "normalised" }]);
  });

  test("says why it is not posted once its transfer is cancelled", async () => {
    const { id } = await tracking(2, "rejected");
    await standAs("cancel");
    const { explained } = await getPosting(ctx, id);
    expect(explained.checks).toContainEqual({
      check: "open",
      verdict: "failed",
      why: "WH/OUT/00053 is cancelled in Odoo.",
    });
    await standAs("assigned");
  });

  test("an invalid one is not posted again and says why", async () => {
    const invalid = await tracking(3, "held", "invalid", " ");
    const result = await repost(invalid);
    expect(result).toMatchObject({ result: "failed", reason: expect.stringContaining("cannot be written") });
    const [row] = await database.sql`select state, held_because from posting where id = ${invalid.id}`;
    expect(row).toEqual({ state: "held", held_because: "invalid" });
  });
});
