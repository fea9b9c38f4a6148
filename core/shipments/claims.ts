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

/**
 * Puts one claim among those that stand, in their place where it is the latest of its feed, subject and attribute. False when it says nothing
 * newer. What linked shipments were told of the same stays beside it, each claim with the shipment that has it.
 */
export function putClaim<T extends StoredClaim & { shipmentId: string }>(standing: T[], claim: T): boolean {
  let place = -1;
  for (let index = 0; index < standing.length; index++) {
    const known = standing[index] as T;
    if (known.attribute !== claim.attribute || known.feedId !== claim.feedId || known.subject !== claim.subject)
      continue;
    if (!isLater(claim, known)) return false;
    if (known.shipmentId === claim.shipmentId) place = index;
  }
  if (place < 0) standing.push(claim);
  else standing[place] = claim;
  return true;
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
