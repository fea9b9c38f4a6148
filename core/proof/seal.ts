import type { Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";

/** One call as its row tells it. */
export type SealedAttempt = {
  id: string;
  startedAt: Date;
  shipmentId: string;
  postingKey: string;
  number: number;
  purpose: string;
  request: Json;
  outcome: string | null;
  reason: string | null;
  answer: Json;
  durationMs: number | null;
  owner: string;
  correlationId: string | null;
  of: string | null;
};

/** What a posting was when it left; nothing of it is changed afterwards. */
export type SealedPosting = {
  id: string;
  kind: string;
  recordModel: string;
  recordId: number;
  recordName: string | null;
  desired: Json;
  before: Json;
  after: Json;
  messageId: string | null;
  correlationId: string | null;
  createdAtMs: number;
};

/** A seal as it is stored: the generation of its key, the digest of the posting ("" where it was not at hand), and the keyed digest. */
export type Seal = { generation: number; posting: string; digest: string };

/** How a stored attempt or posting stands to what was sealed when it was recorded. `none`: it is older than the seals. */
export const SEALED = ["intact", "changed", "removed", "none"] as const;
export type Sealed = (typeof SEALED)[number];

/** The text over which an attempt's keyed digest is made, with the generation of the key and the digest of the posting. */
export function attemptText(attempt: SealedAttempt, { generation, posting }: Omit<Seal, "digest">): string {
  const { id, startedAt, shipmentId, postingKey, number, purpose, request, outcome, reason, answer } = attempt;
  const { durationMs, owner, correlationId, of } = attempt;
  const head = [generation, posting, id, startedAt.toISOString(), shipmentId, postingKey, number, purpose];
  return canonicalJson([...head, request, outcome, reason, answer, durationMs, owner, correlationId, of]);
}

export function postingText(posting: SealedPosting): string {
  const { id, kind, recordModel, recordId, recordName, desired, before, after } = posting;
  const { messageId, correlationId, createdAtMs } = posting;
  const record = [recordModel, recordId, recordName];
  return canonicalJson([id, kind, record, desired, before, after, messageId, correlationId, createdAtMs]);
}

/** JSON as the database gives it back: nothing undefined, and no half of a character that was cut in two, which it would refuse. */
export function asStored(value: Json): Json {
  if (value === null) return null;
  return JSON.parse(JSON.stringify(value, (_, one) => (typeof one === "string" ? one.toWellFormed() : one)));
}

export function writeSeal({ generation, posting, digest }: Seal): string {
  return `${generation}.${posting}.${digest}`;
}

const SEAL = /^([1-9]\d{0,4})\.([\w-]{0,64})\.([\w-]{1,64})$/;

/** Reads a stored seal; null for anything else. */
export function readSeal(stored: string): Seal | null {
  const [, generation, posting, digest] = SEAL.exec(stored) ?? [];
  if (generation === undefined || posting === undefined || digest === undefined) return null;
  return { generation: Number(generation), posting, digest };
}
