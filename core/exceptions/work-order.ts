import { minorDigits } from "@/core/money";
import type { About } from "./about";
import { EXCEPTION_SPECS, type ExceptionKind, SEVERITIES, type Severity } from "./kinds";
import type { Thresholds } from "./thresholds";

/** Clocks after which money is lost: the promise to the customer, the carrier's claim window, the day an invoice should be out. */
export const DEADLINES = ["promise", "claim", "invoice"] as const;
export type Deadline = (typeof DEADLINES)[number];

/** Percent of the order's value that a kind puts at risk, and the clock that runs; kinds that are not listed put none at risk. */
const AT_RISK: Partial<Record<ExceptionKind, { percent: number; clock: Deadline | null }>> = {
  lost: { percent: 100, clock: "claim" },
  damaged: { percent: 100, clock: "claim" },
  short: { percent: 50, clock: "claim" },
  pod_missing: { percent: 100, clock: "invoice" },
  posting_rejected: { percent: 100, clock: "invoice" },
  quantity_mismatch: { percent: 30, clock: "invoice" },
  delivery_failed: { percent: 30, clock: "promise" },
  address_mismatch: { percent: 30, clock: "promise" },
  delivery_late: { percent: 20, clock: "promise" },
  dispatch_late: { percent: 20, clock: "promise" },
  label_failed: { percent: 20, clock: "promise" },
  customs_hold: { percent: 20, clock: "promise" },
  held: { percent: 20, clock: "promise" },
  misrouted: { percent: 20, clock: "promise" },
  first_scan_late: { percent: 10, clock: "promise" },
  scan_late: { percent: 10, clock: "promise" },
  delivery_at_risk: { percent: 10, clock: "promise" },
  missing_milestone: { percent: 10, clock: "promise" },
  return_unannounced: { percent: 10, clock: null },
};

export type Stake = {
  /** Minor units of `currency`; null where no source told a value. */
  stakeMinor: number | null;
  currency: string | null;
  riskMinor: number | null;
  deadlineMs: number | null;
  deadlineKind: Deadline | null;
  /** Class 0 (first) .. 3: the severity, lifted by one (never above high) where a large sum is at risk. */
  workRank: number;
  /** Instant by which it should be begun: the earlier of response time and deadline, brought forward by the money at risk. */
  workAtMs: number;
};

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Each doubling of the money at risk (counted from 100 units of its currency) is worth so many hours. */
const HOURS_A_DOUBLING = 2;
const HIGH = SEVERITIES.indexOf("high");

/**
 * Weighs an exception: what is at stake, when it is lost, and its place in the order of work. The place does not depend on the clock, so it is
 * stored and indexed: time runs for all alike. Once its money is `lost`, none is at risk any more and nothing brings it forward. Amounts of different currencies are compared by their number, as no rates are known here.
 */
export function weigh(
  exception: { kind: ExceptionKind; severity: Severity; openedAtMs: number; lost?: boolean },
  about: Pick<About, "value" | "promisedAtMs" | "deliveredAtMs">,
  thresholds: Pick<Thresholds, "claimWindowDays" | "invoiceHoldDays" | "largeRisk">,
): Stake {
  const { kind, severity, openedAtMs, lost = false } = exception;
  const risk = AT_RISK[kind];
  const deadlineMs = deadlineOf(risk?.clock ?? null, openedAtMs, about, thresholds);
  const percent = lost ? 0 : (risk?.percent ?? 0);
  const riskMinor = about.value === null ? null : Math.round((about.value.amountMinor * percent) / 100);
  const major = about.value && riskMinor ? riskMinor / 10 ** minorDigits(about.value.currency) : 0;
  const rank = SEVERITIES.indexOf(severity);
  const dueMs = openedAtMs + EXCEPTION_SPECS[kind].respondWithinMinutes * 60_000;
  const begun = lost || deadlineMs === null || deadlineMs <= openedAtMs ? dueMs : Math.min(dueMs, deadlineMs);
  return {
    stakeMinor: about.value?.amountMinor ?? null,
    currency: about.value?.currency ?? null,
    riskMinor,
    deadlineMs,
    deadlineKind: deadlineMs === null ? null : (risk?.clock ?? null),
    workRank: major >= thresholds.largeRisk && rank > HIGH ? rank - 1 : rank,
    workAtMs: begun - Math.round(HOURS_A_DOUBLING * HOUR_MS * Math.log2(Math.max(1, major / 100))),
  };
}

