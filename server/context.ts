import { v7 } from "uuid";
import { type Database, openDatabase } from "@/db/client";
import { type Config, readConfig } from "./config";
import { type Log, makeLog } from "./log";

/** What a verb is given: the database, settings, clock and ids. Nothing below reads the environment or the clock by itself. */
export type Context = {
  database: Database;
  sql: Database["sql"];
  db: Database["db"];
  config: Config;
  log: Log;
  now: () => Date;
  uuid: () => string;
};

/** Builds the context of one process. */
export function makeContext(role: string, options: { max?: number; config?: Config } = {}): Context {
  const config = options.config ?? readConfig();
  const database = openDatabase(config.databaseUrl, { max: options.max, application: `waypost ${role}` });
  return {
    database,
    sql: database.sql,
    db: database.db,
    config,
    log: makeLog(role),
    now: () => new Date(),
    uuid: () => v7(),
  };
}
