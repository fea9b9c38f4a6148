import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import postgres from "postgres";
import { v7 } from "uuid";
import { testDatabase } from "@/db/testing/database";
import { makeReceiver } from "@/server/messages/receive";
import { makeTestContext, makeTestFeed } from "@/server/testing/workspace";
import { NODE_FLAGS } from "../node-flags.mjs";
import { BARE_SCHEMA } from "./bare-pipeline.mjs";
import { benchMessages } from "./messages";

/**
 * Stored message to committed shipment, exceptions, postings and latency buckets, two worker processes, beside the bare pipeline in the same
 * run. Needs WAYPOST_TEST_DATABASE_URL. BENCH_PIPELINE_SHIPMENTS (4000) times 15 messages. Prints one JSON line a round.
 */
const shipments = Number(process.env.BENCH_PIPELINE_SHIPMENTS ?? 4000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 1);
type Done = { messages: number; seconds: number };

function worker(script: string, url: string, slot: number): Promise<Done> {
  const child = spawn(
    process.execPath,
    [
      ...(process.env.BENCH_PROFILE ? ["--cpu-prof", `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []),
      ...NODE_FLAGS,
      "--import",
      "tsx",
      script,
      String(slot),
    ],
    {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let out = "";
  child.stdout.on("data", (data: Buffer) => {
    out += data.toString();
  });
  return new Promise((resolve, reject) =>
    child.once("exit", (code) =>
      code === 0
        ? resolve(JSON.parse(out.trim().split("\n").at(-1) ?? "{}") as Done)
        : reject(new Error(`${script} left with ${code}`)),
    ),
  );
}

async function pair(script: string, url: string): Promise<number> {
  const done = await Promise.all([0, 1].map((slot) => worker(script, url, slot)));
  return done.reduce((sum, d) => sum + d.messages, 0) / Math.max(...done.map((d) => d.seconds));
}

async function round(): Promise<void> {
  const database = await testDatabase("benchpipe");
  const ctx = makeTestContext(database);
  const feed = await makeTestFeed(ctx, { slug: "bench", adapter: "easypost", class: "aggregator" });
  const receiver = makeReceiver({ sql: ctx.sql, now: ctx.now, log: ctx.log });
  const bare = postgres(database.url, { max: 1, onnotice: () => {} });
  await bare.unsafe(BARE_SCHEMA);
  let part: { code: string; body: Buffer }[] = [];
  const flush = async () => {
    const kept = await receiver.receive(
      part.map((m) => ({
        feed,
        bytes: m.body,
        contentType: "application/json",
        headers: null,
        name: null,
        correlationId: "bench",
        verdict: "verified" as const,
      })),
    );
    for (const k of kept) if (!k.ok) throw k.error;
    const ids = part.map(() => v7());
    const lanes = part.map((m) => (createHash("md5").update(m.code).digest()[0] ?? 0) & 63);
    await bare`insert into bare_message (id, lane, body) select i, l, convert_to(b, 'UTF8') from unnest(${ids}::uuid[], ${lanes}::int[], ${part.map((m) => m.body.toString())}::text[]) t(i, l, b)`;
    await bare`insert into bare_inbox select * from unnest(${lanes}::int[], ${ids}::uuid[])`;
    part = [];
  };
  for (const message of benchMessages(shipments)) if (part.push(message) === 1000) await flush();
  if (part.length > 0) await flush();
  await bare.unsafe("vacuum analyze");
  const bareRate = await pair("scripts/bench/bare-pipeline.mjs", database.url);
  const ownRate = await pair("scripts/bench/pipeline-worker.ts", database.url);
  const [check] =
    await ctx.sql`select (select count(*)::int from shipment) s, (select count(*)::int from event where not overall) e, (select count(*)::int from exception) x, (select count(*)::int from inbox) i`;
  process.stdout.write(
    `${JSON.stringify({ figure: "pipeline", own: Math.round(ownRate), limit: Math.round(bareRate), ratio: Number((ownRate / bareRate).toFixed(2)), goal: 0.4, check })}\n`,
  );
  await bare.end();
  await database.drop();
}

for (let i = 0; i < rounds; i++) await round();
