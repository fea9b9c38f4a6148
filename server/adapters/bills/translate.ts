import { readDecimal } from "@/core/freight/decimal";
import { documentKind } from "@/core/freight/document-kind";
import type { Problem } from "@/core/outcome";
import { shown, wordOf } from "@/core/raw-text";
import type { InvoiceFacts, InvoiceLine } from "@/core/shipments/facts";
import { REFERENCE_KINDS, type Reference, type ReferenceKind, reference } from "@/core/shipments/references";
import { isReal, readIsoTime } from "@/core/wall-clock";
import type { TranslateContext } from "../feed";
import type { Item } from "./parse";

/** What carriers' systems call the fields of a bill; the first name that is there counts. */
const NAMES = {
  number: ["number", "invoiceNumber", "invoice_number", "billNumber", "bill_number"],
  kind: ["kind", "type", "documentType"],
  carrier: ["carrier", "vendor", "carrierCode", "scac", "invoiceIssuer"],
  date: ["date", "invoiceDate", "invoice_date", "billDate"],
  due: ["due", "dueDate", "due_date"],
  currency: ["currency", "currencyCode"],
  total: ["total", "totalAmount", "total_amount", "amount"],
  charges: ["charges", "lines"],
  references: ["references"],
} as const satisfies Record<string, readonly string[]>;
const CHARGE_NAMES = {
  line: ["line", "lineNumber"],
  charge: ["charge", "code", "chargeCode"],
  description: ["description"],
  amount: ["amount", "total"],
  references: ["references"],
} as const satisfies Record<string, readonly string[]>;

type Said = { invoice: InvoiceFacts | null; problems: Problem[] };

/** Reads one bill. What is wrong with it sets it aside as a whole, with a sentence for each fault; the bills beside it are not touched. */
export function readBill(item: Item, context: TranslateContext): Said {
  const reader = new BillReader(item, context);
  const invoice = reader.read();
  return { invoice: reader.problems.length === 0 ? invoice : null, problems: reader.problems };
}

class BillReader {
  readonly problems: Problem[] = [];
  private readonly item: Item;
  private readonly context: TranslateContext;

  constructor(item: Item, context: TranslateContext) {
    this.item = item;
    this.context = context;
  }

  read(): InvoiceFacts | null {
    const { at, value } = this.item;
    if (!isObject(value)) {
      this.say("", value, "a bill as an object");
      return null;
    }
    const field = fieldsOf(value, NAMES);
    const number = wordOf(field("number").value);
    if (number === null) this.say("number", field("number").value, "the number of the bill", "missing_reference");
    const total = this.amount(field("total"));
    const carrier = wordOf(field("carrier").value);
    const vendor = carrier === null ? null : (this.context.lookup("carrier", carrier) ?? carrier.toLowerCase());
    const charges = field("charges");
    const lines = charges.value === undefined ? lumpSum(total) : this.charges(charges, vendor);
    return {
      at: at === "" ? "/" : at,
      document: "json",
      vendor,
      number: number ?? "",
      kind: this.kind(field("kind"), total),
      date: this.day(field("date")),
      due: this.day(field("due")),
      currency: this.currency(field("currency")),
      total,
      references: this.references(field("references"), vendor),
      lines,
    };
  }

  private kind({ name, value }: Field, total: string | null): InvoiceFacts["kind"] {
    const kind = documentKind(wordOf(value), total);
    if (kind === null) this.say(name, value, "invoice or credit");
    return kind ?? "invoice";
  }

  private charges({ name, value }: Field, vendor: string | null): InvoiceLine[] {
    if (!Array.isArray(value)) {
      this.say(name, value, "a list of charges");
      return [];
    }
    return value.flatMap((one: unknown, index): InvoiceLine[] => {
      const place = `${name}/${index}`;
      if (!isObject(one)) {
        this.say(place, one, "a charge as an object");
        return [];
      }
      const field = fieldsOf(one, CHARGE_NAMES, place);
      const amount = this.amount(field("amount"));
      const code = wordOf(field("charge").value);
      const description = wordOf(field("description").value);
      if (code === null && description === null)
        this.say(`${place}/charge`, field("charge").value, "a word that says what the charge is");
      return [
        {
          line: wordOf(field("line").value) ?? String(index + 1),
          code: code ?? description,
          description,
          amount: amount ?? "0",
          implied: null,
          references: this.references(field("references"), vendor),
        },
      ];
    });
  }

