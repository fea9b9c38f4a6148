/** A number that may be the one meant, and why, in words. */
export type NearNumber = { value: string; why: string };

const SHORTEST = 6;
const MOST = 400;

/**
 * Lists the numbers that a source may have meant by one that nobody knows: without what carriers put in front, without leading zeroes, with two
 * neighbours exchanged, or with one digit typed wrong. The likelier reading first; values are in the form in which references are compared.
 */
export function nearNumbers(value: string): NearNumber[] {
  if (value.length < SHORTEST || value.length > 40) return [];
  const found = new Map<string, string>();
  const add = (text: string, why: string) => {
    if (text !== value && text.length >= SHORTEST && !found.has(text) && found.size < MOST) found.set(text, why);
  };
  for (const [pattern, why] of IN_FRONT) {
    const inner = pattern.exec(value)?.[1];
    if (inner) add(inner, why);
  }
  add(value.replace(/^0+/, ""), "without its leading zeroes");
  for (let at = 0; at + 1 < value.length; at++) {
    const swapped = value.slice(0, at) + value[at + 1] + value[at] + value.slice(at + 2);
    add(swapped, "two signs exchanged");
  }
  for (let at = 0; at < value.length; at++) {
    if (!/\d/.test(value[at] ?? "")) continue;
    for (let digit = 0; digit < 10; digit++)
      add(value.slice(0, at) + digit + value.slice(at + 1), "one digit is another");
  }
  return [...found].map(([text, why]) => ({ value: text, why }));
}

/** What stands around the number on a label's barcode (USPS: 420 and the ZIP code; FedEx Ground: the last 15 of 22 or 34 digits, or 12 of 34). */
const IN_FRONT: readonly (readonly [RegExp, string])[] = [
  [/^420\d{5}(?:\d{4})?(9\d{21})$/, "without the ZIP code in front"],
  [/^\d{7}(\d{15})$/, "the number inside the barcode"],
  [/^\d{22}(\d{12})$/, "the number inside the barcode"],
  [/^(?:JJD|JD|J)(\d{10,})$/, "without the letters in front"],
  [/^[A-Z]{2,4}0*(\d{6,})$/, "without the letters in front"],
];
