import { isZero, readDecimal, sameAmount, sumOf } from "@/core/freight/decimal";
import { documentKind } from "@/core/freight/document-kind";
import type { Problem } from "@/core/outcome";
import { shown } from "@/core/raw-text";
import type { InvoiceFacts, InvoiceLine } from "@/core/shipments/facts";
import {
  normaliseNumber,
  type Reference,
  type ReferenceKind,
  reference,
  splitNumbers,
} from "@/core/shipments/references";
import type { TranslateContext } from "../feed";
import { readDate } from "./dates";
import type { Mapping, Target } from "./mapping";
import { readNumber } from "./numbers";
import type { FileRecord } from "./records";
import { Row, widthFault } from "./row";

const MOST_PROBLEMS = 2_000;
const MOST_NUMBERS = 50;
/** Numbers of a movement that a bill is about as a whole where all its rows name the same. */
const OF_THE_WHOLE: ReadonlySet<ReferenceKind> = new Set<ReferenceKind>([
  "pro_number",
  "bill_of_lading",
  "tms_load",
  "wms_shipment",
  "container",
  "booking",
  "odoo_picking",
]);

type Head = Pick<InvoiceFacts, "date" | "due" | "currency"> & { kind: string | null; total: string | null };
type Bill = { at: string; vendor: string | null; number: string; head: Head; lines: InvoiceLine[]; spoilt: boolean };

/**
 * Reads rows as freight bills by a mapping. A bill is put together from its rows; one with a fault is set aside alone, with a sentence for each
 * fault. A row that cannot be read may be of the bill before it or behind it: both are set aside unless a total shows what is missing.
 */
export class BillReader {
  readonly problems: Problem[] = [];
  private readonly bills = new Map<string, Bill>();
  private readonly mapping: Mapping;
  private readonly context: TranslateContext;
  private readonly places: ReadonlyMap<string, number>;
  private readonly empty: ReadonlySet<string>;
  private readonly totalled: boolean;
  private last: Bill | null = null;
  private afterFault = false;
  private dropped = 0;

  constructor(mapping: Mapping, header: readonly string[], context: TranslateContext) {
    this.mapping = mapping;
    this.context = context;
    this.places = new Map(header.map((name, index) => [name, index]));
    this.empty = new Set(["", ...mapping.empty]);
    this.totalled = mapping.columns.some(({ gives }) => gives === "bill_total");
  }

  read(record: FileRecord, number: number, width: number): void {
    const at = `row ${number}`;
    const fault = record.fault ?? widthFault(record.fields, width);
    const row = fault === null ? new Row(record.fields, this.places, this.empty) : null;
    const said = row === null ? null : this.text(row, "bill_number");
    if (row === null || said === null) {
      if (fault === null && record.fields.every((field) => field.trim() === "")) return;
      if (fault !== null) this.say("bad_value", at, fault, `a row of ${width} columns`);
      else this.say("missing_reference", `${at}/${this.columnOf("bill_number")}`, null, "the number of the bill");
      if (this.last && !this.totalled) this.spoil(this.last, at);
      this.afterFault = !this.totalled;
      return;
    }
    const carrier = this.attribute(row, "carrier");
    const vendor = carrier === null ? null : (this.context.lookup("carrier", carrier) ?? carrier.toLowerCase());
    const bill = this.billOf(at, vendor, said);
    this.last = bill;
    if (this.afterFault) this.spoil(bill, at);
    this.afterFault = false;
    this.takeHead(bill, row, at);
    bill.lines.push(...this.linesOf(bill, row, at, vendor));
  }

  /** The bills, once all rows were read. */
  finish(): InvoiceFacts[] {
    const invoices = [...this.bills.values()].flatMap((bill) => this.invoiceOf(bill) ?? []);
    if (this.dropped > 0)
      this.problems.push({ kind: "bad_value", at: "", found: `${this.dropped} more problems`, expected: "fewer" });
    return invoices;
  }

  private billOf(at: string, vendor: string | null, number: string): Bill {
    const whole = this.mapping.rows === "bill" ? at : "";
    const key = [vendor ?? "", normaliseNumber(number), whole].join("\u001f");
    const known = this.bills.get(key);
    if (known) return known;
    const head: Head = { kind: null, total: null, date: null, due: null, currency: null };
    const bill: Bill = { at, vendor, number, head, lines: [], spoilt: false };
    this.bills.set(key, bill);
    return bill;
  }

  /** What every row of a bill says of the whole: the first row that says it counts, and one that says another thing spoils the bill. */
  private takeHead(bill: Bill, row: Row, at: string): void {
    const currency = this.text(row, "bill_currency")?.toUpperCase() ?? null;
    if (currency !== null && !/^[A-Z]{3}$/.test(currency))
      this.fail(bill, `${at}/${this.columnOf("bill_currency")}`, currency, "a currency of three letters");
    const said: Head = {
      kind: this.text(row, "bill_kind"),
      total: this.amount(bill, row, at, this.columnOf("bill_total")),
      date: this.day(bill, row, at, "date"),
      due: this.day(bill, row, at, "due"),
      currency,
    };
    for (const name of ["kind", "total", "date", "due", "currency"] as const) {
      const [before, now] = [bill.head[name], said[name]];
      if (before === null) bill.head[name] = now;
      else if (now !== null && !(name === "total" ? sameAmount(before, now) : before === now))
        this.fail(bill, at, now, `the same ${name} in all rows of bill ${bill.number}, as ${before} in ${bill.at}`);
    }
  }

