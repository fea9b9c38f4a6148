import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { v7 } from "uuid";
import type { TestDatabase } from "@/db/testing/database";
import type { Context } from "../context";

export type TestContext = Context & { clock: { at: Date } };

/** A context on a test database whose clock stands still until the test moves it. */
export function testContext(database: TestDatabase, at = new Date()): TestContext {
  const clock = { at };
  return {
    database,
    sql: database.sql,
    db: database.db,
    clock,
    config: {
      databaseUrl: database.url,
      secretKey: randomBytes(32),
      dataDir: ".waypost",
      host: "127.0.0.1",
      port: 3000,
      nextPort: 0,
      publicUrl: "http://127.0.0.1:3000",
      trustProxy: "",
      slot: 0,
      crew: null,
      minFreeBytes: 0,
      metricsToken: "",
      demo: false,
      odooPosting: false,
      smtp: null,
    },
    log: pino({ level: "silent" }),
    now: () => clock.at,
    uuid: () => v7(),
  };
}
