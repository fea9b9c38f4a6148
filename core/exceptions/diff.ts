import type { Finding } from "./finding";
import type { ExceptionKind, ExceptionState } from "./kinds";
import { EXCEPTION_SPECS } from "./kinds";

/** An exception row of the same home: for each kind and subject the open one, and the newest resolved ones. */
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

/** Compares findings with the exceptions known: what to open, to close and to refresh. Kinds outside `owned` are left alone. */
export function diff(
  known: readonly KnownException[],
  findings: readonly Finding[],
  owned: readonly ExceptionKind[],
): ExceptionDiff {
  const open = findings.filter((finding) => !known.some((row) => row.kind === finding.kind));
  const close = known
    .filter((row) => owned.includes(row.kind) && EXCEPTION_SPECS[row.kind].closing !== "latched")
    .filter((row) => row.state !== "resolved" && !findings.some((finding) => finding.kind === row.kind))
    .map((row) => row.id);
  return { open, close, refresh: [] };
}

/** Text over which a finding is compared with the evidence stored for it; hash it or store it as it is. */
export function evidenceText(finding: Finding): string {
  return `${finding.severity}\u001f${finding.occurrence}\u001f${finding.text}`;
}
