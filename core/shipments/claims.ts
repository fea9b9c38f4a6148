import type { StoredClaim } from "./attributes";

/**
 * Merges what was said with what is known: one claim per feed, subject and attribute, the latest by generation, occurredAt and hash.
 * `changed` are the claims of `said` that now stand and must be stored.
 */
export function mergeClaims(
  known: readonly StoredClaim[],
  said: readonly StoredClaim[],
): { claims: StoredClaim[]; changed: StoredClaim[] } {
  const best = new Map<string, StoredClaim>();
  for (const claim of known) keep(best, claim);
  const changed = new Map<string, StoredClaim>();
  for (const claim of said) {
    const key = claimKey(claim);
    if (keep(best, claim)) changed.set(key, claim);
  }
  return { claims: [...best.values()], changed: [...changed.values()] };
}

function claimKey(claim: StoredClaim): string {
  return `${claim.feedId}\u001f${claim.subject}\u001f${claim.attribute}`;
}

function keep(best: Map<string, StoredClaim>, claim: StoredClaim): boolean {
  const key = claimKey(claim);
  const standing = best.get(key);
  if (standing !== undefined && !isLater(claim, standing)) return false;
  best.set(key, claim);
  return true;
}

function isLater(claim: StoredClaim, standing: StoredClaim): boolean {
  if (claim.generation !== standing.generation) return claim.generation > standing.generation;
  if (claim.occurredAtMs !== standing.occurredAtMs) return claim.occurredAtMs > standing.occurredAtMs;
  return claim.hash > standing.hash;
}
