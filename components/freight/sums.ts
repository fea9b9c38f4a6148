import { formatMoney } from "@/components/ui/money";
import { toMinor } from "@/core/money";

/** "EUR 1,200.00, USD 40.00"; a dash where nothing has an amount. */
export function sumWords(sums: readonly { currency: string | null; sum: string | null }[]): string {
  const byCurrency = new Map<string, number>();
  for (const { currency, sum } of sums) {
    const minor = currency === null || sum === null ? null : toMinor(sum, currency);
    if (currency !== null && minor !== null) byCurrency.set(currency, (byCurrency.get(currency) ?? 0) + minor);
  }
  const words = [...byCurrency]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, minor]) => formatMoney(minor, currency));
  return words.length === 0 ? "–" : words.join(", ");
}
