import { spawn } from "node:child_process";
import { openDatabase } from "@/db/client";
import { makeReceiver } from "@/server/messages/receive";
import { makeTestContext, makeTestFeed } from "@/server/testing/workspace";
import { NODE_FLAGS } from "../node-flags.mjs";
import { benchMessages } from "./messages";

/**
 * Cost of an event in a large database against a small one: the same messages, two workers, in turn.
 * usage: cost.ts SMALL_URL LARGE_URL [SHIPMENTS]; both made by generate.ts. What it adds stays in them. Prints one JSON line.
 */
const [small = "", large = "", many = "1000"] = process.argv.slice(2);
const rounds = 2;

function worker(url: string, slot: number): Promise<{ messages: number; seconds: number }> {
  const child = spawn(
    process.execPath,
    [...NODE_FLAGS, "--import", "tsx", "scripts/bench/pipeline-worker.ts", String(slot)],
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
        ? resolve(JSON.parse(out.trim().split("\n").at(-1) ?? "{}"))
        : reject(new Error(`a worker left with ${code}`)),
    ),
  );
}

async function perSecond(url: string, slug: string): Promise<{ rate: number; events: number }> {
  const database = openDatabase(url, { max: 4, application: "bench cost" });
  const ctx = makeTestContext({ ...database, url, drop: async () => {} });
  const [stored] = await ctx.sql<
    { events: number }[]
  >`select reltuples::bigint::int as events from pg_class where relname = 'event'`;
  const feed = await makeTestFeed(ctx, { slug, adapter: "easypost", class: "aggregator" });
  const receiver = makeReceiver(ctx);
  let part: Buffer[] = [];
  const flush = async () => {
    const kept = await receiver.receive(
      part.map((bytes) => ({
        feed,
        bytes,
        contentType: "application/json",
        headers: null,
        name: null,
        correlationId: slug,
        verdict: "verified" as const,
      })),
    );
    for (const one of kept) if (!one.ok) throw one.error;
    part = [];
  };
  // numbers of this round's own, so that every shipment is new to the database
  for (const { body } of benchMessages(Number(many))) {
    if (part.push(Buffer.from(body.toString().replaceAll('"EZ', `"EZ${slug}`))) === 1000) await flush();
  }
  if (part.length > 0) await flush();
  const done = await Promise.all([worker(url, 0), worker(url, 1)]);
  await database.close();
  const messages = done.reduce((sum, one) => sum + one.messages, 0);
  return { rate: messages / Math.max(...done.map((one) => one.seconds)), events: stored?.events ?? 0 };
}

const tag = Date.now().toString(36);
const ratios: number[] = [];
let last = { small: 0, large: 0, events: 0 };
for (let round = 0; round < rounds; round++) {
  const first = await perSecond(small, `s${tag}${round}`);
  const second = await perSecond(large, `l${tag}${round}`);
  ratios.push(first.rate / second.rate);
  last = { small: first.rate, large: second.rate, events: second.events };
}
const cost = ratios.reduce((sum, ratio) => sum + ratio, 0) / rounds;
process.stdout.write(
  `${JSON.stringify({ figure: "cost", small: Math.round(last.small), large: Math.round(last.large), storedEvents: last.events, ratios: ratios.map((r) => Number(r.toFixed(2))), cost: Number(cost.toFixed(2)), goal: 1.3 })}\n`,
);
