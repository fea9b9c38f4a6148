/** Longest single text that is kept of a source's field. */
const LONGEST = 2_000;

/** Makes a source's text storable without changing its words: NUL and lone surrogates become U+FFFD, what is longer than 2,000 is cut. */
export function storable(text: string): string {
  const cut = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  return cut.includes("\0") || !cut.isWellFormed() ? cut.replaceAll("\0", "\ufffd").toWellFormed() : cut;
}

/** Text of a JSON value that should be a word: a non-blank string, trimmed and storable, or a whole number as digits; else null. */
export function wordOf(value: unknown): string | null {
  if (typeof value === "string") {
    const trimmed = value.trim();
    return trimmed === "" ? null : storable(trimmed);
  }
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
}

/** Shows a value in a problem, short: what stood there, as JSON where it is no text. */
export function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : typeof value === "object" ? kindOf(value) : String(value);
  return storable(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}

function kindOf(value: object): string {
  return Array.isArray(value) ? `a list of ${value.length}` : "an object";
}
