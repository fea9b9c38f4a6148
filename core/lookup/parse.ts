import { normaliseNumber } from "@/core/shipments/references";
import { emailsIn, withoutEmails } from "./email";
import { phoneForms } from "./phone";
import { shapeOf } from "./shapes";

/** Most characters of a paste that are read; the rest is cut off and said so. */
export const MOST_PASTED = 20_000;
const MOST_NUMBERS = 40;
const MOST_CONTACTS = 5;
const LONGEST_NUMBER = 60;

/** `value` as references are compared, `said` as it was written, `looks` what its form says in words. */
export type NumberKey = { value: string; said: string; looks: string | null };

/** What a paste may mean, likeliest first. `phones` as written; `shipmentId` where an address of Waypost itself was pasted. */
export type LookupKeys = {
  numbers: NumberKey[];
  emails: string[];
  phones: string[];
  shipmentId: string | null;
  /** More was pasted than is read, or more numbers were found than are looked for. */
  cut: boolean;
};

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;
const PHONE = /(?:\+|\(\d|\b\d)[\d\s().\-/\u2010-\u2013]{5,24}\d/g;
const LABEL =
  /^(?:orders?|ordered|number|numbers?|no|nr|num|ref|reference|po|so|shipment|parcel|package|tracking|track|delivery|invoice|picking|transfer|bestellung|bestellnummer|auftrag|auftragsnummer|sendung|sendungsnummer|commande|colis|pedido|ordine|bestelling|zamówienie)$/i;
const NOISE = [
  /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$/,
  /^\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:am|pm|h)?$/i,
  /^[€$£]?\d{1,7}[.,]\d{2}[€$£]?$/,
  /^\d{1,3}%$/,
  /^\d{1,2}(?:st|nd|rd|th)$/i,
];

type Found = { said: string; labelled: boolean; whole: boolean };

/**
 * Reads a paste (a number, an address, or a whole message of a customer) into what to look for. Reads no further than `MOST_PASTED`
 * characters, finds at most 40 numbers, 5 e-mail addresses and 5 telephone numbers; linear in the text.
 */
export function parseLookup(pasted: string): LookupKeys {
  const text = pasted
    .normalize("NFKC")
    .slice(0, MOST_PASTED)
    .replace(/[\u200b-\u200f\ufeff]/g, "");
  const emails = emailsIn(text, MOST_CONTACTS);
  const shipmentId = UUID.exec(text)?.[0].toLowerCase() ?? null;
  const { rest, links } = withoutLinks(withoutEmails(text.replace(UUID, " ")));
  const { phones, others } = withoutPhones(rest);
  const numbers = ordered([...links, ...pieces(rest), ...tokens(others)]);
  return {
    numbers: numbers.slice(0, MOST_NUMBERS),
    emails,
    phones,
    shipmentId,
    cut: pasted.length > MOST_PASTED || numbers.length > MOST_NUMBERS,
  };
}

/** True where nothing in the paste can name a shipment. */
export function nothingToLookFor(keys: LookupKeys): boolean {
  return keys.numbers.length + keys.emails.length + keys.phones.length === 0 && keys.shipmentId === null;
}

/** True where the paste names a person: such a query stays out of addresses and logs. */
export function isPersonal(keys: LookupKeys): boolean {
  return keys.emails.length + keys.phones.length > 0;
}

/** Writes the keys so that reading them again finds the same: what of a long paste is sent and kept in the address. */
export function keysText(keys: LookupKeys): string {
  const said = [...keys.emails, ...keys.phones, ...keys.numbers.map((number) => number.said)];
  return [...new Set(keys.shipmentId === null ? said : [keys.shipmentId, ...said])].join(", ");
}