  private linesOf(bill: Bill, row: Row, at: string, vendor: string | null): InvoiceLine[] {
    const references = this.referencesOf(row, vendor);
    const columns = this.mapping.columns.filter((column) => column.gives === "charge_amount");
    const description = this.text(row, "charge_description");
    const lines = columns.flatMap(({ column, charge }, index): InvoiceLine[] => {
      const amount = this.amount(bill, row, at, column);
      const own = charge ?? null;
      if (amount === null) {
        if (own === null && row.value(column) === null) this.fail(bill, `${at}/${column}`, null, "an amount");
        return [];
      }
      // a charge that has a column of its own and is not asked for
      if (own !== null && isZero(amount)) return [];
      const code = own ?? this.text(row, "charge") ?? description;
      const line = this.text(row, "charge_line") ?? String(bill.lines.length + index + 1);
      const implied = code === null ? "base" : null;
      return [{ line, code, description: own === null ? description : null, amount, implied, references }];
    });
    if (columns.length > 0) return lines;
    // a bill without a breakdown is its freight in one sum
    const amount = bill.head.total ?? "0";
    return [{ line: "1", code: null, description, amount, implied: "base", references }];
  }

  private invoiceOf(bill: Bill): InvoiceFacts | null {
    const { at, vendor, number, lines, head } = bill;
    const sum = sumOf(lines.map(({ amount }) => amount));
    if (this.totalled && head.total === null && !bill.spoilt)
      this.fail(bill, `${at}/${this.columnOf("bill_total")}`, null, "the total of the bill");
    const kind = documentKind(head.kind, head.total ?? sum);
    if (kind === null) this.fail(bill, `${at}/${this.columnOf("bill_kind")}`, head.kind, "invoice or credit");
    if (bill.spoilt || kind === null) return null;
    const whole = sharedBy(lines);
    const { date, due, currency } = head;
    return {
      at,
      document: "csv",
      vendor,
      number,
      kind,
      date,
      due,
      currency,
      total: head.total ?? sum,
      references: whole,
      lines: lines.map((line) => ({ ...line, references: line.references.filter((one) => !within(whole, one)) })),
    };
  }

  private amount(bill: Bill, row: Row, at: string, column: string | null): string | null {
    const written = column === null ? null : row.value(column);
    if (written === null) return null;
    const number = readNumber(written, this.mapping.decimal);
    const amount = number === null ? null : readDecimal(number);
    if (amount === null) this.fail(bill, `${at}/${column}`, written, "an amount");
    return amount;
  }

  private day(bill: Bill, row: Row, at: string, of: "date" | "due"): string | null {
    const target = this.mapping.columns.find((column) => column.gives === "bill_day" && column.of === of);
    const written = target === undefined ? null : row.value(target.column);
    if (target?.gives !== "bill_day" || written === null) return null;
    const date = readDate(written, target.order);
    if (date === null) {
      this.fail(bill, `${at}/${target.column}`, written, `a date (${target.order})`);
      return null;
    }
    const pair = (value: number) => String(value).padStart(2, "0");
    return `${date.year}-${pair(date.month)}-${pair(date.day)}`;
  }

  private referencesOf(row: Row, vendor: string | null): Reference[] {
    return this.mapping.columns.flatMap((column): Reference[] => {
      if (column.gives !== "reference") return [];
      const value = row.value(column.column);
      if (value === null) return [];
      const issued = column.kind === "tracking_number" || column.kind === "pro_number";
      const by = column.issuer ?? (issued ? vendor : null);
      const numbers = column.kind === "tracking_number" ? splitNumbers(value).slice(0, MOST_NUMBERS) : [value];
      return numbers.flatMap((number) => reference(column.kind, by, number) ?? []);
    });
  }

  private attribute(row: Row, attribute: "carrier"): string | null {
    const column = this.mapping.columns.find((one) => one.gives === "text" && one.attribute === attribute);
    return column === undefined ? null : row.value(column.column);
  }

  private columnOf(gives: Target["gives"]): string | null {
    return this.mapping.columns.find((column) => column.gives === gives)?.column ?? null;
  }

  private text(row: Row, gives: Target["gives"]): string | null {
    const column = this.columnOf(gives);
    return column === null ? null : row.value(column);
  }

  private fail(bill: Bill, at: string, found: string | null, expected: string): void {
    bill.spoilt = true;
    this.say("bad_value", at, found, expected);
  }

  private spoil(bill: Bill, at: string): void {
    const expected = "rows that can all be read, as nothing else shows what is missing";
    if (!bill.spoilt) this.fail(bill, at, `bill ${bill.number}`, expected);
  }

  private say(kind: Problem["kind"], at: string, found: string | null, expected: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ kind, at, found: shown(found), expected });
    else this.dropped++;
  }
}

/** Numbers of a movement that all charges of a bill name. */
function sharedBy(lines: readonly InvoiceLine[]): Reference[] {
  const [first, ...others] = lines;
  const candidates = (first?.references ?? []).filter(({ kind }) => OF_THE_WHOLE.has(kind));
  return candidates.filter((one) => others.every(({ references }) => within(references, one)));
}

function within(references: readonly Reference[], one: Reference): boolean {
  return references.some(
    ({ kind, issuer, value }) => kind === one.kind && issuer === one.issuer && value === one.value,
  );
}
