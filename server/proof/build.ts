import {
  chainLinks,
  type LinkContent,
  type LinkKind,
  PROOF_FORMAT,
  type Proof,
  type ProofSubject,
} from "@/core/proof/proof";
import type { KeyGenerations } from "@/core/settings/key-generations";
import type { Json } from "@/core/shipments/attributes";
import { mergeClaims } from "@/core/shipments/claims";
import { eventIdentity } from "@/core/shipments/event";
import { canonicalJson } from "@/core/shipments/identity";
import { MILESTONES, type Milestone } from "@/core/shipments/milestones";
import { PRIVATE_ATTRIBUTES, withoutFreeText } from "@/core/shipments/private";
import type { Shipment } from "@/core/shipments/shipment";
import { findException } from "@/db/queries/exceptions";
import { findMessage, listReadings } from "@/db/queries/message-log";
import { loadClaims } from "@/db/queries/pipeline/load";
import { findPosting, listAttempts, type PostingDetail } from "@/db/queries/postings";
import {
  compareBytes,
  findMappingFacts,
  findSealedBefore,
  listSealed,
  readWholeBody,
  type StoredBytes,
} from "@/db/queries/proof";
import { findShipmentHead, listEvents, listMembers, listPostingsOfShipment } from "@/db/queries/shipment-page";
import { type Actor, may, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import { findKeyGenerations } from "../settings/key-generations";
import { inScope, shipmentScope } from "../shipments/scope";
import { type Decision, decideAttribute, decideMilestone, type Known } from "./decide";
import { MOST_BYTES, readAgain } from "./read-again";
import { checkPosting, checkSeals } from "./seal";
import { checkTools, signerOf, signProof } from "./signer";

type Part = { kind: LinkKind; content: LinkContent };
type Shown = { bytes: boolean };

const EVENTS_READ = 5_000;
const MOST_POSTINGS = 20;
const LONGEST_ANSWER = 32_768;
/** Stored bytes are hashed inside the database up to this many; no way in takes a larger document. */
const MOST_HASHED = 64 * 1_048_576;
const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

/**
 * Builds the chain behind one posting, milestone or field from what is stored, and signs it. Raw bytes are embedded where they are wanted, still
 * kept, and the actor may see them; the hash always is. Throws `not_found` for what is not there or outside of the actor's scope.
 */
export async function buildProof(ctx: Context, actor: Actor, subject: ProofSubject, shown: Shown): Promise<Proof> {
  const [env, generations] = await Promise.all([loadEnvironment(ctx.sql), findKeyGenerations(ctx.sql)]);
  const { decision, postings, known, about } = await answerTo(ctx, actor, env, subject);
  if (decision === null)
    throw new AppError("not_found", "The shipment has no such milestone or field: nothing has told it yet.");
  const messageId = decision.event?.messageId ?? decision.claim?.messageId ?? text(decision.content.message) ?? null;
  const parts: Part[] = [
    ...(messageId === null ? [] : await sourceParts(ctx, actor, env, messageId, decision, shown)),
    ...factPart(may(actor, "customers:read") ? decision : plain(decision), known),
    { kind: "decision", content: decision.content },
    ...(await Promise.all(postings.map((one) => postingParts(ctx, generations, one)))).flat(),
  ];
  const { generation } = generations.proof;
  return signProof(ctx.config.secretKey, generation, {
    format: PROOF_FORMAT,
    about: { ...about, ...(subject as unknown as LinkContent) },
    madeAt: ctx.now().toISOString(),
    signer: signerOf(ctx.config.secretKey, generation),
    links: chainLinks(parts, checkTools),
  });
}

async function answerTo(ctx: Context, actor: Actor, env: Environment, subject: ProofSubject) {
  if (subject.kind === "posting") {
    const posting = await postingOf(ctx, actor, subject.id);
    const { known, about } = await shipmentOf(ctx, actor, env, posting.shipmentId);
    return { known, about, decision: await behind(ctx, posting, known), postings: [posting] };
  }
  const { known, ids, about } = await shipmentOf(ctx, actor, env, subject.shipmentId);
  if (subject.kind === "attribute" && PRIVATE_ATTRIBUTES.has(subject.attribute)) requireRight(actor, "customers:read");
  return {
    known,
    about,
    decision: decide(known, subject),
    postings: await carrying(ctx, actor, ids, known.state, subject),
  };
}

async function postingOf(ctx: Context, actor: Actor, id: string): Promise<PostingDetail> {
  requireRight(actor, "postings:read");
  const posting = await findPosting(ctx.sql, id);
  if (!posting) throw new AppError("not_found", "There is no posting of this id.");
  return posting;
}

async function shipmentOf(ctx: Context, actor: Actor, env: Environment, shipmentId: string) {
  const [scope, head] = await Promise.all([shipmentScope(ctx, actor), findShipmentHead(ctx.sql, shipmentId)]);
  if (head === null || !inScope(scope, head) || !("reached" in head.state))
    throw new AppError("not_found", "There is no shipment of this number.");
  const ids = [head.id, ...(await listMembers(ctx.sql, head.id)).map((member) => member.id)];
  const [events, said] = await Promise.all([
    listEvents(ctx.sql, ids, env.classOf, EVENTS_READ),
    loadClaims(ctx.sql, ids, env.classOf),
  ]);
  const { claims } = mergeClaims([], said);
  const known: Known = {
    state: head.state as Shipment,
    events,
    whole: events.length < EVENTS_READ,
    claims,
    ownership: env.ownership,
    feedName: env.feedName,
  };
  return { known, ids, about: { shipment: head.name, shipmentId: head.id, terminal: head.terminal } };
}

/** The fact without what its source wrote freely. */
function plain(decision: Decision): Decision {
  return { ...decision, event: decision.event && withoutFreeText(decision.event) };
}

function decide(known: Known, subject: Exclude<ProofSubject, { kind: "posting" }>): Decision | null {
  return subject.kind === "milestone"
    ? decideMilestone(known, subject.milestone)
    : decideAttribute(known, subject.attribute);
}

/** The decision that a posting carries into Odoo. Where the facts have moved on since, the message that asked for it stands in for them. */
async function behind(ctx: Context, posting: PostingDetail, known: Known): Promise<Decision> {
  const subject = carriedBy(posting);
  const decided = subject === null ? null : decideSubject(known, subject);
  if (decided !== null) return decided;
  if (posting.kind === "exception_activity") {
    const marker = text((posting.desired as { marker?: Json } | null)?.marker);
    const exception = marker && UUID.test(marker) ? await findException(ctx.sql, marker) : null;
    if (exception)
      return {
        event: null,
        claim: null,
        content: {
          rule: "exception_owned",
          exception: exception.id,
          exceptionKind: exception.kind,
          value: exception.text,
          evidence: exception.evidence,
          assignee: exception.assigneeName,
          message: exception.messageId,
          fact: null,
        },
      };
  }
  return {
    event: null,
    claim: null,
    content: {
      rule: "asked_by_message",
      value: posting.after ?? posting.desired,
      message: posting.messageId,
      fact: null,
    },
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Carried =
  | { milestone: Milestone | "left" | "now" | "return" }
  | { attribute: "tracking_number" | "proof_of_delivery" };

function carriedBy({ kind, key }: Pick<PostingDetail, "kind" | "key">): Carried | null {
  const name = key.slice(key.lastIndexOf("-") + 1);
  switch (kind) {
    case "tracking_number":
    case "proof_of_delivery":
      return { attribute: kind };
    case "transfer_validated":
      return { milestone: "left" };
    case "status_field":
      return { milestone: "now" };
    case "return_transfer":
      return { milestone: "return" };
    case "customer_invoice":
      return { milestone: "delivered" };
    case "status_note":
      return (MILESTONES as readonly string[]).includes(name) ? { milestone: name as Milestone } : null;
    default:
      return null;
  }
}

function decideSubject(known: Known, subject: Carried): Decision | null {
  if ("attribute" in subject) return decideAttribute(known, subject.attribute);
  const named = milestoneOf(known.state, subject.milestone);
  return named === null ? null : decideMilestone(known, named);
}

/** The milestone that a posting stands for: that the goods left, where they are now, that they turned back, or one by name. */
function milestoneOf({ reached, milestone }: Shipment, name: Milestone | "left" | "now" | "return"): Milestone | null {
  if (name === "now") return milestone;
  if (name === "left") return reached.picked_up ? "picked_up" : milestone;
  if (name !== "return") return name;
  return (["return_initiated", "return_in_transit", "returned"] as const).find((one) => reached[one]) ?? null;
}

/** Postings that carry this milestone or field into Odoo, for those who may see postings. */
async function carrying(
  ctx: Context,
  actor: Actor,
  ids: readonly string[],
  state: Shipment,
  subject: Exclude<ProofSubject, { kind: "posting" }>,
): Promise<PostingDetail[]> {
  if (!may(actor, "postings:read")) return [];
  const rows = await listPostingsOfShipment(ctx.sql, ids);
  const mine = rows.filter((row) => {
    const carried = carriedBy(row as Pick<PostingDetail, "kind" | "key">);
    if (carried === null) return false;
    if ("attribute" in carried) return subject.kind === "attribute" && subject.attribute === carried.attribute;
    return subject.kind === "milestone" && milestoneOf(state, carried.milestone) === subject.milestone;
  });
  const found = await Promise.all(mine.slice(0, MOST_POSTINGS).map((row) => findPosting(ctx.sql, row.id)));
  return found.filter((row) => row !== null);
}

async function sourceParts(
  ctx: Context,
  actor: Actor,
  env: Environment,
  messageId: string,
  decision: Decision,
  shown: Shown,
): Promise<Part[]> {
  const [message, readings] = await Promise.all([findMessage(ctx.sql, messageId), listReadings(ctx.sql, messageId)]);
  if (!message) return [];
  const stored = await compareBytes(ctx.sql, messageId, message.receivedAt, MOST_HASHED);
  const generation = (decision.event ?? decision.claim)?.generation ?? Number.MAX_SAFE_INTEGER;
  const reading = readings.find((one) => one.generation <= generation) ?? readings.at(-1);
  const body =
    shown.bytes && may(actor, "messages:read")
      ? await readWholeBody(ctx.sql, messageId, message.receivedAt, MOST_BYTES)
      : null;
  const parts: Part[] = [
    {
      kind: "message",
      content: {
        receipt: message.id,
        feed: env.feedName(message.feedId),
        receivedAt: message.receivedAt.toISOString(),
        deliveryId: message.deliveryId,
        correlationId: message.correlationId,
        signature: message.verdict,
        contentType: message.contentType,
        name: message.name,
        size: message.size,
        sha256: message.digest,
        kept: message.kept,
        bytesAgree: agreement(message.kept, stored),
        hashKeptTwice: stored?.keyAgrees ?? null,
        bytesWithheld: may(actor, "messages:read") ? null : "messages:read",
        bytes: body?.toString("base64") ?? null,
      },
    },
  ];
  if (!reading) return parts;
  const { adapterVersion, mappingVersion, revision } = reading;
  const [mapping, again] = await Promise.all([
    findMappingFacts(ctx.sql, message.feedId, mappingVersion, decision.event?.raw.word ?? null),
    readAgain(ctx, env, { messageId, size: message.size, adapterVersion, mappingVersion, revision }, decision),
  ]);
  parts.push({
    kind: "reading",
    content: {
      receipt: message.id,
      number: reading.number,
      at: reading.at.toISOString(),
      adapter: env.readings.get(message.feedId)?.adapter.name ?? null,
      adapterVersion,
      mappingVersion,
      generation: reading.generation,
      run: reading.runId,
      // left out where the bytes were read as they came
      ...(revision === null ? {} : { revision }),
      word: decision.event?.raw.word ?? null,
      means: mapping?.to ?? null,
      meansSince: mapping?.since ?? null,
      meansBy: mapping?.source ?? null,
      mappingAt: iso(mapping?.at),
      mappingBy: mapping?.by ?? null,
      mappingNote: mapping?.note ?? null,
      readAgain: again,
    },
  });
  return parts;
}

function agreement(kept: boolean, stored: StoredBytes | null): "yes" | "no" | "gone" | "too large" {
  if (!kept || stored === null) return "gone";
  if (stored.agree === null) return "too large";
  return stored.agree ? "yes" : "no";
}

function factPart({ event, claim }: Decision, known: Known): Part[] {
  if (event !== null) {
    const { feedId, key, kind, classifier, time, inferred, location, raw, reason } = event;
    return [
      {
        kind: "fact",
        content: {
          sort: "event",
          key,
          identity: eventIdentity(feedId, event),
          receipt: event.messageId,
          feed: known.feedName(feedId),
          kind,
          classifier,
          occurredAt: time === null ? null : new Date(time.occurredAtMs).toISOString(),
          offsetMinutes: time?.offsetMinutes ?? null,
          precision: time?.precision ?? null,
          basis: time?.basis ?? null,
          receivedAt: new Date(event.receivedAtMs).toISOString(),
          package: event.package,
          location,
          inferred,
          reason: reason?.code ?? null,
          generation: event.generation,
          raw: { ...raw },
        },
      },
    ];
  }
  if (claim === null) return [];
  return [
    {
      kind: "fact",
      content: {
        sort: "claim",
        key: claim.hash,
        receipt: claim.messageId,
        feed: known.feedName(claim.feedId),
        attribute: claim.attribute,
        subject: claim.subject,
        value: claim.value,
        occurredAt: new Date(claim.occurredAtMs).toISOString(),
        generation: claim.generation,
      },
    },
  ];
}

async function postingParts(ctx: Context, generations: KeyGenerations, posting: PostingDetail): Promise<Part[]> {
  const { shipmentId, key } = posting;
  const [told, sealed] = await Promise.all([
    listAttempts(ctx.sql, shipmentId, key),
    listSealed(ctx.sql, shipmentId, key),
  ]);
  const attempts = told.toReversed();
  const unsealed = sealed.filter(({ seal }) => seal === null).map(({ id }) => id);
  const before = await findSealedBefore(ctx.sql, unsealed);
  const standing = checkSeals(ctx.config.secretKey, generations, sealed, before);
  const left = { ...posting, createdAtMs: posting.createdAt.getTime() };
  return [
    {
      kind: "posting",
      content: {
        key: posting.key,
        id: posting.id,
        kind: posting.kind,
        state: posting.state,
        connection: posting.connection,
        record: { model: posting.recordModel, id: posting.recordId, name: posting.recordName },
        before: posting.before,
        after: posting.after ?? posting.desired,
        sealed: checkPosting(left, sealed, standing),
        heldBecause: posting.heldBecause,
        askedBy: posting.messageId,
        correlationId: posting.correlationId,
        plannedAt: posting.createdAt.toISOString(),
        sentAt: iso(posting.sentAt),
        postedAt: iso(posting.postedAt),
        verifiedAt: iso(posting.verifiedAt),
      },
    },
    ...attempts.map(
      (attempt): Part => ({
        kind: attempt.purpose === "verify" ? "read_back" : "attempt",
        content: {
          posting: posting.key,
          number: attempt.number,
          purpose: attempt.purpose,
          startedAt: attempt.startedAt.toISOString(),
          durationMs: attempt.durationMs,
          outcome: attempt.outcome,
          reason: attempt.reason,
          request: bounded(attempt.request),
          answer: bounded(attempt.answer),
          sealed: standing.get(attempt.id) ?? "none",
        },
      }),
    ),
  ];
}

/** An answer as it is, or its hash where it is long: documents are not carried along. */
function bounded(value: Json): Json {
  const told = canonicalJson(value);
  return told.length <= LONGEST_ANSWER ? value : { sha256: checkTools.sha256OfText(told), length: told.length };
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
