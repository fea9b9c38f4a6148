import { z } from "zod";
import { type MappingUse, mappingsOfMessages, measuredPace } from "@/db/queries/replay-scope";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { receiptsIn, replayScope } from "./replay";

export const replayableInput = z.object({ scope: replayScope });

type Replayable = {
  /** Stored messages in the scope, counted up to a bound. */
  messages: number;
  capped: boolean;
  /** Of those counted. */
  mappings: MappingUse[];
  /** Messages a second that the last replays came to; null where none ran lately. */
  perSecond: number | null;
};

const COUNTED = 20_000;
const LATELY_MS = 90 * 86_400_000;

/** What a replay of a scope would have before it: how many messages, by which mappings they were read first, and how fast it would go. */
export async function readReplayable(
  ctx: Context,
  actor: Actor,
  { scope }: z.infer<typeof replayableInput>,
): Promise<Replayable> {
  requireRight(actor, "messages:replay");
  return ctx.sql.begin("read only", async (tx) => {
    const found = await receiptsIn(ctx, tx, scope, COUNTED + 1);
    const receipts = found.slice(0, COUNTED);
    return {
      messages: receipts.length,
      capped: found.length > COUNTED,
      mappings: await mappingsOfMessages(tx, receipts),
      perSecond: await measuredPace(tx, "replay", new Date(ctx.now().getTime() - LATELY_MS)),
    };
  });
}