/** Links tell their numbers in the path or in parameters. */
function withoutLinks(text: string): { rest: string; links: Found[] } {
  const links: Found[] = [];
  const rest = text.replace(/\bhttps?:\/\/\S{3,2000}/gi, (link) => {
    for (const part of link.split(/[/?&=#;,]+/).slice(2))
      if (/\d/.test(part) && part.length >= 6) links.push({ said: decoded(part), labelled: true, whole: false });
    return " ";
  });
  return { rest, links };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll("+", " "));
  } catch {
    return part;
  }
}

/** Lines and listed parts that may be one number as they stand, blanks and all. */
function pieces(text: string): Found[] {
  const alone = text.trim().length <= 30;
  return text
    .split(/[,;|\r\n\t]|\s\+\s/)
    .map((piece) => trimmed(piece))
    .filter((piece) => piece.length <= LONGEST_NUMBER && /\d/.test(piece) && !isNoise(piece))
    .filter((piece) => {
      const words = piece.split(/\s+/);
      return alone ? words.length <= 10 : words.every((word) => /\d/.test(word) || /^[A-Z/#-]{1,4}$/.test(word));
    })
    .map((said) => ({ said, labelled: false, whole: true }));
}

/** Single words that hold a digit, and runs of words that together have the form of a known number ("1Z 999 AA1 ..."). */
function tokens(text: string): Found[] {
  const found: Found[] = [];
  for (const line of text.split(/[\r\n|;\t]/)) {
    const words = line.split(/[\s,]+/).flatMap((word) => {
      const parts = word.split(/[:=]/).map(trimmed);
      return parts.length > 1 && !isNoise(trimmed(word)) ? parts.filter((part) => part !== "") : [trimmed(word)];
    });
    let inside = 0;
    for (const [at, said] of words.entries()) {
      const labelled = said.startsWith("#") || (at > 0 && LABEL.test(words[at - 1] ?? "")) || twoBefore(words, at);
      if (/\d/.test(said) && !isNoise(said) && (labelled || worthLooking(said)))
        found.push({ said, labelled, whole: false });
      const run = at < inside ? null : runFrom(words, at);
      if (run === null) continue;
      found.push({ said: run.said, labelled: false, whole: false });
      inside = run.end;
    }
  }
  return found;
}

/** "order no. is 4711": a label may stand two words before. */
function twoBefore(words: readonly string[], at: number): boolean {
  return at > 1 && /^(?:is|ist|no|nr|number|est|es)$/i.test(words[at - 1] ?? "") && LABEL.test(words[at - 2] ?? "");
}

/** The longest run of words from here that together has the form of a known number; null where there is none. */
function runFrom(words: readonly string[], at: number): { said: string; end: number } | null {
  let longest: { said: string; end: number } | null = null;
  let said = words[at] ?? "";
  for (let end = at + 1; end < Math.min(words.length, at + 9); end++) {
    const word = words[end] ?? "";
    if (!/^[A-Z0-9-]{1,12}$/i.test(word) || !/\d|^[A-Z]{2,3}$/.test(word) || said.length > LONGEST_NUMBER) break;
    said += ` ${word}`;
    if (/\d/.test(said) && shapeOf(normaliseNumber(said)) !== null) longest = { said, end: end + 1 };
  }
  return longest;
}

/** In running text a number of digits alone is worth a look from five on; one with letters or slashes from four. */
function worthLooking(said: string): boolean {
  const value = normaliseNumber(said);
  return /^\d+$/.test(value) ? value.length >= 5 : value.length >= 4;
}

function isNoise(said: string): boolean {
  return NOISE.some((form) => form.test(said));
}

/** Without the punctuation around it; a # in front stays, because shops number their orders so. */
function trimmed(word: string): string {
  return word.replace(/^[^\p{L}\p{N}#(]+|[^\p{L}\p{N}]+$/gu, "").replace(/^\((?!00\))/, "");
}

/** Other ways to write the same: an Odoo number without its zeros, a code with its application identifier, a shop's number without #. */
function spellings({ said, labelled }: Found): string[] {
  const value = normaliseNumber(said);
  const all = [value];
  if (value.startsWith("#")) all.push(value.slice(1));
  const sscc = /^(?:\(00\)|00)(\d{18})$/.exec(value)?.[1];
  if (sscc !== undefined) all.push(sscc);
  const transfer = /^([A-Z0-9]+\/[A-Z0-9]+\/)(\d{1,4})$/.exec(value);
  if (transfer) all.push(`${transfer[1]}${transfer[2]?.padStart(5, "0")}`);
  const order = /^(?:#|SO?)?(\d{1,5})$/.exec(value)?.[1];
  if (order !== undefined && (labelled || /^SO?\d/.test(value))) all.push(`S${order.padStart(5, "0")}`);
  return all.filter((one) => one.length > 0 && one.length <= LONGEST_NUMBER);
}

/** Each value once: the whole paste first, then what a label or its form speaks for, then the rest as written. */
function ordered(found: readonly Found[]): NumberKey[] {
  const keys = new Map<string, NumberKey & { weight: number }>();
  for (const one of found)
    for (const [nth, value] of spellings(one).entries()) {
      const looks = shapeOf(value);
      const weight = (one.whole ? 4 : 0) + (one.labelled ? 2 : 0) + (looks === null ? 0 : 1) - (nth === 0 ? 0 : 3);
      const known = keys.get(value);
      if (known === undefined) keys.set(value, { value, said: one.said, looks, weight });
      else known.weight = Math.max(known.weight, weight);
    }
  return [...keys.values()]
    .sort((a, b) => b.weight - a.weight)
    .map(({ value, said, looks }) => ({ value, said, looks }));
}

/** Telephone numbers, and the text without them; what has the form of a carrier's number as a whole is none. */
function withoutPhones(text: string): { phones: string[]; others: string } {
  const phones = new Set<string>();
  const lines = text.split(/[\r\n,;|\t]/).map((line) =>
    line.replace(PHONE, (match, at: number) => {
      const said = match.trim();
      if (isNoise(said) || insideNumber(line, at, match) || !isPhone(said, line) || phones.size === MOST_CONTACTS)
        return match;
      phones.add(said);
      return " ";
    }),
  );
  return { phones: [...phones], others: lines.join("\n") };
}

/** Plain digits are a number of a shipment far more often: they count as a telephone number alone in a line, ten or eleven of them. */
function isPhone(said: string, line: string): boolean {
  const digits = said.replace(/\D/g, "").length;
  if (/^[1-9]/.test(said) && (line.trim() !== said || digits < 10 || digits > 11)) return false;
  return phoneForms(said).length > 0;
}

/** True where letters or further digits of the same number stand before it: "1Z 999 AA1 01 2345 6784". */
function insideNumber(line: string, at: number, match: string): boolean {
  if (match.startsWith("+")) return false;
  const before = /[A-Z0-9][A-Z0-9 -]{0,29}$/i.exec(line.slice(Math.max(0, at - 30), at))?.[0] ?? "";
  const words = before.trim().split(" ");
  return words.some((_, from) => {
    const shape = shapeOf(normaliseNumber(`${words.slice(from).join(" ")} ${match}`));
    return shape !== null && /[A-Z]/.test(normaliseNumber(words.slice(from).join("")));
  });
}
