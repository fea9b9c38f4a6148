import { type Field, fieldsOf, type Version } from "./schema";

export type Value = string | number | boolean | null | number[];
/** A record as stored: many2one is an id or null, many2many a list of ids, an instant microseconds since 1970. */
export type Row = { id: number } & Record<string, Value>;

/** Models whose ids a sandbox that is started again must not give out once more: others remember them. */
const TRANSACTIONS: ReadonlySet<string> = new Set([
  "sale.order",
  "sale.order.line",
  "stock.picking",
  "stock.move",
  "stock.move.line",
]);

type Table = { rows: Map<number, Row>; nextId: number; indexes: Map<string, Map<Value, Set<number>>> };

type Given = Readonly<Record<string, Value | undefined>>;

function defined(values: Given): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

function indexedBy(row: Row, field: string): Value[] {
  const value = row[field] ?? null;
  return Array.isArray(value) ? value : [value];
}

/** Tables in memory with transactions: a call that throws leaves nothing behind. One call runs at a time. */
export class Store {
  version: Version;
  private readonly tables = new Map<string, Table>();
  /** Rights taken from the integration user: "model action". */
  readonly forbidden = new Set<string>();
  private readonly custom = new Map<string, Record<string, Field>>();
  private undo: (() => void)[] | null = null;
  private lastMicros = 0;
  private readonly now: () => number;
  private readonly firstId: number;

  constructor(version: Version, now: () => number, firstId = 1) {
    this.version = version;
    this.now = now;
    this.firstId = firstId;
  }

  /** Microseconds, never twice the same. */
  tick(): number {
    this.lastMicros = Math.max(this.lastMicros + 1, Math.round(this.now() * 1_000));
    return this.lastMicros;
  }

  fields(model: string): Record<string, Field> {
    const own = this.custom.get(model);
    return { ...fieldsOf(model, this.version), ...own };
  }

  /** Adds a field of somebody's own to a model. */
  addField(model: string, name: string, field: Field): void {
    this.custom.set(model, { ...this.custom.get(model), [name]: field });
  }

  private table(model: string): Table {
    const known = this.tables.get(model);
    if (known) return known;
    const indexed = Object.entries(this.fields(model)).filter(([, field]) => field.index);
    const nextId = TRANSACTIONS.has(model) ? this.firstId : 1;
    const table: Table = { rows: new Map(), nextId, indexes: new Map(indexed.map(([name]) => [name, new Map()])) };
    this.tables.set(model, table);
    return table;
  }

  all(model: string): Row[] {
    return [...this.table(model).rows.values()];
  }

  count(model: string): number {
    return this.table(model).rows.size;
  }

  get(model: string, id: number): Row | undefined {
    return this.table(model).rows.get(id);
  }

  /** Rows whose indexed column has the value; null where the column has no index. */
  lookup(model: string, field: string, value: Value): Row[] | null {
    const table = this.table(model);
    const index = table.indexes.get(field);
    if (!index) return null;
    return [...(index.get(value) ?? [])].flatMap((id) => table.rows.get(id) ?? []);
  }

  insert(model: string, values: Given): Row {
    const table = this.table(model);
    const row: Row = { ...defined(values), id: table.nextId++ };
    this.replace(table, row.id, row);
    return row;
  }

  update(model: string, id: number, values: Given): Row {
    const table = this.table(model);
    const old = table.rows.get(id);
    if (!old) throw new Error(`${model} ${id} is not there`);
    const row: Row = { ...old, ...defined(values), id };
    this.replace(table, id, row);
    return row;
  }

  remove(model: string, id: number): void {
    this.replace(this.table(model), id, null);
  }

  private replace(table: Table, id: number, row: Row | null): void {
    const old = table.rows.get(id) ?? null;
    this.undo?.push(() => this.place(table, id, old));
    this.place(table, id, row);
  }

  private place(table: Table, id: number, row: Row | null): void {
    const old = table.rows.get(id);
    for (const [field, index] of table.indexes) {
      if (old) for (const value of indexedBy(old, field)) index.get(value)?.delete(id);
      if (row)
        for (const value of indexedBy(row, field)) {
          const ids = index.get(value) ?? new Set<number>();
          ids.add(id);
          index.set(value, ids);
        }
    }
    if (row) table.rows.set(id, row);
    else table.rows.delete(id);
  }

  /** Runs work as one transaction. */
  transaction<T>(work: () => T): T {
    if (this.undo) return work();
    this.undo = [];
    try {
      return work();
    } catch (error) {
      for (const step of this.undo.reverse()) step();
      throw error;
    } finally {
      this.undo = null;
    }
  }
}

/** Microseconds as Odoo prints an instant: UTC, whole seconds. */
export function printInstant(micros: number): string {
  return new Date(Math.floor(micros / 1_000)).toISOString().slice(0, 19).replace("T", " ");
}

/** Reads Odoo's instant text into microseconds; null when it is none. A date alone is its midnight. */
export function readInstant(text: string): number | null {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}))?(?:\.\d+)?$/.exec(text);
  if (!found) return null;
  const ms = Date.parse(`${found[1]}T${found[2] ?? "00:00:00"}Z`);
  return Number.isNaN(ms) ? null : ms * 1_000;
}
