import { toMinor } from "@/core/money";
import type { Problem } from "@/core/outcome";
import { shown } from "@/core/raw-text";
import type { Attribute, Json, Quantity } from "@/core/shipments/attributes";
import type { EventFact, EventTime } from "@/core/shipments/event";
import type { ShipmentFacts } from "@/core/shipments/facts";
import { EVENT_KINDS, type EventKind } from "@/core/shipments/milestones";
import { isStrong, type Reference, reference, splitNumbers } from "@/core/shipments/references";
import { resolveTime } from "@/core/shipments/zones";
import type { TranslateContext } from "../feed";
import { type DateOrder, readDate } from "./dates";
import type { Mapping, Target } from "./mapping";
import { readNumber } from "./numbers";
import type { FileRecord } from "./records";
import { Row, widthFault } from "./row";

const GRAMS = { g: 1, kg: 1000, lb: 453.59237, oz: 28.349523125 } as const;
/** Numbers in one field beyond this are a mistake of the export. */
const MOST_NUMBERS = 50;

/** Reads rows by a mapping. Keeps what the rows of one shipment add up to, and words that many rows share, until `finish`. */
export class RowReader {
  readonly problems: Problem[] = [];
  private readonly places: ReadonlyMap<string, number>;
  private readonly empty: ReadonlySet<string>;
  private readonly totals = new Map<string, Totals>();
  private readonly oddWords = new Map<string, { problem: Problem; count: number }>();
  private readonly seen = new Set<string>();
  private dropped = 0;
  private readonly byGives: ReadonlyMap<Target["gives"], readonly Target[]>;
  private readonly mapping: Mapping;
  private readonly context: TranslateContext;

  constructor(mapping: Mapping, header: readonly string[], context: TranslateContext) {
    this.mapping = mapping;
    this.context = context;
    this.places = new Map(header.map((name, index) => [name, index]));
    this.empty = new Set(["", ...mapping.empty]);
    this.byGives = Map.groupBy(mapping.columns, ({ gives }) => gives);
  }

  /** What the row of this number says; null where nothing can be said, and a problem tells why. */
  read(record: FileRecord, number: number, width: number): ShipmentFacts | null {
    const at = `row ${number}`;
    const fault = record.fault ?? widthFault(record.fields, width);
    if (fault !== null) {
      this.say({ kind: "bad_value", at, found: fault, expected: `a row of ${width} columns` });
      return null;
    }
    const row = new Row(record.fields, this.places, this.empty);
    const carrier = this.carrierOf(row);
    const references = this.referencesOf(row, carrier);
    const tracking = references.filter(({ kind }) => kind === "tracking_number");
    const subject = primaryOf(references);
    if (subject === null) {
      const names = this.columnsGiving("reference").map(({ column }) => column);
      this.say({ kind: "missing_reference", at, found: null, expected: `a value in ${names.join(" or ")}` });
      return null;
    }
    const single = tracking.length === 1 ? (tracking[0]?.value ?? null) : null;
    const { events, failed } = this.eventsOf(row, at, { package: single, subject });
    if (failed && events.length === 0) return null;
    const packages = tracking.map(({ value, issuer }) => ({ number: value, issuer, master: false }));
    const facts: ShipmentFacts = { at, references, packages, events: events.filter(this.isNews), claims: [] };
    facts.claims = this.claimsOf(row, at, carrier, tracking);
    this.addUp(row, at, subject, facts);
    return facts;
  }

  /** Puts what rows add up to on the first row of each shipment, and says once what many rows have in common. */
  finish(): void {
    for (const { facts, quantities, returned, sums } of this.totals.values()) {
      if (quantities.length > 0) facts.claims.push(this.claim("quantities", "", quantities));
      if (returned.length > 0) facts.claims.push(this.claim("returned_quantities", "", returned));
      for (const [attribute, sum] of sums) facts.claims.push(this.claim(attribute, "", sumValue(sum)));
    }
    for (const { problem, count } of this.oddWords.values()) {
      this.problems.push(count === 1 ? problem : { ...problem, expected: `${problem.expected}; ${count} rows say so` });
    }
    if (this.dropped > 0) {
      this.problems.push({ kind: "bad_value", at: "", found: `${this.dropped} more problems`, expected: "fewer" });
    }
  }

