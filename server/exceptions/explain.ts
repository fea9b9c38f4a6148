import type { ExceptionKind } from "@/core/exceptions/kinds";
import { type Excerpt, excerptAround } from "@/core/messages/excerpt";
import type { Json } from "@/core/shipments/attributes";
import { type Proof, proofsOf } from "@/core/shipments/proofs";
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
import { listPairDecisions, type PairDecision, pairName } from "@/db/queries/look-alikes";
import { findMessage, listReadings, readBody } from "@/db/queries/message-log";
import { findShipmentHead } from "@/db/queries/shipment-page";
import { type Actor, may } from "../access/actor";
import type { Context } from "../context";
import { linkToRecord } from "../odoo/record-link";
import { suggestHomes } from "../shipments/suggest-homes";

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
  /** How the sender proved itself at the door. */
  verdict: string;
  /** Secrets are masked before they are stored; null without the right to see messages. */
  headers: Record<string, string> | null;
  digest: string;
  /** The reading that counts: what made facts of it, and when. */
  reading: { at: Date; adapterVersion: number; mappingVersion: number; revision: number | null } | null;
};

/** With the address of the record's form in Odoo; null where the connection was never reached. */
type Linked<T> = Omit<T, "url" | "version"> & { link: string | null };

export type ExceptionExplained = {
  raw: ExceptionRaw | null;
  events: ContextEvent[];
  postings: Linked<ContextPosting>[];
  odoo: Linked<ContextOdoo> | null;
  /** Shipments it may belong to, the likeliest first, each with the reasons. */
  candidates: (ContextCandidate & { reasons: string[] })[];
  /** Documents that prove the delivery of its shipment. */
  proofs: Proof[];
  /** Of a pair of shipments: why they may be one, and what was decided last. */
  pair: { reasons: string[]; decision: PairDecision | null } | null;
};

/** Gathers what an exception rests on: the raw words and where they stand, the canonical facts, Odoo's side, and candidates for a link. */
export async function explainException(
  ctx: Context,
  actor: Actor,
  detail: ExceptionDetail,
): Promise<ExceptionExplained> {
  const words = wordsOf(detail.evidence);
  const { shipmentId } = detail;
  const home = detail.postingKey ? detail.homeId : shipmentId;
  const [events, postings, odoo, candidates, pair, head] = await Promise.all([
    shipmentId ? listContextEvents(ctx.sql, { shipmentId, messageId: detail.messageId, words }, 8) : [],
    home ? listContextPostings(ctx.sql, { homeId: home, postingKey: detail.postingKey }, 4) : [],
    shipmentId ? findContextOdoo(ctx.sql, shipmentId) : null,
    candidatesOf(ctx, detail),
    detail.kind === "duplicate_shipment" ? readPair(ctx, detail.evidence) : null,
    shipmentId ? findShipmentHead(ctx.sql, shipmentId) : null,
  ]);
  const spoke = events.find((event) => words.includes(event.word ?? "") || words.includes(event.code ?? ""));
  const messageId = detail.messageId ?? spoke?.messageId ?? null;
  const raw = messageId ? await readRaw(ctx, actor, messageId, words) : null;
  return {
    raw,
    events,
    postings: postings.map((posting) => linked(posting, posting.recordModel)),
    odoo: odoo && linked(odoo, odoo.model),
    candidates,
    pair,
    proofs: head ? proofsOf(head.state) : [],
  };
}

function linked<T extends { url: string | null; version: string | null; recordId: number }>(
  row: T,
  model: string,
): Linked<T> {
  const { url, version, ...rest } = row;
  return { ...rest, link: linkToRecord({ url, version }, model, row.recordId) };
}

const HOMELESS: ReadonlySet<ExceptionKind> = new Set<ExceptionKind>(["unknown_shipment", "unrouted_shipment"]);

/** Those that the evidence names, else for facts without a home those that share a number or have one that is near. */
async function candidatesOf(ctx: Context, detail: ExceptionDetail): Promise<ExceptionExplained["candidates"]> {
  const { shipmentId } = detail;
  const named = shipmentsOf(detail.evidence).filter((id) => id !== shipmentId);
  const by = numbersOf(detail.evidence);
  const homes =
    named.length === 0 && shipmentId && HOMELESS.has(detail.kind)
      ? await suggestHomes(ctx.sql, shipmentId)
      : named.map((id) => ({ shipmentId: id, reasons: by.map((number) => `${number} fits it`) }));
  const reasons = new Map(homes.map((home) => [home.shipmentId, home.reasons]));
  const rows = await listContextCandidates(ctx.sql, [...reasons.keys()]);
  const place = (id: string) => homes.findIndex((home) => home.shipmentId === id);
  return rows.map((row) => ({ ...row, reasons: reasons.get(row.id) ?? [] })).sort((a, b) => place(a.id) - place(b.id));
}

function numbersOf(evidence: Json): string[] {
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return [];
  const numbers = Array.isArray(evidence.numbers) ? evidence.numbers : [];
  return numbers.flatMap((n) =>
    typeof n === "object" && n !== null && !Array.isArray(n) && typeof n.value === "string"
      ? [`${String(n.kind).replaceAll("_", " ")} ${n.value}`]
      : [],
  );
}

async function readPair(ctx: Context, evidence: Json): Promise<ExceptionExplained["pair"]> {
  const [one, other] = shipmentsOf(evidence);
  if (!one || !other) return null;
  const decision = (await listPairDecisions(ctx.sql, [[one, other]])).get(pairName(one, other)) ?? null;
  return { reasons: reasonsOf(evidence), decision };
}

/** Reasons of a look-alike; of strong numbers that name two, the numbers. */
function reasonsOf(evidence: Json): string[] {
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return [];
  if (Array.isArray(evidence.reasons)) return evidence.reasons.filter((r): r is string => typeof r === "string");
  const numbers = Array.isArray(evidence.numbers) ? evidence.numbers : [];
  return numbers.flatMap((n) =>
    typeof n === "object" && n !== null && !Array.isArray(n) && typeof n.value === "string"
      ? [`one message names both by ${String(n.kind).replaceAll("_", " ")} ${n.value}`]
      : [],
  );
}

async function readRaw(ctx: Context, actor: Actor, id: string, words: string[]): Promise<ExceptionRaw | null> {
  const message = await findMessage(ctx.sql, id);
  if (!message) return null;
  const mayRead = may(actor, "messages:read");
  const [body, [reading]] = await Promise.all([
    message.kept && mayRead ? readBody(ctx.sql, id, 0, READ_BYTES) : null,
    listReadings(ctx.sql, id),
  ]);
  return {
    messageId: id,
    receivedAt: message.receivedAt,
    name: message.name,
    contentType: message.contentType,
    excerpt: body ? excerptAround(body.toString("utf8"), words) : null,
    words,
    verdict: message.verdict,
    headers: mayRead ? message.headers : null,
    digest: message.digest,
    reading: reading
      ? {
          at: reading.at,
          adapterVersion: reading.adapterVersion,
          mappingVersion: reading.mappingVersion,
          revision: reading.revision,
        }
      : null,
  };
}

/** Words of the evidence that stand in the raw message as the source wrote them. */
function wordsOf(evidence: Json): string[] {
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return [];
  const named = ["word", "code", "description", "reason", "time", "rawTime", "odoo"].map((name) => evidence[name]);
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
