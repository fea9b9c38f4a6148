import { afterAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { ensurePartitions } from "./partitions";

let database: TestDatabase;
afterAll(async () => database?.drop());

test("months ahead get partitions once, and rows of other months fall into the default one", async () => {
  database = await testDatabase("partitions");
  const made = await ensurePartitions(database.sql, new Date("2031-05-20T00:00:00Z"), 1);
  expect(made).toContain("message_2031_05");
  expect(made).toContain("audit_2031_06");
  expect(await ensurePartitions(database.sql, new Date("2031-05-20T00:00:00Z"), 1)).toEqual([]);
  await database.sql`insert into audit (id, at, action, actor_kind, actor_name, subject)
    values (gen_random_uuid(), '2031-05-02', 'x', 'system', 'x', 'x'), (gen_random_uuid(), '2040-01-01', 'x', 'system', 'x', 'x')`;
  const rows = await database.sql`select tableoid::regclass::text as t from audit order by at`;
  expect(rows.map((r) => r.t)).toEqual(["audit_2031_05", "audit_default"]);
});
