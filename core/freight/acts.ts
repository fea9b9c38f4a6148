import { fromMinor, minorDigits } from "@/core/money";
import { REMEDIES } from "./remedies";
import type { FreightState, Objection } from "./states";

export const FREIGHT_ACTS = ["approve", "short_pay", "dispute", "reject", "reopen"] as const;
export type FreightAct = (typeof FREIGHT_ACTS)[number];

export type Standing = {
  state: FreightState;
  kind: "invoice" | "credit";
  objections: readonly Objection[];
  currency: string | null;
  billedMinor: number | null;
  /** What the first of two people approved to pay, where less than billed. */
  payMinor: number | null;
  /** The first of two people who approve. */
  firstBy: string | null;
};

export type Decision = { act: FreightAct; reason: string; payMinor: number | null; by: string };
export type Outcome =
  | { ok: true; state: FreightState; payMinor: number | null; second: boolean }
  | { ok: false; code: "precondition" | "invalid" | "forbidden"; why: string };

const FROM: Readonly<Record<FreightAct, readonly FreightState[]>> = {
  approve: ["open", "second", "disputed"],
  short_pay: ["open", "disputed"],
  dispute: ["open", "second"],
  reject: ["open", "second", "disputed"],
  reopen: ["disputed", "rejected", "second"],
};

/**
 * Says what an act makes of a bill, or why it is refused. Objections need a reason; final ones have to be mended. From
 * `fourEyesFrom` (units of the currency) on a second person approves what the first one approved.
 */
export function decide(standing: Standing, decision: Decision, fourEyesFrom: number): Outcome {
  const { act } = decision;
  const reason = decision.reason.trim();
  if (!FROM[act].includes(standing.state))
    return refuse("precondition", `A bill that is ${standing.state.replace("_", " ")} cannot be ${PAST[act]}.`);
  if (act === "reopen") return done("open", null);
  if (act === "dispute" || act === "reject") {
    if (reason.length < 3) return refuse("invalid", "Say why.");
    return done(act === "dispute" ? "disputed" : "rejected", null);
  }
  const final = standing.objections.find((objection) => objection.final);
  if (final) return refuse("precondition", [final.text, REMEDIES[final.check]?.text].filter(Boolean).join(" "));
  const { currency, billedMinor } = standing;
  if (currency === null || billedMinor === null) return refuse("precondition", "The bill has no amount to pay.");
  const payMinor = act === "short_pay" ? decision.payMinor : standing.state === "second" ? standing.payMinor : null;
  if (act === "short_pay") {
    if (standing.kind === "credit") return refuse("precondition", "A credit cannot be paid short.");
    if (payMinor === null || payMinor <= 0 || payMinor >= billedMinor)
      return refuse(
        "invalid",
        `Name an amount above nothing and below ${fromMinor(billedMinor, currency)} ${currency}.`,
      );
    if (reason.length < 3) return refuse("invalid", "Say why less is paid.");
  }
  const against = answerable(standing.objections);
  if (act === "approve" && against.length > 0 && reason.length < 3)
    return refuse("invalid", `Say why it is paid although: ${against[0]?.text}`);
  if (standing.state === "second") {
    if (standing.firstBy === decision.by)
      return refuse("forbidden", "The second approval has to come from another person.");
    return done(payMinor === null ? "approved" : "short_paid", payMinor);
  }
  if (needsTwo(billedMinor, currency, fourEyesFrom)) return { ok: true, state: "second", payMinor, second: true };
  return done(payMinor === null ? "approved" : "short_paid", payMinor);
}

/** What a reason has to answer before it is approved. */
export function answerable(objections: readonly Objection[]): Objection[] {
  return objections.filter(({ check }) => check !== "expected");
}

/** Says whether two people approve this total. */
export function needsTwo(billedMinor: number, currency: string, fourEyesFrom: number): boolean {
  return Math.abs(billedMinor) >= Math.round(fourEyesFrom * 10 ** minorDigits(currency));
}

const PAST: Readonly<Record<FreightAct, string>> = {
  approve: "approved",
  short_pay: "paid short",
  dispute: "disputed",
  reject: "rejected",
  reopen: "opened again",
};

function done(state: FreightState, payMinor: number | null): Outcome {
  return { ok: true, state, payMinor, second: false };
}

function refuse(code: "precondition" | "invalid" | "forbidden", why: string): Outcome {
  return { ok: false, code, why };
}