  /** Lines of one shipment repeat its dates: an event is said once a file. */
  private readonly isNews = ({ package: number, raw }: EventFact): boolean => {
    const key = [number, raw.eventId, raw.word, raw.code, raw.description, raw.time, raw.place].join("\u001f");
    return !this.seen.has(key) && this.seen.add(key) !== null;
  };

  private say(problem: Problem): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(problem);
    else this.dropped++;
  }

  /** A word that stands where a number should: said once, with the number of rows, since exports repeat such words by the thousand. */
  private sayOdd(column: string, at: string, found: string, expected: string): void {
    const key = `${column}\u001f${found.replace(/\d+/g, "#")}`;
    const known = this.oddWords.get(key);
    if (known) known.count++;
    else if (this.oddWords.size < MOST_PROBLEMS) {
      const problem: Problem = { kind: "bad_value", at: `${at}/${column}`, found: shown(found), expected };
      this.oddWords.set(key, { problem, count: 1 });
    } else this.dropped++;
  }

  private columnsGiving<G extends Target["gives"]>(gives: G): readonly Extract<Target, { gives: G }>[] {
    return (this.byGives.get(gives) ?? NONE) as readonly Extract<Target, { gives: G }>[];
  }

  private text(row: Row, gives: "status" | "code" | "description" | "place" | "reason" | "event_id"): string | null {
    const column = this.byGives.get(gives)?.[0];
    return column ? row.value(column.column) : null;
  }

  private carrierOf(row: Row): string | null {
    const column = this.columnsGiving("text").find(({ attribute }) => attribute === "carrier");
    const word = column ? row.value(column.column) : null;
    return word === null ? null : (this.context.lookup("carrier", word) ?? word.toLowerCase());
  }

  private referencesOf(row: Row, carrier: string | null): Reference[] {
    return this.columnsGiving("reference").flatMap(({ column, kind, issuer }) => {
      const value = row.value(column);
      if (value === null) return [];
      const numbers = kind === "tracking_number" ? splitNumbers(value).slice(0, MOST_NUMBERS) : [value];
      const by = issuer ?? (kind === "tracking_number" ? carrier : null);
      return numbers.flatMap((number) => reference(kind, by, number) ?? []);
    });
  }

  private eventsOf(
    row: Row,
    at: string,
    about: { package: string | null; subject: string },
  ): { events: EventFact[]; failed: boolean } {
    const events: EventFact[] = [];
    let failed = false;
    const place = this.text(row, "place");
    const take = (source: Omit<Parsed, "place" | "eventId">, eventId: string | null) => {
      events.push(eventOf({ ...source, place, eventId }, about));
    };
    for (const { column, kind, classifier, order, clock } of this.columnsGiving("event")) {
      const written = row.value(column);
      if (written === null) continue;
      const time = this.timeOf(written, order, clock ? row.value(clock) : null);
      if (time === null) {
        failed = true;
        this.say({ kind: "bad_value", at: `${at}/${column}`, found: shown(written), expected: `a date (${order})` });
        continue;
      }
      const raw = clock ? joined(written, row.value(clock)) : written;
      take({ kind, classifier, time, word: column, written: raw, code: null, description: column, reason: null }, null);
    }
    const status = this.statusEvent(row, at);
    if (status === "failed") failed = true;
    else if (status !== null) take(status, this.text(row, "event_id"));
    return { events, failed };
  }

  private statusEvent(row: Row, at: string): Omit<Parsed, "place" | "eventId"> | "failed" | null {
    const [status] = this.columnsGiving("status");
    const [stamp] = this.columnsGiving("time");
    if (!status || !stamp) return null;
    const word = row.value(status.column);
    const written = row.value(stamp.column);
    if (word === null && written === null) return null;
    if (word === null) {
      this.say({ kind: "bad_value", at: `${at}/${status.column}`, found: null, expected: "a status" });
      return "failed";
    }
    const clock = stamp.clock ? row.value(stamp.clock) : null;
    const time = written === null ? null : this.timeOf(written, stamp.order, clock);
    if (time === null) {
      const expected = `a date and time (${stamp.order})`;
      this.say({ kind: "bad_value", at: `${at}/${stamp.column}`, found: shown(written), expected });
      return "failed";
    }
    const kind = this.kindOf(word);
    if (kind === null) {
      const expected = "a word of the status crosswalk";
      this.say({ kind: "unmapped_code", at: `${at}/${status.column}`, found: shown(word), expected });
    }
    const reason = this.text(row, "reason");
    return {
      kind: kind ?? "unmapped_code",
      classifier: "actual",
      time,
      word,
      written: joined(written, clock),
      code: this.text(row, "code") ?? word,
      description: this.text(row, "description"),
      reason: reason === null ? null : { code: reason, party: null },
    };
  }

  private kindOf(word: string): EventKind | null {
    const mapped = this.context.lookup("status", word) ?? this.context.lookup("status", word.toLowerCase());
    return EVENT_KINDS.find((kind) => kind === mapped) ?? null;
  }

  private timeOf(written: string, order: DateOrder, clock: string | null): EventTime | null {
    const time = readDate(written, order, clock);
    return time === null ? null : resolveTime({ ...time, feedZone: this.context.zone });
  }

  private claimsOf(row: Row, at: string, carrier: string | null, tracking: Reference[]): ShipmentFacts["claims"] {
    const claims: ShipmentFacts["claims"] = [];
    const add = (attribute: Attribute, value: Json | null) => {
      if (value !== null) claims.push(this.claim(attribute, "", value));
    };
    add("carrier", carrier);
    for (const { column, attribute } of this.columnsGiving("text")) {
      if (attribute === "carrier") continue;
      const word = row.value(column);
      const kind = attribute === "service" || attribute === "warehouse" ? attribute : null;
      add(attribute, word === null ? null : ((kind && this.context.lookup(kind, word)) ?? word));
    }
    for (const { column, attribute, order, clock } of this.columnsGiving("date")) {
      const written = row.value(column);
      if (written === null) continue;
      const time = this.timeOf(written, order, clock ? row.value(clock) : null);
      if (time === null) this.sayOdd(column, at, written, `a date (${order})`);
      else add(attribute, promised(time));
    }
    for (const [of, attribute] of ADDRESSES) {
      const parts = this.columnsGiving("address").flatMap((target) => {
        const value = target.of === of ? row.value(target.column) : null;
        return value === null ? [] : [[target.part, value] as const];
      });
      if (parts.length > 0) add(attribute, Object.fromEntries(parts));
    }
    for (const number of tracking) claims.push(this.claim("tracking_number", number.value, number.said));
    for (const column of this.columnsGiving("weight")) {
      if (!column.adds) add("weight_grams", this.gramsOf(row, at, column));
    }
    for (const column of this.columnsGiving("money")) {
      if (column.adds) continue;
      const amountMinor = this.minorOf(row, at, column);
      if (amountMinor !== null) add(column.attribute, { amountMinor, currency: column.currency });
    }
    return claims;
  }

  /** Lines and shares of one shipment that stand on several rows. */
  private addUp(row: Row, at: string, subject: string, facts: ShipmentFacts): void {
    const quantity = this.quantityOf(row, at, "ordered", "done");
    const returned = this.quantityOf(row, at, null, "returned");
    const known = this.totals.get(subject);
    const totals: Totals = known ?? { facts, quantities: [], returned: [], sums: new Map() };
    if (quantity) totals.quantities.push(quantity);
    if (returned) totals.returned.push(returned);
    for (const column of this.columnsGiving("weight")) {
      const grams = column.adds ? this.gramsOf(row, at, column) : null;
      if (grams !== null) addTo(totals.sums, "weight_grams", grams, null);
    }
    for (const column of this.columnsGiving("money")) {
      const minor = column.adds ? this.minorOf(row, at, column) : null;
      if (minor !== null) addTo(totals.sums, column.attribute, minor, column.currency);
    }
    if (!known && totals.quantities.length + totals.returned.length + totals.sums.size > 0)
      this.totals.set(subject, totals);
  }

  private quantityOf(row: Row, at: string, orderedIn: "ordered" | null, doneIn: "done" | "returned"): Quantity | null {
    const word = (gives: "product" | "line" | "uom") => {
      const column = this.byGives.get(gives)?.[0];
      return column ? row.value(column.column) : null;
    };
    const amount = (gives: "ordered" | "done" | "returned" | null) => {
      const column = gives === null ? undefined : this.byGives.get(gives)?.[0];
      return column ? this.numberOf(row, at, column.column, "a quantity") : null;
    };
    const product = word("product");
    if (product === null) return null;
    const quantity = { ordered: amount(orderedIn), done: amount(doneIn) };
    if (quantity.ordered === null && quantity.done === null) return null;
    const code = this.context.lookup("product", product) ?? product;
    return {
      code,
      line: word("line"),
      ordered: quantity.ordered === null ? null : Number(quantity.ordered),
      done: quantity.done === null ? null : Number(quantity.done),
      uom: word("uom"),
    };
  }

  private gramsOf(row: Row, at: string, column: Extract<Target, { gives: "weight" }>): number | null {
    const said = this.numberOf(row, at, column.column, `a weight in ${column.unit}`);
    return said === null ? null : Math.round(Number(said) * GRAMS[column.unit]);
  }

  private minorOf(row: Row, at: string, column: Extract<Target, { gives: "money" }>): number | null {
    const said = this.numberOf(row, at, column.column, `an amount in ${column.currency}`);
    return said === null ? null : toMinor(said, column.currency);
  }

  private numberOf(row: Row, at: string, column: string, expected: string): string | null {
    const written = row.value(column);
    if (written === null) return null;
    const said = readNumber(written, this.mapping.decimal);
    if (said === null) this.sayOdd(column, at, written, expected);
    return said;
  }

  private claim(attribute: Attribute, subject: string, value: Json): ShipmentFacts["claims"][number] {
    // An export shows how things stood when it was made; the best we know of that is when it came.
    return { attribute, subject, value, occurredAtMs: this.context.receivedAtMs };
  }
}

