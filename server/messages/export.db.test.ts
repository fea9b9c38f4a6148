import { afterAll, expect, test } from "vitest";
import { messageFilter } from "@/core/messages/filter";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertFeed, insertMessage } from "@/db/testing/rows";
import { testContext } from "../testing/context";
import { exportMessages } from "./export";

let database: TestDatabase;
afterAll(async () => database?.drop());

test("the log of a feed is exported without bytes, with an audit row, and refused to who may not read messages", async () => {
  database = await testDatabase("messageexport");
  const ctx = testContext(database);
  const feedId = await insertFeed(database.sql, { slug: "log" });
  const problem = { kind: "schema", at: "/a", found: "=1+1", expected: "x" };
  await insertMessage(database.sql, { feedId, status: "interpreted", body: "secret body" });
  await insertMessage(database.sql, { feedId, status: "failed", problems: [problem] });
  const support = await insertActor(database.sql, "support");
  let text = "";
  for await (const part of await exportMessages(ctx, support, messageFilter.parse({ feedId }))) text += part;
  expect(text.trim().split("\r\n").length).toBe(3);
  expect(text).not.toContain("secret body");
  expect(text).toContain(",schema,/a,'=1+1,");
  expect(await database.sql`select subject from audit where action = 'messages.export'`).toEqual([
    { subject: `feed:${feedId}` },
  ]);
  const finance = await insertActor(database.sql, "finance");
  await expect(exportMessages(ctx, finance, messageFilter.parse({ feedId }))).rejects.toMatchObject({
    code: "forbidden",
  });
});
