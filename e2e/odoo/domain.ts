import { typeError, valueError } from "./faults";
import type { Field } from "./schema";
import { type Row, readInstant, type Store, type Value } from "./store";

type Leaf = [string, string, unknown];
type Test = (row: Row) => boolean;

function isLeaf(item: unknown): item is Leaf {
  return Array.isArray(item) && item.length === 3 && typeof item[0] === "string" && typeof item[1] === "string";
}

/** Values at the end of a dotted path; several where it crosses an x2many. */
function valuesAt(store: Store, model: string, row: Row, path: string[]): { field: Field; values: Value[] } {
  const [name = "", ...rest] = path;
  const field = store.fields(model)[name];
  if (!field) throw valueError(`Invalid field ${model}.${name} in condition`);
  if (field.related) return valuesAt(store, model, row, [...field.related.split("."), ...rest]);
  if (rest.length === 0) {
    if (field.type === "one2many") return { field, values: linked(store, field, row).map((other) => other.id) };
    const value = row[name] ?? null;
    return { field, values: Array.isArray(value) ? value : [value] };
  }
  if (!field.to) throw valueError(`Invalid field ${model}.${path.join(".")} in condition`);
  const others =
    field.type === "one2many"
      ? linked(store, field, row)
      : [row[name] ?? null]
          .flat()
          .flatMap((id) => (typeof id === "number" ? (store.get(field.to ?? "", id) ?? []) : []));
  if (others.length === 0) return { field: leafField(store, field.to, rest), values: [null] };
  const found = others.map((other) => valuesAt(store, field.to ?? "", other, rest));
  return { field: found[0]?.field ?? field, values: found.flatMap((one) => one.values) };
}

function leafField(store: Store, model: string, path: string[]): Field {
  const [name = "", ...rest] = path;
  const field = store.fields(model)[name];
  if (!field) throw valueError(`Invalid field ${model}.${name} in condition`);
  return rest.length > 0 && field.to ? leafField(store, field.to, rest) : field;
}

function linked(store: Store, field: Field, row: Row): Row[] {
  const by = field.by ?? "";
  return store.lookup(field.to ?? "", by, row.id) ?? store.all(field.to ?? "").filter((other) => other[by] === row.id);
}

/** The values of a one2many: ids of the records that point to this one. */
export function linkedIds(store: Store, field: Field, row: Row): number[] {
  return linked(store, field, row)
    .map((other) => other.id)
    .sort((one, other) => one - other);
}

function empty(value: Value, field: Field): boolean {
  return value === null || value === "" || (field.type === "boolean" && value === false);
}

function compareOrder(left: Value, operator: string, right: Value): boolean {
  if (left === null || right === null) return false;
  const difference =
    typeof left === "number" && typeof right === "number" ? left - right : String(left) < String(right) ? -1 : 1;
  const same = left === right;
  if (operator === ">") return !same && difference > 0;
  if (operator === ">=") return same || difference > 0;
  if (operator === "<") return !same && difference < 0;
  return same || difference < 0;
}

/** 19 compares instants by whole seconds, 14 by microseconds: there a record is newer than its own printed instant. */
function instantOperand(store: Store, value: Value): Value {
  return typeof value === "number" && store.version === "19" ? Math.floor(value / 1e6) * 1e6 : value;
}

function literal(field: Field, value: unknown): Value {
  if (value === false || value === null || value === undefined) return field.type === "boolean" ? false : null;
  if (field.type === "datetime") {
    const instant = typeof value === "string" ? readInstant(value) : null;
    if (instant === null) throw valueError(`Invalid datetime value: ${String(value)}`);
    return instant;
  }
  return value as Value;
}

function pattern(operator: string, text: string): (value: string) => boolean {
  const plain = operator.replace("not ", "").replace("=", "");
  const fold = (value: string) => (plain === "ilike" ? value.toLowerCase() : value);
  if (!operator.startsWith("=")) return (value) => fold(value).includes(fold(text));
  const escaped = fold(text)
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return (value) => new RegExp(`^${escaped}$`, "s").test(fold(value));
}