const MOST_PROBLEMS = 2_000;
const NONE: readonly Target[] = [];
const ADDRESSES = [
  ["delivery", "address"],
  ["order", "order_address"],
  ["label", "label_address"],
] as const;

type Totals = { facts: ShipmentFacts; quantities: Quantity[]; returned: Quantity[]; sums: Map<Attribute, Sum> };
type Sum = { amount: number; currency: string | null };

function addTo(sums: Map<Attribute, Sum>, attribute: Attribute, amount: number, currency: string | null): void {
  sums.set(attribute, { amount: (sums.get(attribute)?.amount ?? 0) + amount, currency });
}

function sumValue({ amount, currency }: Sum): Json {
  return currency === null ? amount : { amountMinor: amount, currency };
}

/** The reference that names the row's shipment best: where events have no package of their own, it keeps their keys apart. */
function primaryOf(references: readonly Reference[]): string | null {
  const best =
    references.find(({ kind }) => isStrong(kind) && kind !== "tracking_number") ??
    references.find(({ kind }) => kind === "tracking_number") ??
    references[0];
  return best?.said ?? null;
}

type Parsed = {
  kind: EventKind;
  classifier: EventFact["classifier"];
  time: EventTime;
  word: string;
  written: string;
  code: string | null;
  description: string | null;
  reason: EventFact["reason"];
  place: string | null;
  eventId: string | null;
};

function eventOf(parsed: Parsed, about: { package: string | null; subject: string }): EventFact {
  const { kind, classifier, time, word, written, code, description, reason, place } = parsed;
  const words = [about.subject, word, code, description, written, place].map((part) => part ?? "").join("|");
  return {
    kind,
    classifier,
    time,
    package: about.package,
    inferred: false,
    overall: false,
    retracts: null,
    reason,
    location: place,
    raw: {
      // A row about no single package is told apart by the shipment that it names, else two of one day would be one event.
      eventId: parsed.eventId ?? (about.package === null ? words : null),
      word,
      code,
      description,
      time: written,
      place,
    },
  };
}

function joined(written: string | null, clock: string | null): string {
  return [written, clock].filter((part) => part !== null).join(" ");
}

/** A promised day lasts until its end; a promised moment is that moment. */
function promised(time: EventTime): string {
  const endOfDay = time.precision === "date" ? 86_400_000 - 1000 : 0;
  return new Date(time.occurredAtMs + endOfDay).toISOString();
}
