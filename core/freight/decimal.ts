/** Decimal strings as freight documents write amounts: exact, without floating point. */
const DECIMAL = /^([+-]?)(\d{1,15})(?:\.(\d{1,6}))?$/;
const SCALE = 6;

/** Reads an amount with a point as decimal sign, without leading plus and idle zeros ("007.10" is "7.10"); null when it is none. */
export function readDecimal(text: string): string | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const whole = (match[2] ?? "").replace(/^0+(?=\d)/, "");
  const digits = `${whole}${match[3] === undefined ? "" : `.${match[3]}`}`;
  return match[1] === "-" && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

/** The sum of amounts that `readDecimal` gave, with two digits behind the point at least. */
export function sumOf(amounts: readonly string[]): string {
  return written(amounts.reduce((sum, amount) => sum + scaled(amount), 0n));
}

/** Turns the sign of an amount round. */
export function negated(amount: string): string {
  if (!/[1-9]/.test(amount)) return amount;
  return amount.startsWith("-") ? amount.slice(1) : `-${amount}`;
}

export function sameAmount(a: string, b: string): boolean {
  return scaled(a) === scaled(b);
}

export function isZero(amount: string): boolean {
  return scaled(amount) === 0n;
}

function scaled(amount: string): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(`${whole}${fraction.padEnd(SCALE, "0").slice(0, SCALE)}`);
}

function written(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(SCALE + 1, "0");
  const fraction = digits.slice(-SCALE).replace(/0+$/, "").padEnd(2, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -SCALE)}.${fraction}`;
}
