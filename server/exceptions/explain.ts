import { type Excerpt, excerptAround } from "@/core/messages/excerpt";
import type { Json } from "@/core/shipments/attributes";
import {
  type ContextCandidate,
  type ContextEvent,
  type ContextOdoo,
  type ContextPosting,
  findContextOdoo,
  listContextCandidates,
  listContextEvents,
  listContextPostings,
} from "@/db/queries/exception-context";
import type { ExceptionDetail } from "@/db/queries/exceptions";
import { findMessage, readBody } from "@/db/queries/message-log";
import { type Actor, may } from "../access/actor";
import type { Context } from "../context";

const READ_BYTES = 262_144;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export type ExceptionRaw = {
  messageId: string;
  receivedAt: Date;
  name: string | null;
  contentType: string | null;
  /** null once retention has taken the bytes, or without the right to see them. */
  excerpt: Excerpt | null;
  words: string[];
};

export type ExceptionExplained = {
  raw: ExceptionRaw | null;
  events: ContextEvent[];
  postings: ContextPosting[];
  odoo: ContextOdoo | null;
  candidates: ContextCandidate[];
};

/** Gathers what an exception rests on: the raw words and where they stand, the canonical facts, Odoo's side, and candidates for a link. */
export async function explainException(
  ctx: Context,
  actor: Actor,
  detail: ExceptionDetail,
): Promise<ExceptionExplained> {
  const words = wordsOf(detail.evidence);
  const { shipmentId } = detail;
  const [events, postings, odoo, candidates] = await Promise.all([
    shipmentId ? listContextEvents(ctx.sql, { shipmentId, messageId: detail.messageId, words }, 8) : [],
    shipmentId ? listContextPostings(ctx.sql, { shipmentId, postingKey: detail.postingKey }, 4) : [],
    shipmentId ? findContextOdoo(ctx.sql, shipmentId) : null,
    listContextCandidates(
      ctx.sql,
      shipmentsOf(detail.evidence).filter((id) => id !== shipmentId),
    ),
  ]);
  const spoke = events.find((event) => words.includes(event.word ?? "") || words.includes(event.code ?? ""));
  const messageId = detail.messageId ?? spoke?.messageId ?? null;
  const raw = messageId ? await readRaw(ctx, actor, messageId, words) : null;
  return { raw, events, postings, odoo, candidates };
}

async function readRaw(ctx: Context, actor: Actor, id: string, words: string[]): Promise<ExceptionRaw | null> {
  const message = await findMessage(ctx.sql, id);
  if (!message) return null;
  const body = message.kept && may(actor, "messages:read") ? await readBody(ctx.sql, id, 0, READ_BYTES) : null;
  return {
    messageId: id,
    receivedAt: message.receivedAt,
    name: message.name,
    contentType: message.contentType,
    excerpt: body ? excerptAround(body.toString("utf8"), words) : null,
    words,
  };
}

/** Words of the evidence that stand in the raw message as the source wrote them. */
function wordsOf(evidence: Json): string[] {
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return [];
  const named = ["word", "code", "description", "reason", "time", "rawTime"].map((name) => evidence[name]);
  const problems = Array.isArray(evidence.problems) ? evidence.problems : [];
  const found = problems.map((p) => (typeof p === "object" && p !== null && !Array.isArray(p) ? p.found : null));
  // a status word of several parts is joined by a slash; its parts stand apart in the message
  const texts = [...named, ...found].filter((v): v is string => typeof v === "string" && v.length > 1);
  return [...new Set(texts.flatMap((text) => [text, ...text.split("/")]))].filter((t) => t.length > 1).slice(0, 20);
}

function shipmentsOf(evidence: Json): string[] {
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return [];
  const lists = [evidence.candidates, evidence.shipments].filter(Array.isArray).flat();
  return lists.filter((id): id is string => typeof id === "string" && UUID.test(id)).slice(0, 50);
}