/** First and last class of work in which exceptions of some severities (0 critical .. 3 low) can stand: money lifts one by one class at most. */
export function placesOf(ranks: readonly number[]): [first: number, last: number] {
  return [Math.max(0, Math.min(...ranks) - 1), Math.max(...ranks)];
}

/** Says whether two weighings put an exception at the same place with the same money. */
export function sameStake(a: Stake, b: Stake): boolean {
  return (
    a.stakeMinor === b.stakeMinor &&
    a.currency === b.currency &&
    a.riskMinor === b.riskMinor &&
    a.deadlineMs === b.deadlineMs &&
    a.deadlineKind === b.deadlineKind &&
    a.workRank === b.workRank &&
    a.workAtMs === b.workAtMs
  );
}

function deadlineOf(
  clock: Deadline | null,
  openedAtMs: number,
  about: Pick<About, "promisedAtMs" | "deliveredAtMs">,
  thresholds: Pick<Thresholds, "claimWindowDays" | "invoiceHoldDays">,
): number | null {
  if (clock === "promise") return about.promisedAtMs;
  if (clock === "claim") return (about.promisedAtMs ?? openedAtMs) + thresholds.claimWindowDays * DAY_MS;
  if (clock === "invoice") {
    return about.deliveredAtMs === null ? null : about.deliveredAtMs + thresholds.invoiceHoldDays * DAY_MS;
  }
  return null;
}

const CLOCK_WORD: Readonly<Record<Deadline, string>> = {
  promise: "the promise",
  claim: "the claim window",
  invoice: "the time for the invoice",
};

/** Says in words why an exception stands where it stands: its class, the money, the clock that ends first. */
export function reasonOfRank(
  of: {
    severity: Severity;
    workRank: number;
    riskMinor: number | null;
    currency: string | null;
    dueAtMs: number;
    deadlineMs: number | null;
    deadlineKind: Deadline | null;
  },
  nowMs: number,
): string {
  const { severity, workRank, riskMinor, currency, dueAtMs, deadlineMs, deadlineKind } = of;
  const money =
    riskMinor === null || currency === null
      ? "no value of the order is known"
      : riskMinor === 0
        ? "no money at risk"
        : `${amount(riskMinor, currency)} at risk`;
  const lifted = workRank < SEVERITIES.indexOf(severity) ? `, lifted from ${severity} by it` : "";
  const clock =
    deadlineMs !== null && deadlineKind !== null
      ? `${CLOCK_WORD[deadlineKind]} ${deadlineMs <= nowMs ? `ended ${span(nowMs - deadlineMs)} ago` : `ends in ${span(deadlineMs - nowMs)}`}`
      : `an answer ${dueAtMs <= nowMs ? `was due ${span(nowMs - dueAtMs)} ago` : `is due in ${span(dueAtMs - nowMs)}`}`;
  return `${word(SEVERITIES[workRank] ?? severity)}: ${money}${lifted}; ${clock}.`;
}

/** What is noted when the clock has run out while the exception stood. */
export function lostWords(minor: number, currency: string, clock: Deadline | null, deadlineMs: number): string {
  const ended = clock === null ? "its time" : CLOCK_WORD[clock];
  const at = new Date(deadlineMs).toISOString().slice(0, 16).replace("T", " ");
  return `${amount(minor, currency)} counted as lost: ${ended} ended at ${at} UTC.`;
}

function word(severity: Severity): string {
  return `${severity.charAt(0).toUpperCase()}${severity.slice(1)}`;
}

function span(ms: number): string {
  if (ms < HOUR_MS) return `${Math.max(1, Math.round(ms / 60_000))} min`;
  return ms < 3 * DAY_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / DAY_MS)} days`;
}

function amount(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = (minor / 10 ** digits).toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${currency} ${text}`;
}
