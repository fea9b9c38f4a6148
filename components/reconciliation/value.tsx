import { inWords } from "@/components/diff/diff";
import { formatMoney } from "@/components/ui/money";
import type { Aspect } from "@/core/reconciliation/aspects";
import type { Json } from "@/core/shipments/attributes";

/** What a system says of an aspect, in words; undefined where it says nothing of it. */
export function saidInWords(aspect: Aspect, value: Json | undefined): string | null {
  if (value === undefined) return null;
  if (value === null) return "";
  if (aspect === "freight" && typeof value === "object" && !Array.isArray(value))
    return formatMoney(Number(value.amountMinor), String(value.currency));
  if (aspect === "quantities" && typeof value === "object" && !Array.isArray(value))
    return Object.entries(value)
      .map(([code, quantity]) => `${quantity} × ${code}`)
      .join(", ");
  if (aspect === "proof" && Array.isArray(value)) return value.map((sha1) => String(sha1).slice(0, 10)).join(", ");
  return inWords(value).replaceAll("_", " ");
}

/** A value in a cell: nothing where the system does not speak, "missing" where it should. */
export function Said({ aspect, value }: { aspect: Aspect; value: Json | undefined }) {
  const words = saidInWords(aspect, value);
  if (words === null) return <span className="text-ink-3">–</span>;
  if (words === "") return <span className="text-late">missing</span>;
  return <span title={words}>{words}</span>;
}
