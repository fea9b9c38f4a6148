export type Decimal = "." | ",";

const WITH_POINT = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(\d{1,9}))?$/;
const WITH_COMMA = /^([+-]?)(\d{1,3}(?:\.\d{3})+|\d{1,15})(?:,(\d{1,9}))?$/;

/** Reads a decimal number as plain digits ("-1234.5"), with signs of money and separators of thousands left out; null when it is none. */
export function readNumber(text: string, decimal: Decimal): string | null {
  const bare = text
    .replace(/[\s\u00a0\u202f'’]/g, "")
    .replace(/^[$€£¥]|[$€£¥%]$|^(?:USD|EUR|GBP)|(?:USD|EUR|GBP|kg|lb|lbs|g|oz)$/gi, "");
  const match = (decimal === "." ? WITH_POINT : WITH_COMMA).exec(bare);
  if (!match) return null;
  const whole = (match[2] ?? "").replace(/[.,]/g, "");
  return `${match[1] === "-" ? "-" : ""}${whole}${match[3] === undefined ? "" : `.${match[3]}`}`;
}

/** What a text says about the decimal sign of its file: "1.234,5" and "0,5" say comma, "1,234.5" and "0.5" point, "1,234" nothing. */
export function decimalSaid(text: string): Decimal | null {
  const bare = text.replace(/[\s\u00a0'’$€£]/g, "");
  if (/^[+-]?\d{1,3}(?:\.\d{3})+,\d+$/.test(bare) || /^[+-]?\d+,(?:\d{1,2}|\d{4,})$/.test(bare)) return ",";
  if (/^[+-]?\d{1,3}(?:,\d{3})+\.\d+$/.test(bare) || /^[+-]?\d+\.(?:\d{1,2}|\d{4,})$/.test(bare)) return ".";
  if (/^[+-]?0,\d{3}$/.test(bare) || /^[+-]?\d{4,},\d{3}$/.test(bare)) return ",";
  if (/^[+-]?0\.\d{3}$/.test(bare) || /^[+-]?\d{4,}\.\d{3}$/.test(bare)) return ".";
  return null;
}
