import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { kindsOfPhase } from "@/core/phases/phases";
import { POSTING_KINDS } from "@/core/postings/kinds";
import { findConnection } from "@/db/queries/odoo";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection, insertPosting } from "@/db/testing/rows";
import { dryRunKind } from "../odoo/dry-run-kind";
import { type TestContext, testContext } from "../testing/context";
import { readPhases } from "./read";
import { switchPhase } from "./switch";

let database: TestDatabase;
let ctx: TestContext;
let id = 0;
let administrator: Awaited<ReturnType<typeof insertActor>>;

beforeAll(async () => {
  database = await testDatabase("phases");
  administrator = await insertActor(database.sql, "administrator");
  id = await insertConnection(database.sql);
});
afterAll(async () => database?.drop());
beforeEach(() => {
  ctx = testContext(database);
});

const standing = async (phase: string) => (await readPhases(ctx)).find((one) => one.phase === phase);

describe("phases", () => {
  test("are all on where nobody ever chose", async () => {
    expect((await readPhases(ctx)).map(({ phase, on }) => [phase, on])).toEqual([
      ["1", true],
      ["2", true],
      ["3", true],
    ]);
  });

  test("refuse who may not manage settings", async () => {
    const support = await insertActor(database.sql, "support");
    await expect(switchPhase(ctx, support, { phase: "2", to: "off" })).rejects.toMatchObject({ code: "forbidden" });
  });

  test("are not turned on without the dry run of each kind, and nothing is switched then", async () => {
    await dryRunKind(ctx, administrator, { id, kind: "tracking_number" });
    await expect(switchPhase(ctx, administrator, { phase: "1", to: "on" })).rejects.toMatchObject({
      code: "precondition",
      message: expect.stringContaining("transfer validated of main"),
    });
    expect((await findConnection(database.sql, id))?.kinds).toEqual({});
  });

  test("turning one on switches exactly its kinds, turning it off lets them wait; both are audited", async () => {
    const held = await insertPosting(database.sql, { connectionId: id, state: "held", heldBecause: "observe" });
    const kinds = kindsOfPhase("1");
    for (const kind of kinds) await dryRunKind(ctx, administrator, { id, kind });
    const on = await switchPhase(ctx, administrator, { phase: "1", to: "on" });
    expect(on.switched.map(({ kind }) => kind)).toEqual(kinds);
    expect(Object.keys((await findConnection(database.sql, id))?.kinds ?? {}).sort()).toEqual([...kinds].sort());
    expect((await standing("1"))?.kinds.every(({ state }) => state === "on")).toBe(true);
    await switchPhase(ctx, administrator, { phase: "1", to: "off" });
    expect((await standing("1"))?.on).toBe(false);
    expect((await standing("2"))?.on).toBe(true);
    const [row] = await database.sql`select state, held_because from posting where id = ${held.id}`;
    expect(row).toEqual({ state: "held", held_because: "kind_off" });
    const audit = await database.sql`select action from audit where action = 'phases.switch'`;
    expect(audit.length).toBe(2);
  });

  test("with the first alone on, nothing else is posted; what needs its own decision is not switched on with the others", async () => {
    const kinds = Object.fromEntries(POSTING_KINDS.map((kind) => [kind, "on"]));
    await database.sql`update odoo_connection set kinds = ${database.sql.json(kinds)}, observing = false where id = ${id}`;
    for (const phase of ["2", "3"] as const) await switchPhase(ctx, administrator, { phase, to: "off" });
    const on = async () =>
      Object.entries((await findConnection(database.sql, id))?.kinds ?? {}).flatMap(([kind, is]) =>
        is === "on" ? [kind] : [],
      );
    expect((await on()).sort()).toEqual([...kindsOfPhase("1")].sort());
    for (const kind of kindsOfPhase("2")) await dryRunKind(ctx, administrator, { id, kind });
    await switchPhase(ctx, administrator, { phase: "2", to: "on" });
    expect(await on()).toContain("exception_activity");
    expect(await on()).not.toContain("customer_invoice");
    expect((await standing("2"))?.kinds.find(({ kind }) => kind === "status_field")?.state).toBe("own");
  });
});
