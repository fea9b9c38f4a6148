/** Bad data is a value: what was wrong, where in the raw message, what stood there and what was expected. */
export const PROBLEM_KINDS = [
  "unreadable",
  "unsupported_document",
  "schema",
  "unmapped_code",
  "implausible_time",
  "missing_reference",
  "bad_value",
  "control_mismatch",
  "sender_error",
] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

export type Problem = {
  kind: ProblemKind;
  /** JSON pointer, segment position ("AT7[3]/5") or row number ("row 17/ship_date") inside the raw message. */
  at: string;
  found: string | null;
  expected: string;
};

export type Outcome<T> = { ok: true; value: T; problems: Problem[] } | { ok: false; problems: Problem[] };

/** Wraps a value that was read, with what was wrong beside it. */
export function read<T>(value: T, problems: Problem[] = []): Outcome<T> {
  return { ok: true, value, problems };
}

/** Says that nothing could be read, and why. */
export function unread<T>(...problems: Problem[]): Outcome<T> {
  return { ok: false, problems };
}
