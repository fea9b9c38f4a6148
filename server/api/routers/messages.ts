import { z } from "zod";
import { keysetCursor, pageOf, readKeyset } from "@/core/keyset";
import { messageFilter } from "@/core/messages/filter";
import { listMessages } from "@/db/queries/message-log";
import { inspectMessage, readBodyPart } from "../../messages/inspect";
import { replayInput, startReplay } from "../../messages/replay";
import { readReplayable, replayableInput } from "../../messages/replayable";
import {
  previewRevision,
  previewRevisionInput,
  readRevisable,
  reviseInput,
  reviseMessage,
} from "../../messages/revise";
import { shadowInput, startShadow } from "../../messages/shadow";
import { traceMessage } from "../../service-levels/trace";
import { allowed, router } from "../trpc";

const readable = allowed("messages:read");

export const messagesRouter = router({
  list: readable
    .input(
      z.object({ filter: messageFilter, cursor: keysetCursor.nullish(), limit: z.int().min(1).max(200).default(60) }),
    )
    .query(async ({ ctx: { ctx }, input }) => {
      const after = readKeyset(input.cursor);
      return pageOf(await listMessages(ctx.sql, { filter: input.filter, after, limit: input.limit + 1 }), input.limit);
    }),

  inspect: readable.input(z.object({ id: z.uuid() })).query(({ ctx: { ctx }, input }) => inspectMessage(ctx, input.id)),

  /** The five stages of one message, each with when and how long. */
  trace: readable
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx: { ctx, actor }, input }) => traceMessage(ctx, actor, input)),

  body: readable
    .input(
      z.object({
        id: z.uuid(),
        offset: z.int().min(0).max(67_108_864).default(0),
        length: z.int().min(1).max(262_144).default(65_536),
      }),
    )
    .query(({ ctx: { ctx }, input }) => readBodyPart(ctx, input)),

  /** The text that counts, for correcting it. */
  revisable: allowed("messages:revise")
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx: { ctx, actor }, input }) => readRevisable(ctx, actor, input.id)),
  /** A mutation only because the text may be long. */
  previewRevision: allowed("messages:revise")
    .input(previewRevisionInput)
    .mutation(({ ctx: { ctx, actor }, input }) => previewRevision(ctx, actor, input)),
  revise: allowed("messages:revise")
    .input(reviseInput)
    .mutation(({ ctx: { ctx, actor }, input }) => reviseMessage(ctx, actor, input)),

  /** What a replay would have before it. A mutation only because receipts may be many. */
  replayable: allowed("messages:replay")
    .input(replayableInput)
    .mutation(({ ctx: { ctx, actor }, input }) => readReplayable(ctx, actor, input)),
  replay: allowed("messages:replay")
    .input(replayInput)
    .mutation(({ ctx: { ctx, actor }, input }) => startReplay(ctx, actor, input)),

  /** A replay, or a meaning that is not in force yet, tried on a copy; `runs.repeat` does for real exactly what it showed. */
  shadow: allowed("messages:replay")
    .input(shadowInput)
    .mutation(({ ctx: { ctx, actor }, input }) => startShadow(ctx, actor, input)),
});
