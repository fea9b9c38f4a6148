import { isZero, negated, readDecimal, sameAmount, sumOf } from "@/core/freight/decimal";
import type { Problem } from "@/core/outcome";
import { shown } from "@/core/raw-text";
import type { InvoiceFacts, InvoiceLine } from "@/core/shipments/facts";
import { type Reference, reference } from "@/core/shipments/references";
import { isReal } from "@/core/wall-clock";
import type { TranslateContext } from "../feed";
import { DOCUMENT_KINDS, REFERENCES } from "./codes";
import { component, type Message, type Segment } from "./tokenize";

type Said = { invoice: InvoiceFacts | null; problems: Problem[] };

/** A segment that others belong to, up to the next such one. */
type Group = { head: Segment; members: Segment[] };
type Parts = { header: Group[]; lines: Group[][]; summary: Group[] };

const HEADS = new Set(["UNH", "NAD", "CUX", "PAT", "TDT", "ALC", "TAX", "LIN", "UNS", "UNT"]);
/** Which amount is the bill's total, the surest first: of the invoice, its total, of the message, what is due. */
const TOTALS = ["77", "39", "86", "9"];
/** Amount of a line, the surest first: net of the line, of the goods, of the item. */
const LINE_AMOUNTS = ["203", "66", "38"];
const CHARGE_AMOUNTS = ["8", "23", "204"];

/** Reads an INVOIC: BGM its kind and number, a LIN with MOA for each charge, ALC for those of the whole bill, TAX as a line of its own. */
export function readInvoice(message: Message, context: TranslateContext): Said {
  const problems: Problem[] = [];
  const all = message.segments;
  const bgm = all.find(({ name }) => name === "BGM");
  const number = component(bgm, 2);
  const refused = refusalOf(message, bgm);
  if (number === null || refused !== null) return { invoice: null, problems: [refused ?? missingNumber(message)] };
  const parts = partsOf(all);
  const at = (place: string) => `${message.at}/${place}`;
  problems.push(...wordFaults(message));
  const vendor = vendorOf(parts.header, context);
  const lines = [
    ...parts.lines.flatMap((groups) => lineOf(groups, vendor, at, problems)),
    ...chargesOf(parts, at, problems),
    ...taxesOf(parts, at, problems),
  ];
  const total = totalOf(parts, at, problems);
  if (total !== null && lines.length > 0) {
    const sum = sumOf(lines.map(({ amount }) => amount));
    if (!sameAmount(sum, total))
      problems.push({
        kind: "control_mismatch",
        at: at("MOA"),
        found: total,
        expected: `the sum of its charges, ${sum}`,
      });
  }
  return {
    invoice: {
      at: message.at,
      document: "INVOIC",
      vendor,
      number,
      kind: DOCUMENT_KINDS[component(bgm, 1) ?? ""] as InvoiceFacts["kind"],
      date: dayOf(parts.header, ["3", "137"]),
      due: dayOf(parts.header, ["13", "140", "265"]),
      currency: currencyOf(all),
      total,
      references: referencesOf(parts.header, vendor),
      lines,
    },
    problems,
  };
}

/** What this message is where it is no bill: of another kind, or one that takes itself back. */
function refusalOf({ at }: Message, bgm: Segment | undefined): Problem | null {
  const [kind, does] = [component(bgm, 1), component(bgm, 3)];
  if (kind === null || !Object.hasOwn(DOCUMENT_KINDS, kind)) {
    const expected = `an invoice or credit note (${Object.keys(DOCUMENT_KINDS).join(", ")})`;
    return { kind: "unsupported_document", at: `${at}/BGM/1`, found: shown(kind), expected };
  }
  const cancels = does === "1" || does === "3";
  const expected = "a bill; one that cancels another is a person's to decide";
  return cancels ? { kind: "unsupported_document", at: `${at}/BGM/3`, found: does, expected } : null;
}

function missingNumber({ at }: Message): Problem {
  return { kind: "missing_reference", at: `${at}/BGM/2`, found: null, expected: "an invoice number" };
}

/** Header, lines with what belongs to each, and summary (behind UNS), as groups. */
function partsOf(segments: readonly Segment[]): Parts {
  const parts: Parts = { header: [], lines: [], summary: [] };
  let into = parts.header;
  for (const segment of segments) {
    if (segment.name === "LIN") {
      into = [];
      parts.lines.push(into);
    } else if (segment.name === "UNS") into = parts.summary;
    if (HEADS.has(segment.name)) into.push({ head: segment, members: [] });
    else into.at(-1)?.members.push(segment);
  }
  return parts;
}

