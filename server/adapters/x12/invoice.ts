import type { Problem } from "@/core/outcome";
import { shown } from "@/core/raw-text";
import type { InvoiceFacts } from "@/core/shipments/facts";
import { type Reference, reference } from "@/core/shipments/references";
import type { TranslateContext } from "../feed";
import { n9References } from "./loops";
import { element, type Group, type Segment, type TransactionSet } from "./tokenize";

type Said = { invoice: InvoiceFacts | null; problems: Problem[] };

/** Reads a 210, a carrier's freight bill: B3 its number, day and net amount, an L1 for each charge; amounts have two implied decimals. */
export function readFreightInvoice(set: TransactionSet, group: Group, context: TranslateContext): Said {
  const problems: Problem[] = [];
  const { segments } = set;
  const b3 = segments.find(({ name }) => name === "B3");
  const number = element(b3, 2);
  if (number === null) return { invoice: null, problems: [missingNumber(set, "B3/2")] };
  const total = cents(element(b3, 7));
  if (total === null) {
    problems.push({
      kind: "bad_value",
      at: `${set.at}/B3/7`,
      found: shown(element(b3, 7)),
      expected: "an amount in cents",
    });
  }
  const vendor = carrierNamed(element(b3, 11) ?? element(named(segments, "N1", "CA"), 4) ?? group.header[2], context);
  const lines = freightLines(set, vendor, problems);
  const sum = lines.reduce((all, { amount }) => all + BigInt(amount.replace(".", "")), 0n);
  const l3 = cents(
    element(
      segments.findLast(({ name }) => name === "L3"),
      5,
    ),
  );
  const asked = total === null ? null : BigInt(total.replace(".", ""));
  if (asked !== null && lines.length > 0 && sum !== asked) {
    problems.push({
      kind: "control_mismatch",
      at: `${set.at}/B3/7`,
      found: total,
      expected: `the sum of its charges, ${decimal(sum)}`,
    });
  }
  if (l3 !== null && total !== null && l3 !== total) {
    problems.push({
      kind: "control_mismatch",
      at: `${set.at}/L3/5`,
      found: l3,
      expected: `the net amount of B3, ${total}`,
    });
  }
  const kind = total?.startsWith("-") ? "credit" : "invoice";
  return {
    invoice: {
      at: set.at,
      document: set.code,
      vendor,
      number,
      kind,
      date: dayOf(element(b3, 6)),
      due: null,
      currency: currencyOf(segments, "C3", 1),
      total,
      references: billReferences(segments, number, element(b3, 3), vendor),
      lines,
    },
    problems,
  };
}

/** The shipment's number of B3, what N9 names before the first line, and, where no PRO is among them, the bill's own number, which then is it. */
function billReferences(
  segments: readonly Segment[],
  number: string,
  load: string | null,
  vendor: string | null,
): Reference[] {
  const first = segments.findIndex(({ name }) => name === "LX");
  const named = n9References(first < 0 ? segments : segments.slice(0, first), vendor);
  const pro = named.some(({ kind }) => kind === "pro_number") ? null : reference("pro_number", vendor, number);
  const tender = load === null ? null : reference("tms_load", null, load);
  return [...named, ...(pro ? [pro] : []), ...(tender ? [tender] : [])];
}

function carrierNamed(word: string | null | undefined, context: TranslateContext): string | null {
  const said = word?.trim() ?? "";
  return said === "" ? null : (context.lookup("carrier", said) ?? said.toLowerCase());
}

function named(segments: readonly Segment[], name: string, qualifier: string): Segment | undefined {
  return segments.find((segment) => segment.name === name && element(segment, 1) === qualifier);
}

function freightLines(set: TransactionSet, vendor: string | null, problems: Problem[]): InvoiceFacts["lines"] {
  const lines: InvoiceFacts["lines"] = [];
  // what N9 says within one LX holds for all its charges, also those before it
  let references: Reference[] | null = null;
  let lading: string | null = null;
  let line = "";
  for (const segment of set.segments) {
    if (segment.name === "LX") {
      line = element(segment, 1) ?? "";
      lading = null;
      references = [];
    } else if (segment.name === "N9") references?.push(...n9References([segment], vendor));
    else if (segment.name === "L5") lading = element(segment, 2) ?? lading;
    else if (segment.name === "L1") {
      const written = element(segment, 4);
      if (written === null) continue;
      const amount = cents(written);
      if (amount === null) {
        problems.push({
          kind: "bad_value",
          at: `${set.at}/L1/4`,
          found: shown(written),
          expected: "an amount in cents",
        });
        continue;
      }
      const description = element(segment, 12) ?? lading;
      const code = element(segment, 8);
      // a charge without a special charge code is the freight itself
      const implied = code === null ? "base" : null;
      const number = element(segment, 1) ?? line;
      lines.push({ line: number, code, description, amount, implied, references: references ?? [] });
    }
  }
  return lines;
}

