import { canonicalJson } from "@/core/shipments/identity";
import type { Finding } from "./finding";
import { EXCEPTION_SPECS, type ExceptionKind, type ExceptionState } from "./kinds";

/** An exception row of the same home: of each kind and subject the unresolved one, and the resolved ones whose occurrence may come again. */
export type KnownException = {
  id: string;
  kind: ExceptionKind;
  subject: string;
  occurrence: string;
  state: ExceptionState;
  /** True where a person, not recovery, resolved it. */
  byPerson: boolean;
  evidenceHash: string;
};

export type ExceptionDiff = { open: Finding[]; close: string[]; refresh: { id: string; finding: Finding }[] };

/**
 * Compares findings with the exceptions known: what to open, to close and to refresh. Kinds outside `owned` are left alone. What is
 * latched is never closed here, and what a person resolved stays resolved until another occurrence comes.
 */
export function diff(
  known: readonly KnownException[],
  findings: readonly Finding[],
  owned: readonly ExceptionKind[],
): ExceptionDiff {
  const result: ExceptionDiff = { open: [], close: [], refresh: [] };
  const claimed = new Set<string>();
  for (const finding of findings) {
    const name = `${finding.kind}\u001f${finding.subject}`;
    if (claimed.has(name)) continue;
    claimed.add(name);
    weigh(result, known, finding);
  }
  for (const row of known) {
    if (row.state === "resolved" || isLatched(row.kind) || !owned.includes(row.kind)) continue;
    if (!claimed.has(`${row.kind}\u001f${row.subject}`)) result.close.push(row.id);
  }
  return result;
}

/** Hashes what a finding shows, to see whether the row stored for it has to be written again: 53 bits, hex. No secret, no identity. */
export function evidenceHash(finding: Finding): string {
  const { severity, occurrence, cause, text, evidence, feedId } = finding;
  return hash53(
    [severity, occurrence, cause.source, cause.what, text, feedId, canonicalJson(evidence)].join("\u001f"),
  ).toString(16);
}

function weigh(result: ExceptionDiff, known: readonly KnownException[], finding: Finding): void {
  let settled = false;
  for (const row of known) {
    if (row.kind !== finding.kind || row.subject !== finding.subject) continue;
    if (row.state !== "resolved") {
      if (row.evidenceHash !== evidenceHash(finding)) result.refresh.push({ id: row.id, finding });
      return;
    }
    if (row.occurrence === finding.occurrence && (row.byPerson || isLatched(row.kind))) settled = true;
  }
  if (!settled) result.open.push(finding);
}

function isLatched(kind: ExceptionKind): boolean {
  return EXCEPTION_SPECS[kind].closing === "latched";
}

/** cyrb53 (public domain): spreads well over short texts, needs no library. */
function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
