import { z } from "zod";

const generation = z.int().min(1).max(10_000);

/** How often the keys that follow from the workspace's secret key were changed by themselves; the keys are stored nowhere. */
export const keyGenerationsSchema = z.object({
  proof: z
    .object({
      generation: generation.default(1),
      retired: z.array(z.object({ generation, at: z.iso.datetime() })).default([]),
    })
    .default({ generation: 1, retired: [] }),
  /** By connection: the generation of the secret in the address of its hints, and when it was changed last. */
  hints: z.record(z.string().regex(/^\d{1,10}$/), z.object({ generation, rotatedAt: z.iso.datetime() })).default({}),
});
export type KeyGenerations = z.output<typeof keyGenerationsSchema>;

/** Reads the stored generations; what is not stored is the first. Throws where something else stands there: a key is never guessed. */
export function readKeyGenerations(stored: unknown): KeyGenerations {
  return keyGenerationsSchema.parse(stored ?? {});
}

/** The next signing key of proofs; the one before stays known, with the instant from which it signs nothing. */
export function rotatedProofKey(now: KeyGenerations, at: Date): KeyGenerations {
  const { generation, retired } = now.proof;
  return {
    ...now,
    proof: { generation: generation + 1, retired: [...retired, { generation, at: at.toISOString() }] },
  };
}

/** The address of a connection's hints before the last change works for so long. */
export const HINT_OVERLAP_HOURS = 24;

export function rotatedHint(now: KeyGenerations, connectionId: number, at: Date): KeyGenerations {
  const generation = (now.hints[connectionId]?.generation ?? 1) + 1;
  return { ...now, hints: { ...now.hints, [connectionId]: { generation, rotatedAt: at.toISOString() } } };
}

/** The generations of a connection's hint that are taken at an instant, the newest first. */
export function hintGenerations({ hints }: KeyGenerations, connectionId: number, nowMs: number): number[] {
  const known = hints[connectionId];
  if (known === undefined) return [1];
  return nowMs < overlapEndMs(known.rotatedAt) ? [known.generation, known.generation - 1] : [known.generation];
}

/** When the address before the present one stops working; null where it has, or where there was none. */
export function hintOverlapEnds({ hints }: KeyGenerations, connectionId: number, nowMs: number): Date | null {
  const known = hints[connectionId];
  const endMs = known === undefined ? 0 : overlapEndMs(known.rotatedAt);
  return nowMs < endMs ? new Date(endMs) : null;
}

const overlapEndMs = (rotatedAt: string) => Date.parse(rotatedAt) + HINT_OVERLAP_HOURS * 3_600_000;