/** Reads an 810, an invoice of goods: BIG its number and day, TDS its total, an IT1 for each line with quantity and price. */
export function readGoodsInvoice(set: TransactionSet, group: Group, context: TranslateContext): Said {
  const problems: Problem[] = [];
  const { segments } = set;
  const big = segments.find(({ name }) => name === "BIG");
  const number = element(big, 2);
  if (number === null) return { invoice: null, problems: [missingNumber(set, "BIG/2")] };
  const total = cents(
    element(
      segments.find(({ name }) => name === "TDS"),
      1,
    ),
  );
  const lines = segments.flatMap((segment, index) =>
    segment.name === "IT1" ? goodsLine(segment, index, set, problems) : [],
  );
  const kind = element(big, 7) === "CR" || total?.startsWith("-") ? "credit" : "invoice";
  const seller = named(segments, "N1", "RE") ?? named(segments, "N1", "SE") ?? named(segments, "N1", "VN");
  const order = element(big, 4);
  const po = order === null ? null : reference("customer_po", null, order);
  return {
    invoice: {
      at: set.at,
      document: set.code,
      vendor: carrierNamed(element(seller, 4) ?? element(seller, 2) ?? group.header[2], context),
      number,
      kind,
      date: dayOf(element(big, 1)),
      due: null,
      currency: currencyOf(segments, "CUR", 2),
      total,
      references: [...n9References(segments, null), ...(po ? [po] : [])],
      lines,
    },
    problems,
  };
}

function goodsLine(it1: Segment, index: number, set: TransactionSet, problems: Problem[]): InvoiceFacts["lines"] {
  const amount = product(element(it1, 2), element(it1, 4));
  const line = element(it1, 1) ?? String(set.segments.slice(0, index + 1).filter(({ name }) => name === "IT1").length);
  if (amount === null) {
    problems.push({
      kind: "bad_value",
      at: `${set.at}/IT1[${line}]`,
      found: shown(element(it1, 4)),
      expected: "a quantity and a price",
    });
    return [];
  }
  const next = set.segments[index + 1];
  const description = next?.name === "PID" ? element(next, 5) : null;
  return [{ line, code: element(it1, 7), description, amount, implied: null, references: [] }];
}

/** Two implied decimals, unless a point is written. */
function cents(text: string | null): string | null {
  if (text === null) return null;
  if (/^-?\d{1,15}$/.test(text)) return decimal(BigInt(text));
  return /^-?\d{1,15}\.\d{1,2}$/.test(text) ? decimal(scaled(text, 2)) : null;
}

function decimal(hundredths: bigint): string {
  const size = hundredths < 0n ? -hundredths : hundredths;
  return `${hundredths < 0n ? "-" : ""}${size / 100n}.${String(size % 100n).padStart(2, "0")}`;
}

function scaled(text: string, digits: number): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(`${whole}${fraction.padEnd(digits, "0").slice(0, digits)}`);
}

/** Quantity times price, to the cent, half away from zero. */
function product(quantity: string | null, price: string | null): string | null {
  const number = /^-?\d{1,12}(\.\d{1,6})?$/;
  if (quantity === null || price === null || !number.test(quantity) || !number.test(price)) return null;
  const exact = scaled(quantity, 6) * scaled(price, 6);
  const size = exact < 0n ? -exact : exact;
  const rounded = (size + 5_000_000_000n) / 10_000_000_000n;
  return decimal(exact < 0n ? -rounded : rounded);
}

function dayOf(text: string | null): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text ?? "");
  return match ? `${match[1]}-${match[2]}-${match[3]}` : null;
}

function currencyOf(segments: readonly Segment[], name: string, index: number): string | null {
  const code = element(
    segments.find((segment) => segment.name === name),
    index,
  );
  return code !== null && /^[A-Z]{3}$/.test(code) ? code : null;
}

function missingNumber(set: TransactionSet, where: string): Problem {
  return { kind: "missing_reference", at: `${set.at}/${where}`, found: null, expected: "an invoice number" };
}
