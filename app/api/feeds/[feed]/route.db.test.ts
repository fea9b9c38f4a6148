import { createHmac, randomBytes } from "node:crypto";
import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { seal } from "@/server/seal";
import { webContext } from "@/server/web-context";
import { GET, POST } from "./route";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("mount");
  const key = randomBytes(32);
  vi.stubEnv("DATABASE_URL", database.url);
  vi.stubEnv("WAYPOST_SECRET_KEY", key.toString("base64"));
  vi.stubEnv("WAYPOST_LOG_LEVEL", "silent");
  const [feed] = await database.sql`insert into feed (slug, name, adapter, class, way_in, verify, max_bytes)
    values ('carrier', 'c', 'easypost', 'aggregator', 'push', 'easypost', 1000) returning id`;
  await database.sql`insert into feed_secret (id, feed_id, sealed, hint)
    values (${v7()}, ${feed?.id}, ${seal(key, "secret")}, 'cret')`;
});
afterAll(async () => {
  await webContext().database.close();
  vi.unstubAllEnvs();
  await database?.drop();
});

const params = Promise.resolve({ feed: "carrier" });
const request = (body: string) =>
  new Request("http://localhost/api/feeds/carrier", {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-correlation-id": "dev-1",
      "x-hmac-signature": `hmac-sha256-hex=${createHmac("sha256", "secret").update(body).digest("hex")}`,
    },
  });

test("the mount for development answers as the front does", async () => {
  const response = await POST(request('{"id":"evt_1"}'), { params });
  expect(response.status).toBe(202);
  expect(response.headers.get("x-correlation-id")).toBe("dev-1");
  const { receipt } = (await response.json()) as { receipt: string };
  const [row] = await database.sql`select body from message where id = ${receipt}`;
  expect(row?.body.toString()).toBe('{"id":"evt_1"}');
});

test("the mount refuses other methods and bodies beyond the limit", async () => {
  expect((await GET(new Request("http://localhost/api/feeds/carrier"), { params })).status).toBe(405);
  expect((await POST(request("x".repeat(1001)), { params })).status).toBe(413);
});
