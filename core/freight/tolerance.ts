import { minorDigits } from "@/core/money";
import type { Charge } from "./charges";
import type { ToleranceRule } from "./settings";

export type VarianceSide = "within" | "over" | "under";

/** Finds the first rule, in order, that fits; null where none does, and then nothing passes but what is equal. */
export function ruleFor(
  rules: readonly ToleranceRule[],
  of: { vendor: string; charge: Charge | null; currency: string },
): ToleranceRule | null {
  return (
    rules.find(
      (rule) =>
        (rule.vendor === null || rule.vendor === of.vendor) &&
        (rule.charge === null || rule.charge === of.charge) &&
        (rule.currency === null || rule.currency === of.currency),
    ) ?? null
  );
}

/**
 * Says whether a billed amount is within tolerance of the expected one, each side by its own limits. Where nothing was expected only nothing
 * passes: percent of zero says nothing.
 */
export function sideOf(
  billedMinor: number,
  expectedMinor: number,
  currency: string,
  rule: ToleranceRule | null,
): VarianceSide {
  const difference = billedMinor - expectedMinor;
  if (difference === 0) return "within";
  const side = difference > 0 ? "over" : "under";
  if (rule === null || expectedMinor <= 0) return side;
  const size = Math.abs(difference);
  const [amount, percent] =
    side === "over" ? [rule.overAmount, rule.overPercent] : [rule.underAmount, rule.underPercent];
  const byAmount = size <= Math.round(amount * 10 ** minorDigits(currency));
  const byPercent = size * 100 <= percent * expectedMinor;
  return (rule.mode === "both" ? byAmount && byPercent : byAmount || byPercent) ? "within" : side;
}
