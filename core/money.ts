const exponents = new Map<string, number>();

/** Digits behind the point of a currency (ISO 4217, by the runtime's own table); 2 for a code that it does not know. */
export function minorDigits(currency: string): number {
  let digits = exponents.get(currency);
  if (digits === undefined) {
    digits = /^[A-Z]{3}$/.test(currency)
      ? (new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2)
      : 2;
    exponents.set(currency, digits);
  }
  return digits;
}

/** Turns a decimal string into minor units of a currency without floating point, half away from zero; null for no or too large a number. */
export function toMinor(amount: string, currency: string): number | null {
  const match = /^([+-]?)(\d{1,15})(?:\.(\d{1,20}))?$/.exec(amount);
  if (!match) return null;
  const digits = minorDigits(currency);
  const fraction = (match[3] ?? "").padEnd(digits + 1, "0");
  const kept = BigInt(`${match[2]}${fraction.slice(0, digits)}`) + (Number(fraction[digits]) >= 5 ? 1n : 0n);
  const signed = Number(match[1] === "-" ? -kept : kept);
  return Number.isSafeInteger(signed) ? signed : null;
}

/** Writes minor units of a currency as a decimal string with the digits of that currency: 123456 EUR is "1234.56". */
export function fromMinor(amountMinor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, "0");
  const sign = amountMinor < 0 ? "-" : "";
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