function leafTest(store: Store, model: string, [path, operator, wanted]: Leaf): Test {
  const steps = path.split(".");
  const fetch = (row: Row) => valuesAt(store, model, row, steps);
  const field = leafField(store, model, steps);
  const prepare = (value: Value) => (field.type === "datetime" ? instantOperand(store, value) : value);
  const named = (value: Value) => {
    // a text against a relation searches its names, as name_search does
    if (field.to && typeof value === "number") return String(store.get(field.to, value)?.name ?? "");
    return value === null ? "" : String(value);
  };
  switch (operator) {
    case "=":
    case "!=": {
      const right = literal(field, wanted);
      const test: Test = (row) =>
        fetch(row).values.some((value) =>
          right === null || right === false
            ? empty(value, field)
            : field.to && typeof right === "string"
              ? named(value) === right
              : prepare(value) === right,
        );
      return operator === "=" ? test : (row) => !test(row);
    }
    case "in":
    case "not in": {
      if (!Array.isArray(wanted)) throw valueError(`Invalid value for ${operator}: ${String(wanted)}`);
      const right = new Set(wanted.map((value) => literal(field, value)));
      const test: Test = (row) =>
        fetch(row).values.some((value) => right.has(prepare(value)) || (right.has(null) && empty(value, field)));
      return operator === "in" ? test : (row) => !test(row);
    }
    case ">":
    case ">=":
    case "<":
    case "<=": {
      const right = literal(field, wanted);
      return (row) => fetch(row).values.some((value) => compareOrder(prepare(value), operator, right));
    }
    case "like":
    case "ilike":
    case "=like":
    case "=ilike":
    case "not like":
    case "not ilike": {
      const matches = pattern(operator, String(wanted ?? ""));
      const test: Test = (row) => fetch(row).values.some((value) => value !== null && matches(named(value)));
      return operator.startsWith("not ") ? (row) => !test(row) : test;
    }
    default:
      throw valueError(`Invalid operator in (${path}, ${operator})`);
  }
}

/** Compiles an Odoo domain (prefix notation, `&` implied) into a test on rows. */
export function compileDomain(store: Store, model: string, domain: unknown): Test {
  if (!Array.isArray(domain)) throw typeError("domain must be a list");
  const tests: Test[] = [];
  for (const item of [...domain].reverse()) {
    if (item === "!") {
      const test = tests.pop();
      if (!test) throw valueError("Malformed domain");
      tests.push((row) => !test(row));
    } else if (item === "&" || item === "|") {
      const [left, right] = [tests.pop(), tests.pop()];
      if (!left || !right) throw valueError("Malformed domain");
      tests.push(item === "&" ? (row) => left(row) && right(row) : (row) => left(row) || right(row));
    } else if (isLeaf(item)) {
      tests.push(leafTest(store, model, item));
    } else throw valueError(`Invalid leaf ${JSON.stringify(item)}`);
  }
  return (row) => tests.every((test) => test(row));
}

/** The fewest rows a domain can concern, by an id or an indexed column in an `and` at its top; null when none helps. */
export function candidates(store: Store, model: string, domain: readonly unknown[]): Row[] | null {
  if (domain.some((item) => item === "|" || item === "!")) return null;
  let best: Row[] | null = null;
  for (const item of domain) {
    if (!isLeaf(item) || (item[1] !== "=" && item[1] !== "in")) continue;
    const wanted = (Array.isArray(item[2]) ? item[2] : [item[2]]) as Value[];
    if (wanted.some((value) => typeof value !== "number" && typeof value !== "string")) continue;
    const rows =
      item[0] === "id"
        ? [...new Set(wanted)].flatMap((id) => store.get(model, Number(id)) ?? [])
        : lookupAll(store, model, item[0], [...new Set(wanted)]);
    if (rows && (best === null || rows.length < best.length)) best = rows;
  }
  return best;
}

function lookupAll(store: Store, model: string, field: string, wanted: Value[]): Row[] | null {
  const found = new Set<Row>();
  for (const value of wanted) {
    const rows = store.lookup(model, field, value);
    if (rows === null) return null;
    for (const row of rows) found.add(row);
  }
  return [...found];
}
