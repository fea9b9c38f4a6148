import { addTallies, emptyTally } from "@/core/runs/tally";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import type { ClaimedMessage } from "@/db/queries/pipeline/claim";
import { lastInterpretations } from "@/db/queries/pipeline/record";
import type { ItemResult } from "@/db/queries/replay";
import type { Context } from "../context";
import { type AdvancedPart, advancePart, closeParts, withdrawParts } from "../pipeline/advance";
import type { Environment } from "../pipeline/environment";
import type { Parts } from "../pipeline/parts";
import type { Pass } from "../pipeline/pass";
import { isRepeatable, type Worker } from "../pipeline/work";
import { tallyOfMessage, tallyOfShipments } from "./replay-tally";

/** Shipments looked through at a time for what an earlier reading said and this one does not. */
const WITHDRAW_AT_A_TIME = 500;
/** Shipments of one document whose change is told; the count says how many there were. */
const MOST_TOLD = 200;
const RETRIES = 5;

class Undone extends Error {
  readonly told: AdvancedPart;
  constructor(told: AdvancedPart) {
    super("dry run");
    this.told = told;
  }
}

type Told = { before: Json[]; after: Json[]; changed: boolean };

/**
 * Replays a document too large for one transaction part by part, then takes back what an earlier reading said and this one does not. A dry run
 * rolls each part back.
 */
export async function replayParts(
  ctx: Context,
  worker: Worker,
  environment: Environment,
  work: { position: number; message: ClaimedMessage; parts: Parts; pass: Pass; dryRun: boolean },
  tell: (done: AdvancedPart, generation: number) => Told,
): Promise<ItemResult> {
  const { position, message, parts, pass, dryRun } = work;
  const deps = { now: ctx.now, uuid: ctx.uuid, slot: worker.slot };
  const produced = new Set<string>();
  const told: Told = { before: [], after: [], changed: false };
  let tally = emptyTally();
  let untold = 0;
  const note = (done: AdvancedPart, generation: number) => {
    const more = tell(done, generation);
    tally = addTallies([tally, tallyOfShipments(done, done.judged)]);
    untold += Math.max(0, more.after.length - (MOST_TOLD - told.after.length));
    told.changed ||= more.changed;
    told.before.push(...more.before.slice(0, MOST_TOLD - told.before.length));
    told.after.push(...more.after.slice(0, MOST_TOLD - told.after.length));
  };
  const earlier = (await lastInterpretations(ctx.sql, [message])).get(message.id)?.shipmentIds ?? [];
  for (const part of parts.read()) {
    const done = await step(ctx, dryRun, (tx) => advancePart(tx, environment, part, pass, deps));
    for (const key of done.produced) produced.add(key);
    parts.done(part, done.filed);
    note(done, part.reading.generation);
  }
  const whole = parts.whole();
  for (let from = 0; from < earlier.length; from += WITHDRAW_AT_A_TIME) {
    const ids = earlier.slice(from, from + WITHDRAW_AT_A_TIME);
    const done = await step(ctx, dryRun, (tx) => withdrawParts(tx, environment, whole, ids, produced, deps));
    note(done, whole.reading.generation);
  }
  if (!dryRun) await ctx.sql.begin((tx) => closeParts(tx, environment, whole, parts.tally, pass, deps));
  if (whole.fault !== null)
    return { position, result: "failed", before: null, after: null, reason: whole.fault, tally: emptyTally() };
  const read = tallyOfMessage(whole, { status: "interpreted", repeated: parts.tally.repeated });
  return {
    tally: { ...addTallies([read, tally]), untold },
    position,
    result: told.changed ? "changed" : "unchanged",
    before: told.before,
    after: told.after,
    reason: null,
  };
}

async function step(ctx: Context, dryRun: boolean, work: (tx: Tx) => Promise<AdvancedPart>): Promise<AdvancedPart> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ctx.sql.begin("isolation level read committed", async (tx) => {
        const done = await work(tx);
        if (dryRun) throw new Undone(done);
        return done;
      });
    } catch (error) {
      if (error instanceof Undone) return error.told;
      if (!isRepeatable(error) || attempt >= RETRIES) throw error;
    }
  }
}
