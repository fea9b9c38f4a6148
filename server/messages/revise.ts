import { z } from "zod";
import type { Problem } from "@/core/outcome";
import type { Json } from "@/core/shipments/attributes";
import { nextGeneration } from "@/db/queries/mend";
import { type ClaimedMessage, readMessages } from "@/db/queries/pipeline/claim";
import { findRevision, insertRevision } from "@/db/queries/revisions";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { advance } from "../pipeline/advance";
import { loadEnvironment, type Reading } from "../pipeline/environment";
import { interpret } from "../pipeline/interpret";
import { changesOf } from "../runs/replay-step";
import { asText } from "./inspect";
import { LARGE_BYTES } from "./lane";

const text = z.string().max(LARGE_BYTES);
export const previewRevisionInput = z.object({
  id: z.uuid(),
  /** The whole corrected text; null goes back to the bytes that came. */
  text: text.nullable(),
});
export const reviseInput = previewRevisionInput.extend({
  /** Number of the revision that the person corrected; 0: the bytes that came. */
  seen: z.int().min(0).max(32_000),
  why: z.string().trim().min(3).max(500),
});

export type Revisable = { text: string; original: string; encoding: "utf-8" | "latin-1"; number: number };

/** The text that counts now beside the one that came; throws where a message cannot be corrected as text. */
export async function readRevisable(ctx: Pick<Context, "sql">, actor: Actor, id: string): Promise<Revisable> {
  requireRight(actor, "messages:revise");
  const { message, revision, original, encoding } = await open(ctx, id);
  const body = revision?.body ?? message.bytes;
  return {
    text: body.toString(encoding === "latin-1" ? "latin1" : "utf8"),
    original,
    encoding,
    number: revision?.number ?? 0,
  };
}

type Counted = { shipments: number; events: number; problems: Problem[] };
export type RevisionPreview = {
  number: number;
  before: Counted;
  after: Counted;
  /** Faults that the correction brings in, or why nothing can be read of it; empty: it may be saved. */
  faults: Problem[];
  /** What reading it changes, by shipment, as in the results of a replay. */
  changes: { before: Json[]; after: Json[] };
};

class Shown extends Error {
  readonly changes: { before: Json[]; after: Json[] };
  constructor(changes: { before: Json[]; after: Json[] }) {
    super("shown");
    this.changes = changes;
  }
}

/** Shows what a corrected text would be read as, and what that changes; the whole pipeline runs and is rolled back, nothing is written. */
export async function previewRevision(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof previewRevisionInput>,
): Promise<RevisionPreview> {
  requireRight(actor, "messages:revise");
  const { message, revision, encoding } = await open(ctx, input.id);
  const bytes = encoded(input.text, encoding, message.bytes);
  const env = await loadEnvironment(ctx.sql);
  const reading = env.readings.get(message.feedId);
  if (!reading) throw new AppError("precondition", "The feed of this message cannot be read.");
  const number = revision?.number ?? 0;
  const now = counted(message, reading, revision?.body ?? message.bytes);
  const then = counted(message, reading, bytes);
  const faults = faultsOf(now, then);
  const shown = { number, before: now, after: then, faults, changes: { before: [], after: [] } };
  if (faults.length > 0) return shown;
  try {
    return await ctx.sql.begin(async (tx) => {
      const generation = await nextGeneration(tx, message.feedId);
      const pass = { runId: null, replay: true, readingOf: () => ({ ...reading, generation }) };
      const deps = { now: ctx.now, uuid: ctx.uuid, slot: 0 };
      const done = await advance(tx, env, [{ ...message, bytes, revision: number + 1 }], pass, deps);
      const { before, after } = changesOf(done, done.judged, generation, env);
      throw new Shown({ before, after });
    });
  } catch (error) {
    if (error instanceof Shown) return { ...shown, changes: error.changes };
    throw error;
  }
}

/**
 * Saves a corrected text as the next revision of a message: the bytes that came stay, and from the next reading on the revision is read instead.
 * Refused where it brings in a fault, with its place.
 */