/** Party qualifiers, quantities and prices that cannot be what they should: said, and nothing is made of them. */
function wordFaults({ at, segments }: Message): Problem[] {
  const faults: Problem[] = [];
  const seen = new Map<string, number>();
  const say = (place: string, found: string | null, expected: string) =>
    faults.push({ kind: "bad_value", at: `${at}/${place}`, found: shown(found), expected });
  for (const segment of segments) {
    const number = (seen.get(segment.name) ?? 0) + 1;
    seen.set(segment.name, number);
    const place = `${segment.name}[${number}]`;
    if (segment.name === "NAD") {
      const role = component(segment, 1);
      if (role === null || !/^[A-Z0-9]{1,3}$/.test(role)) say(`${place}/1`, role, "a party qualifier of three letters");
    } else if (segment.name === "QTY" || segment.name === "PRI") {
      const written = component(segment, 1, 2);
      if (written !== null && amountIn(written) === null) say(`${place}/1`, written, "a number");
    }
  }
  return faults;
}

/** Who bills: the carrier or forwarder named, else the issuer, seller or supplier; by its code, else its name. */
function vendorOf(header: readonly Group[], context: TranslateContext): string | null {
  for (const role of ["CA", "FW", "II", "SE", "SU"]) {
    const party = header.find(({ head }) => head.name === "NAD" && component(head, 1) === role)?.head;
    const word = component(party, 2) ?? component(party, 4) ?? component(party, 3);
    if (word !== null) return context.lookup("carrier", word) ?? word.toLowerCase();
  }
  return null;
}

type Place = (place: string) => string;

function lineOf(groups: readonly Group[], vendor: string | null, at: Place, problems: Problem[]): InvoiceLine[] {
  const [first, ...inner] = groups;
  if (!first) return [];
  const { head, members } = first;
  const line = component(head, 1) ?? String(head.position);
  const place = at(`LIN[${line}]`);
  const description = descriptionOf(members);
  const references = referencesIn([...members, ...inner.flatMap((group) => group.members)], vendor);
  const code = component(head, 3) ?? description;
  const moa = moaOf([...members, ...inner.filter(isNoGroup).flatMap((group) => group.members)], LINE_AMOUNTS);
  if (moa === undefined) {
    problems.push({ kind: "bad_value", at: `${place}/MOA`, found: null, expected: "the amount of the line (MOA+203)" });
    return [];
  }
  const amount = amountOf(moa, `${place}/MOA`, problems);
  if (amount === null) return [];
  const own: InvoiceLine = { line, code, description, amount, implied: null, references };
  // a net amount has the line's allowances and charges in it
  if (component(moa, 1) === "203") return [own];
  return [
    own,
    ...inner.flatMap((group) => chargeOf(group, line, references, (where) => `${place}/${where}`, problems)),
  ];
}

function isNoGroup({ head }: Group): boolean {
  return head.name !== "ALC" && head.name !== "TAX";
}

/** Allowances and charges of the whole bill. Behind UNS they are sums of those before it, unless none stands there. */
function chargesOf({ header, lines, summary }: Parts, at: Place, problems: Problem[]): InvoiceLine[] {
  const charges = (groups: readonly Group[]) => groups.filter(({ head }) => head.name === "ALC");
  const before = [...charges(header), ...lines.flatMap(charges)];
  const whole = before.length > 0 ? charges(header) : charges(summary);
  return whole.flatMap((group, index) => chargeOf(group, `ALC ${index + 1}`, [], at, problems));
}

function chargeOf(
  { head, members }: Group,
  line: string,
  references: Reference[],
  at: Place,
  problems: Problem[],
): InvoiceLine[] {
  if (head.name !== "ALC") return [];
  const moa = moaOf(members, CHARGE_AMOUNTS);
  if (moa === undefined) return [];
  const amount = amountOf(moa, at("ALC/MOA"), problems);
  if (amount === null) return [];
  const description = component(head, 5, 4);
  const allowance = component(head, 1) === "A";
  const code = component(head, 5) ?? description ?? component(head, 2);
  const signed = allowance && !amount.startsWith("-") ? negated(amount) : amount;
  return [{ line, code, description, amount: signed, implied: null, references }];
}

/** Tax is a line of its own: of each rate behind UNS, else the sum that stands there, else of the lines. */
function taxesOf({ lines, summary }: Parts, at: Place, problems: Problem[]): InvoiceLine[] {
  const taxed = (groups: readonly Group[]) =>
    groups.flatMap(({ head, members }) => {
      const moa = head.name === "TAX" ? moaOf(members, ["124"]) : undefined;
      return moa === undefined ? [] : [{ word: component(head, 2) ?? "TAX", moa }];
    });
  const bySummary = taxed(summary);
  const whole = moaOf(
    summary.flatMap(({ members }) => members),
    ["176"],
  );
  const sums = whole === undefined ? lines.flatMap(taxed) : [{ word: "TAX", moa: whole }];
  const found = bySummary.length > 0 ? bySummary : sums;
  return found.flatMap(({ word, moa }, index): InvoiceLine[] => {
    const amount = amountOf(moa, at("TAX/MOA"), problems);
    if (amount === null || isZero(amount)) return [];
    return [{ line: `TAX ${index + 1}`, code: word, description: null, amount, implied: "tax", references: [] }];
  });
}

