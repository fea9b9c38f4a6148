import { spawn } from "node:child_process";
import { exceptionFilter } from "@/core/exceptions/filter";
import { findRun } from "@/db/queries/runs";
import { testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import { bulkExceptions } from "@/server/exceptions/bulk";
import { makeReceiver } from "@/server/messages/receive";
import { OdooClients } from "@/server/odoo/clients";
import { undoRun } from "@/server/runs/undo";
import { workRuns } from "@/server/testing/work-runs";
import { makeTestContext, makeTestFeed } from "@/server/testing/workspace";
import { NODE_FLAGS } from "../node-flags.mjs";
import { benchMessages } from "./messages";
import { plantExceptions } from "./plant-exceptions";

/**
 * Acts on BENCH_BULK (50000) of four times as many exceptions in 300 groups, alone and beside one worker of the pipeline, and what that worker
 * reaches alone and beside the acts. Needs WAYPOST_TEST_DATABASE_URL. BENCH_BULK_SHIPMENTS (3000) times 15 messages. Prints one JSON line a figure.
 */
const chosen = Number(process.env.BENCH_BULK ?? 50_000);
const shipments = Number(process.env.BENCH_BULK_SHIPMENTS ?? 3_000);
type Done = { messages: number; seconds: number };

function pipeline(url: string): Promise<Done> {
  const child = spawn(process.execPath, [...NODE_FLAGS, "--import", "tsx", "scripts/bench/pipeline-worker.ts", "0"], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (data: Buffer) => {
    out += data.toString();
  });
  return new Promise((resolve, reject) =>
    child.once("exit", (code) =>
      code === 0
        ? resolve(JSON.parse(out.trim().split("\n").at(-1) ?? "{}") as Done)
        : reject(new Error(`left with ${code}`)),
    ),
  );
}

async function fill(ctx: ReturnType<typeof makeTestContext>, part: number): Promise<void> {
  const feed = await makeTestFeed(ctx, { slug: `bench-${part}`, adapter: "easypost", class: "aggregator" });
  const receiver = makeReceiver({ sql: ctx.sql, now: ctx.now, log: ctx.log });
  let bodies: Buffer[] = [];
  const flush = async () => {
    const kept = await receiver.receive(
      bodies.map((bytes) => ({
        ...{ feed, bytes, contentType: "application/json", headers: null, name: null },
        ...{ correlationId: "bench", verdict: "verified" as const },
      })),
    );
    for (const one of kept) if (!one.ok) throw one.error;
    bodies = [];
  };
  // shipments of its own, so that both measurements begin with none
  const own = (body: Buffer) => Buffer.from(body.toString().replaceAll("EZ", `E${part}Z`));
  for (const { body } of benchMessages(shipments)) if (bodies.push(own(body)) === 1000) await flush();
  if (bodies.length > 0) await flush();
}

const rate = (done: Done) => done.messages / done.seconds;
const say = (figure: object) => process.stdout.write(`${JSON.stringify(figure)}\n`);

const database = await testDatabase("benchbulk");
const ctx = makeTestContext(database);
const actor = await insertActor(database.sql, "logistics");
const colleague = await insertActor(database.sql, "support");
await plantExceptions(database.sql, chosen * 4);
const clients = new OdooClients();
const runner = { slot: 101, environment: undefined };

async function act(what: string, start: () => Promise<{ id: string; total: number }>): Promise<void> {
  const started = performance.now();
  const { id, total } = await start();
  const answeredMs = performance.now() - started;
  await workRuns(ctx, runner, clients, "bench");
  const seconds = (performance.now() - started) / 1000;
  const run = await findRun(ctx.sql, id);
  if (run?.state !== "done") throw new Error(`the run ended as ${run?.state}: ${run?.error}`);
  say({
    ...{ figure: "bulk", what, exceptions: total, changed: run.changed, answeredMs: Math.round(answeredMs) },
    ...{
      seconds: Number(seconds.toFixed(1)),
      perSecond: Math.round(total / seconds),
      goalSeconds: 120,
      met: seconds < 120,
    },
  });
}

const target = { filter: exceptionFilter.parse({ kind: ["delivery_late"] }), except: [] };
const resolve = () =>
  bulkExceptions(ctx, actor, { target, act: { act: "resolve", reason: "settled with the carrier" } });
const assign = () => bulkExceptions(ctx, actor, { target, act: { act: "assign", assigneeId: colleague.id } });

await fill(ctx, 1);
const alone = rate(await pipeline(database.url));
await act("acknowledge, alone", () => bulkExceptions(ctx, actor, { target, act: { act: "acknowledge" } }));
await fill(ctx, 2);
const beside = pipeline(database.url);
await act("assign, beside the pipeline", assign);
let resolved = "";
await act("resolve, beside the pipeline", async () => {
  const run = await resolve();
  resolved = run.id;
  return run;
});
const slowed = rate(await beside);
await act("undo of the resolution, alone", () => undoRun(ctx, actor, { id: resolved }));
say({
  ...{ figure: "pipeline beside bulk", alone: Math.round(alone), beside: Math.round(slowed) },
  ...{ ratio: Number((slowed / alone).toFixed(2)), goal: 0.5, met: slowed / alone >= 0.5 },
});
await database.drop();
