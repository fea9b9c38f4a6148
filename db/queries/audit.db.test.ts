import { afterAll, beforeAll, expect, test } from "vitest";
import { auditFilterSchema } from "@/core/access/audit-filter";
import { pageOf, readKeyset } from "@/core/keyset";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertAudit, listAudit, listAuditFacets, streamAudit } from "./audit";

let database: TestDatabase;
const PERSON = "01900000-0000-7000-8000-000000000001";
const idOf = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const NONE = { actions: [], actorId: null, actorKind: null, subject: null, since: null, until: null };

beforeAll(async () => {
  database = await testDatabase("audit");
  for (let n = 0; n < 1200; n++) {
    await insertAudit(database.sql, {
      id: idOf(n),
      at: new Date(Date.now() - Math.floor(n / 3) * 1000),
      action: n % 4 === 0 ? "people.invite" : "access.sign_in",
      actorKind: n % 2 === 0 ? "person" : "system",
      actorId: n % 2 === 0 ? PERSON : null,
      actorName: n % 2 === 0 ? "Ann" : "Waypost",
      subject: `person:${idOf(n % 10)}`,
      before: null,
      after: { n },
      reason: null,
      correlationId: null,
    });
  }
});
afterAll(async () => database?.drop());

test("pages follow one another without a gap or a row twice, also where rows share an instant", async () => {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const rows = await listAudit(database.sql, NONE, { after: readKeyset(cursor), limit: 100 });
    const page: { items: { id: string }[]; nextCursor: string | null } = pageOf(rows, 100);
    seen.push(...page.items.map((row) => row.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toHaveLength(1200);
  expect(new Set(seen).size).toBe(1200);
});

test.each([
  [{ actions: ["people.invite"] }, 300],
  [{ actions: ["people"] }, 300],
  [{ actions: ["people", "access.sign_in"] }, 1200],
  [{ actorKind: "system" as const }, 600],
  [{ actorId: PERSON }, 600],
  [{ subject: `person:${idOf(3)}` }, 120],
  [{ subject: idOf(3) }, 120],
  [{ actorId: PERSON, subject: idOf(3) }, 0],
  [{ since: new Date(Date.now() + 60_000) }, 0],
])("%o is kept by the list and by the export alike", async (part, count) => {
  const filter = { ...NONE, ...part };
  const listed = await listAudit(database.sql, filter, { after: null, limit: 2000 });
  let streamed = 0;
  for await (const rows of streamAudit(database.sql, filter)) streamed += rows.length;
  expect([listed.length, streamed]).toEqual([count, count]);
});

test("the menus offer what occurs", async () => {
  expect(await listAuditFacets(database.sql)).toEqual({
    actions: ["access.sign_in", "people.invite"],
    actors: [{ id: PERSON, kind: "person", name: "Ann" }],
  });
});

test("a filter from an address that is no filter is refused", () => {
  expect(auditFilterSchema.safeParse({ action: ["'; drop"] }).success).toBe(false);
  expect(auditFilterSchema.safeParse({ actor: "x" }).success).toBe(false);
});