function totalOf({ header, summary }: Parts, at: Place, problems: Problem[]): string | null {
  const own = (groups: readonly Group[]) => groups.filter(isNoGroup).flatMap(({ members }) => members);
  // a sender that puts the tax of all first has the sums among its members
  const moa = moaOf(own(summary), TOTALS) ?? moaOf(own(header), TOTALS) ?? moaOf(allOf(summary), TOTALS);
  if (moa !== undefined) return amountOf(moa, at(`MOA+${component(moa, 1)}`), problems);
  problems.push({ kind: "bad_value", at: at("MOA"), found: null, expected: "a total (MOA+77 or MOA+39)" });
  return null;
}

function allOf(groups: readonly Group[]): Segment[] {
  return groups.flatMap(({ members }) => members);
}

function moaOf(segments: readonly Segment[], qualifiers: readonly string[]): Segment | undefined {
  const amounts = segments.filter(({ name }) => name === "MOA");
  for (const qualifier of qualifiers) {
    const found = amounts.find((segment) => component(segment, 1) === qualifier);
    if (found) return found;
  }
  return undefined;
}

function amountOf(moa: Segment, at: string, problems: Problem[]): string | null {
  const written = component(moa, 1, 2);
  const amount = written === null ? null : amountIn(written);
  if (amount === null) problems.push({ kind: "bad_value", at, found: shown(written), expected: "an amount" });
  return amount;
}

/** Point and comma are both decimal signs, whatever UNA says; there is no sign for thousands. */
function amountIn(written: string): string | null {
  return readDecimal(written.replace(",", "."));
}

function descriptionOf(segments: readonly Segment[]): string | null {
  const imd = segments.find(({ name }) => name === "IMD");
  const text = [component(imd, 3, 4), component(imd, 3, 5)].filter((part) => part !== null).join(" ");
  return text === "" ? null : text;
}

/** Numbers of the whole bill; those behind a party are about the party unless they name a shipment. */
function referencesOf(header: readonly Group[], vendor: string | null): Reference[] {
  return referencesIn(allOf(header), vendor);
}

function referencesIn(segments: readonly Segment[], vendor: string | null): Reference[] {
  return segments.flatMap((segment) => {
    const value = segment.name === "RFF" ? component(segment, 1, 2) : null;
    if (value !== null) {
      const kind = REFERENCES[component(segment, 1) ?? ""];
      const issued = kind === "tracking_number" || kind === "pro_number";
      return kind === undefined ? [] : (reference(kind, issued ? vendor : null, value) ?? []);
    }
    const sscc = segment.name === "GIN" && component(segment, 1) === "BJ" ? component(segment, 2) : null;
    return sscc === null ? [] : (reference("sscc", null, sscc) ?? []);
  });
}

function currencyOf(segments: readonly Segment[]): string | null {
  const cux = segments.filter(({ name }) => name === "CUX");
  const own = cux.find((segment) => component(segment, 1) === "2") ?? cux[0];
  const code = component(own, 1, 2) ?? component(moaOf(segments, TOTALS), 1, 3);
  return code !== null && /^[A-Z]{3}$/.test(code) ? code : null;
}

/** The day of the first of these date qualifiers that stands there and is one; a time behind it is left out. */
function dayOf(header: readonly Group[], qualifiers: readonly string[]): string | null {
  const dates = allOf(header).filter(({ name }) => name === "DTM");
  for (const qualifier of qualifiers) {
    const dtm = dates.find((segment) => component(segment, 1) === qualifier);
    const day = dtm === undefined ? null : readDay(component(dtm, 1, 2) ?? "", component(dtm, 1, 3) ?? "102");
    if (day !== null) return day;
  }
  return null;
}

function readDay(text: string, format: string): string | null {
  const short = format === "101" || format === "201";
  const match = (short ? /^(\d{2})(\d{2})(\d{2})/ : /^(\d{4})(\d{2})(\d{2})/).exec(text);
  if (!match) return null;
  const year = short ? `20${match[1]}` : (match[1] ?? "");
  const [month = "", day = ""] = [match[2], match[3]];
  const real = isReal({ year: Number(year), month: Number(month), day: Number(day) });
  return real ? `${year}-${month}-${day}` : null;
}
