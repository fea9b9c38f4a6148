import { setTimeout } from "node:timers/promises";
import { TURN_KINDS } from "@/core/runs/run";
import type { Context } from "../context";
import type { OdooClients } from "../odoo/clients";
import type { Worker } from "../pipeline/work";
import { msToNextTurn, workRun } from "../runs/execute";

/** A run that rests longer was put off. */
const LONGEST_REST_MS = 2_000;

/** Works all runs to their end as one worker does: those that may go on in turns, and rests where all of them keep a pace. */
export async function workRuns(ctx: Context, worker: Worker, clients: OdooClients, owner = "test"): Promise<void> {
  const never = new AbortController().signal;
  for (;;) {
    if (await workRun(ctx, worker, clients, owner, never)) continue;
    const ms = await msToNextTurn(ctx, TURN_KINDS);
    if (ms === false || ms > LONGEST_REST_MS) return;
    await setTimeout(ms);
  }
}
