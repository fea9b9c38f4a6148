import { v7 } from "uuid";
import { openDatabase } from "@/db/client";
import { readConfig } from "@/server/config";
import type { Context } from "@/server/context";
import { makeLog } from "@/server/log";
import { type Worker, workDue } from "@/server/pipeline/work";

/** One worker of the pipeline benchmark: drains the inbox, then prints one JSON line. */
const slot = Number(process.argv[2] ?? 0);
const config = readConfig({ ...process.env, WAYPOST_SECRET_KEY: Buffer.alloc(32).toString("base64") });
const database = openDatabase(config.databaseUrl, { max: 4, application: `bench worker ${slot}` });
const log = makeLog("bench");
log.level = "warn";
const ctx: Context = {
  database,
  sql: database.sql,
  db: database.db,
  config,
  log,
  now: () => new Date(),
  uuid: () => v7(),
};
const worker: Worker = { slot: 100 + slot, environment: undefined };
const startedCpu = process.cpuUsage();
const started = performance.now();
let messages = 0;
let idle = 0;
let last = started;
while (idle < 5) {
  const done = await workDue(ctx, worker, new AbortController().signal);
  messages += done;
  if (done > 0) last = performance.now();
  idle = done > 0 ? 0 : idle + 1;
  if (done === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
const cpu = process.cpuUsage(startedCpu);
process.stdout.write(
  `${JSON.stringify({ slot, messages, seconds: (last - started) / 1000, cpuMs: Math.round((cpu.user + cpu.system) / 1000), rssMb: Math.round(process.memoryUsage.rss() / 1_048_576) })}\n`,
);
await database.close();