export async function reviseMessage(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof reviseInput>,
): Promise<{ number: number }> {
  requireRight(actor, "messages:revise");
  const { message, revision, original, encoding } = await open(ctx, input.id);
  const number = revision?.number ?? 0;
  const changed = new AppError("conflict", "Somebody else corrected this message meanwhile. Look at it again.");
  if (number !== input.seen) throw changed;
  const current = (revision?.body ?? message.bytes).toString(encoding === "latin-1" ? "latin1" : "utf8");
  if ((input.text ?? original) === current) throw new AppError("invalid", "Nothing was changed.");
  const bytes = encoded(input.text, encoding, message.bytes);
  const env = await loadEnvironment(ctx.sql);
  const reading = env.readings.get(message.feedId);
  if (!reading) throw new AppError("precondition", "The feed of this message cannot be read.");
  const [fault] = faultsOf(
    counted(message, reading, revision?.body ?? message.bytes),
    counted(message, reading, bytes),
  );
  if (fault) throw new AppError("invalid", `${inSentence(fault)}`, { at: fault.at, expected: fault.expected });
  return ctx.sql.begin(async (tx) => {
    const stored = await insertRevision(tx, {
      messageId: input.id,
      number: number + 1,
      body: input.text === null ? null : bytes,
      byPerson: actor.kind === "person" ? actor.id : null,
      byName: actor.name,
      why: input.why,
      at: ctx.now(),
    });
    if (!stored) throw changed;
    await recordAudit(ctx, tx, actor, {
      action: "messages.revise",
      subject: `message:${input.id}`,
      before: { revision: number },
      after: { revision: number + 1, corrects: input.text !== null, bytes: bytes.byteLength },
      reason: input.why,
      correlationId: message.correlationId,
    });
    return { number: number + 1 };
  });
}

type Opened = {
  message: ClaimedMessage & { bytes: Buffer };
  revision: { number: number; body: Buffer | null } | null;
  original: string;
  encoding: "utf-8" | "latin-1";
};

async function open(ctx: Pick<Context, "sql">, id: string): Promise<Opened> {
  const [[message], revision] = await Promise.all([readMessages(ctx.sql, [id]), findRevision(ctx.sql, id)]);
  if (!message) throw new AppError("not_found", "There is no message of this receipt.");
  const { bytes } = message;
  if (bytes === null) throw new AppError("precondition", "The bytes of this message are past their retention.");
  if (bytes.byteLength > LARGE_BYTES)
    throw new AppError("limit", "This message is too long to be corrected here. Correct the file and send it again.");
  const { text: original, encoding } = asText(bytes, 0);
  if (original === null || encoding === null)
    throw new AppError("precondition", "This message is no text, so there is nothing to correct in it.");
  return { message: { ...message, bytes }, revision, original, encoding };
}

/** In the encoding in which the message came, so that its reading does not change with the correction. */
function encoded(said: string | null, encoding: "utf-8" | "latin-1", original: Buffer): Buffer {
  if (said === null) return original;
  const bytes = Buffer.from(said, encoding === "latin-1" ? "latin1" : "utf8");
  if (encoding === "latin-1" && bytes.toString("latin1") !== said)
    throw new AppError("invalid", "The message came as Latin-1, which does not have all of these characters.");
  if (bytes.byteLength > LARGE_BYTES) throw new AppError("limit", "The corrected text is too long.");
  return bytes;
}

function counted(message: ClaimedMessage, reading: Reading, bytes: Buffer): Counted & { ok: boolean } {
  const { facts, problems, fault } = interpret({ ...message, bytes }, reading);
  const ours: Problem[] =
    fault === null ? [] : [{ kind: "unreadable", at: "", found: null, expected: `a text that is read: ${fault}` }];
  return {
    ok: facts !== null,
    shipments: facts?.shipments.length ?? 0,
    events: facts?.shipments.reduce((sum, { events }) => sum + events.length, 0) ?? 0,
    problems: [...ours, ...problems].slice(0, 50),
  };
}

/** Words that nobody has mapped yet, and times, are no fault of the text. */
const NO_FAULT = new Set(["unmapped_code", "implausible_time"]);

function faultsOf(now: Counted, then: Counted & { ok: boolean }): Problem[] {
  if (!then.ok) return then.problems;
  const known = new Set(now.problems.map(({ kind, at }) => `${kind} ${at}`));
  return then.problems.filter(({ kind, at }) => !NO_FAULT.has(kind) && !known.has(`${kind} ${at}`));
}

function inSentence({ at, expected, found }: Problem): string {
  const where = at === "" ? "The text" : `At ${at} the text`;
  return `${where} cannot be read: expected ${expected}${found === null ? "" : `, found “${found.slice(0, 60)}”`}.`;
}
