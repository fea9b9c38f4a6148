import { createHash, createHmac, hkdfSync } from "node:crypto";
import {
  attemptText,
  postingText,
  readSeal,
  type Seal,
  type Sealed,
  type SealedAttempt,
  type SealedPosting,
  writeSeal,
} from "@/core/proof/seal";
import type { KeyGenerations } from "@/core/settings/key-generations";

/** 128 of the 256 bits: enough that nobody finds another text, and half as long in every row. */
const BYTES = 16;
/** A rotation may commit while calls are being recorded, and clocks differ. */
const LATE_MS = 5 * 60_000;

type Stored = SealedAttempt & { seal: string | null };

/** Seals attempts with the key of a generation, together with the posting as it left, where that is at hand. */
export type Sealer = (attempt: SealedAttempt, posting: SealedPosting | null) => string;

/** Makes the sealer of a generation; its key follows from the workspace's secret key and is stored nowhere. */
export function sealerOf(secretKey: Buffer, generation: number): Sealer {
  const key = keyOf(secretKey, generation);
  return (attempt, posting) => {
    const head = { generation, posting: posting === null ? "" : postingDigest(posting) };
    return writeSeal({ ...head, digest: digestOf(key, attempt, head) });
  };
}

/**
 * Says of stored attempts whether they are what was recorded. One without a seal is older than the seals, unless `sealedBefore` says that
 * one recorded before it has one: then it was taken away. A retired key seals nothing that began after its end.
 */
export function checkSeals(
  secretKey: Buffer,
  { proof }: KeyGenerations,
  attempts: readonly Stored[],
  sealedBefore: ReadonlySet<string>,
): Map<string, Sealed> {
  const keys = new Map<number, Buffer>();
  const endOf = new Map(proof.retired.map(({ generation, at }) => [generation, Date.parse(at) + LATE_MS]));
  const standingOf = (attempt: Stored): Sealed => {
    if (attempt.seal === null) return sealedBefore.has(attempt.id) ? "removed" : "none";
    const seal = readSeal(attempt.seal);
    if (seal === null || seal.generation > proof.generation) return "changed";
    if (attempt.startedAt.getTime() > (endOf.get(seal.generation) ?? Number.POSITIVE_INFINITY)) return "changed";
    const key = keys.get(seal.generation) ?? keyOf(secretKey, seal.generation);
    keys.set(seal.generation, key);
    return digestOf(key, attempt, seal) === seal.digest ? "intact" : "changed";
  };
  return new Map(attempts.map((attempt) => [attempt.id, standingOf(attempt)]));
}

/** Says whether a posting is still what left with the newest of its attempts that were sealed with it; `none` where there is no such one. */
export function checkPosting(
  posting: SealedPosting,
  attempts: readonly Stored[],
  standing: ReadonlyMap<string, Sealed>,
): Sealed {
  const left = attempts
    .filter(({ id, seal }) => standing.get(id) === "intact" && seal !== null && readSeal(seal)?.posting)
    .sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime())[0];
  if (!left?.seal) return "none";
  return readSeal(left.seal)?.posting === postingDigest(posting) ? "intact" : "changed";
}

function keyOf(secretKey: Buffer, generation: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secretKey, "", `waypost seal of attempts, ${generation}`, 32));
}

function digestOf(key: Buffer, attempt: SealedAttempt, head: Omit<Seal, "digest">): string {
  const digest = createHmac("sha256", key).update(attemptText(attempt, head), "utf8").digest();
  return digest.subarray(0, BYTES).toString("base64url");
}

function postingDigest(posting: SealedPosting): string {
  const digest = createHash("sha256").update(postingText(posting), "utf8").digest();
  return digest.subarray(0, BYTES).toString("base64url");
}