  /** A list of { kind, value, issuer }, or an object of kind to number. */
  private references({ name, value }: Field, vendor: string | null): Reference[] {
    if (value === undefined || value === null) return [];
    const list = Array.isArray(value) ? value : isObject(value) ? Object.entries(value).map(pairOf) : null;
    if (list === null) {
      this.say(name, value, "a list of references, each with kind and value");
      return [];
    }
    return list.flatMap((one: unknown, index): Reference[] => {
      const place = `${name}/${index}`;
      const said = isObject(one) ? one : {};
      const kind = REFERENCE_KINDS.find((known) => known === said.kind);
      const number = wordOf(said.value);
      if (kind === undefined) this.say(`${place}/kind`, said.kind, `one of ${REFERENCE_KINDS.join(", ")}`);
      if (number === null) this.say(`${place}/value`, said.value, "a number");
      if (kind === undefined || number === null) return [];
      const made = reference(kind, wordOf(said.issuer) ?? issuerOf(kind, vendor), number);
      return made === null ? [] : [made];
    });
  }

  /** A text or a number, with a point as decimal sign. */
  private amount({ name, value }: Field): string | null {
    const text = typeof value === "number" ? String(value) : typeof value === "string" ? value : null;
    const amount = text === null ? null : readDecimal(text);
    if (amount === null) this.say(name, value, 'an amount such as "1234.50"');
    return amount;
  }

  private currency({ name, value }: Field): string | null {
    if (value === undefined || value === null) return null;
    const code = wordOf(value)?.toUpperCase() ?? "";
    if (/^[A-Z]{3}$/.test(code)) return code;
    this.say(name, value, "a currency of three letters");
    return null;
  }

  private day({ name, value }: Field): string | null {
    if (value === undefined || value === null || value === "") return null;
    const day = typeof value === "string" ? dayIn(value) : null;
    if (day === null) this.say(name, value, "a date such as 2026-11-20");
    return day;
  }

  private say(place: string, found: unknown, expected: string, kind: Problem["kind"] = "bad_value"): void {
    const at = place === "" ? this.item.at : `${this.item.at}/${place}`;
    this.problems.push({ kind, at, found: shown(found), expected });
  }
}

type Field = { name: string; value: unknown };

function fieldsOf<N extends string>(
  object: Record<string, unknown>,
  names: Readonly<Record<N, readonly string[]>>,
  place: string | null = null,
): (name: N) => Field {
  return (name) => {
    const own = names[name].find((one) => Object.hasOwn(object, one)) ?? name;
    const value = Object.hasOwn(object, own) ? object[own] : undefined;
    return { name: place === null ? own : `${place}/${own}`, value };
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pairOf([kind, value]: [string, unknown]): Record<string, unknown> {
  return { kind, value };
}

function issuerOf(kind: ReferenceKind, vendor: string | null): string | null {
  return kind === "tracking_number" || kind === "pro_number" ? vendor : null;
}

/** A bill without a breakdown is its freight in one sum. */
function lumpSum(total: string | null): InvoiceLine[] {
  return total === null
    ? []
    : [{ line: "1", code: null, description: null, amount: total, implied: "base", references: [] }];
}

/** 2026-11-20, with or without a time, or day first with points: 20.11.2026. */
function dayIn(text: string): string | null {
  const points = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text.trim());
  const clock = points
    ? { year: Number(points[3]), month: Number(points[2]), day: Number(points[1]) }
    : readIsoTime(text.trim());
  if (clock === null || !isReal(clock)) return null;
  const pair = (value: number) => String(value).padStart(2, "0");
  return `${clock.year}-${pair(clock.month)}-${pair(clock.day)}`;
}
