import { createHash } from "node:crypto";
import { candidates, compileDomain, linkedIds } from "./domain";
import type { Effects } from "./effects";
import { accessError, keyError, missingError, OdooError, typeError, validationError, valueError } from "./faults";
import { type Field, MODELS } from "./schema";
import { printInstant, type Row, readInstant, type Store, type Value } from "./store";

/** Who calls, with what context: Odoo's `env`. */
export type Env = {
  store: Store;
  effects: Effects;
  uid: number;
  admin: boolean;
  context: Record<string, unknown>;
  correlationId: string | null;
};

export type Values = Record<string, unknown>;

const LIMIT = 100_000;

/** Companies whose records the caller sees: those of the context, else all of the user's. Foreign ones are an access error. */
export function companiesOf(env: Env): Set<number> {
  const mine = env.store.get("res.users", env.uid)?.company_ids;
  const own = new Set(Array.isArray(mine) ? mine : []);
  const asked = env.context.allowed_company_ids;
  if (!Array.isArray(asked)) return own;
  if (asked.some((id) => !own.has(Number(id)))) throw accessError("Access to unauthorized or invalid companies.");
  return new Set(asked.map(Number));
}

function sees(env: Env, companies: Set<number>, row: Row): boolean {
  const company = row.company_id;
  return env.admin || typeof company !== "number" || companies.has(company);
}

/** Checks the caller's right on a model. */
export function allow(env: Env, model: string, action: "read" | "write" | "create" | "unlink"): void {
  const modules14 = env.store.version === "14" && model === "ir.module.module";
  const taken = env.store.forbidden.has(`${model} ${action}`);
  if (!env.admin && (taken || modules14 || MODELS[model]?.adminOnly?.includes(action)))
    throw accessError(`You are not allowed to ${action} '${model}' records.`);
}

/** Name of a record as a many2one shows it. */
export function displayName(env: Env, model: string, id: number): string {
  const row = env.store.get(model, id);
  if (!row) return "";
  if (model === "product.product" && row.default_code) return `[${row.default_code}] ${row.name}`;
  if (model === "stock.picking.type")
    return `${displayName(env, "stock.warehouse", Number(row.warehouse_id))}: ${row.name}`;
  if (model === "mail.activity") return String(row.summary ?? "");
  return String(row.name ?? `${model},${id}`);
}

function output(env: Env, field: Field, row: Row, name: string, model: string): unknown {
  if (name === "display_name") return displayName(env, model, row.id);
  if (field.related) {
    const [first = "", rest = ""] = field.related.split(".");
    const other = env.store.get(env.store.fields(model)[first]?.to ?? "", Number(row[first]));
    return other?.[rest] ?? false;
  }
  if (field.type === "one2many") return linkedIds(env.store, field, row);
  const value = row[name] ?? null;
  if (field.type === "many2many") return Array.isArray(value) ? value : [];
  if (field.type === "float" || field.type === "integer") return value ?? 0;
  if (value === null || value === "") return false;
  if (field.type === "datetime") return printInstant(Number(value));
  if (field.type === "many2one") return [value, displayName(env, field.to ?? "", Number(value))];
  return value;
}

/** Prints rows as read and search_read answer them. */
export function printRows(env: Env, model: string, rows: Row[], fields: readonly string[] | undefined): unknown[] {
  const known = env.store.fields(model);
  const names = fields && fields.length > 0 ? fields : Object.keys(known);
  for (const name of names) if (!known[name]) throw valueError(`Invalid field '${name}' on model '${model}'`);
  return rows.map((row) => ({
    id: row.id,
    ...Object.fromEntries(names.map((name) => [name, output(env, known[name] as Field, row, name, model)])),
  }));
}

function ordering(env: Env, model: string, order: string | undefined): (one: Row, other: Row) => number {
  const keys = (order || "id").split(",").map((part) => {
    const [name = "id", direction = "asc"] = part.trim().split(/\s+/);
    if (!env.store.fields(model)[name]) throw valueError(`Invalid field ${name} in order`);
    return { name, sign: direction.toLowerCase() === "desc" ? -1 : 1 };
  });
  return (one, other) => {
    for (const { name, sign } of keys) {
      const [left, right] = [one[name] ?? null, other[name] ?? null];
      if (left === right) continue;
      if (left === null || right === null) return left === null ? sign : -sign;
      return (left < right ? -1 : 1) * sign;
    }
    return 0;
  };
}

export type SearchArgs = { domain?: unknown; limit?: unknown; offset?: unknown; order?: unknown };

/** Searches as the caller sees the records. */
export function search(env: Env, model: string, args: SearchArgs): Row[] {
  allow(env, model, "read");
  const domain = (args.domain ?? []) as unknown[];
  const test = compileDomain(env.store, model, domain);
  const companies = companiesOf(env);
  const known = env.store.fields(model);
  const mentionsActive = domain.some((item) => Array.isArray(item) && item[0] === "active");
  const hides = known.active !== undefined && env.context.active_test !== false && !mentionsActive;
  const rows = (candidates(env.store, model, domain) ?? env.store.all(model)).filter(
    (row) => sees(env, companies, row) && !(hides && row.active === false) && test(row),
  );
  rows.sort(ordering(env, model, typeof args.order === "string" ? args.order : undefined));
  const offset = Number(args.offset ?? 0);
  return rows.slice(offset, offset + Number(args.limit || LIMIT));
}

/** The rows of a recordset; missing ones are an error where `missing` says so, else left out. */
export function browse(env: Env, model: string, ids: readonly number[], missing: "error" | "skip"): Row[] {
  const companies = companiesOf(env);
  return ids.flatMap((id) => {
    const row = env.store.get(model, id);
    if (!row) {
      if (missing === "error") throw missingError();
      return [];
    }
    if (!sees(env, companies, row)) throw accessError(`Access to ${model} ${id} is denied by its company.`);
    return [row];
  });
}

function input(field: Field, name: string, value: unknown): Value {
  if (value === null || value === undefined || value === false)
    return field.type === "boolean" ? false : field.type === "float" || field.type === "integer" ? 0 : null;
  switch (field.type) {
    case "datetime": {
      const instant = typeof value === "string" ? readInstant(value) : null;
      if (instant === null)
        throw valueError(`time data ${JSON.stringify(value)} does not match format '%Y-%m-%d %H:%M:%S'`);
      return instant;
    }
    case "date":
      if (!/^\d{4}-\d{2}-\d{2}$/.test(String(value))) throw valueError(`Invalid date ${String(value)}`);
      return String(value);
    case "selection":
      if (!field.values?.includes(String(value))) throw valueError(`Wrong value for ${name}: ${JSON.stringify(value)}`);
      return String(value);
    case "many2one":
    case "integer":
    case "float":
      if (typeof value !== "number") throw typeError(`Wrong type for ${name}`);
      return value;
    case "boolean":
      return Boolean(value);
    default:
      return String(value);
  }
}

type Command = [number, number, unknown];

function applyCommands(env: Env, model: string, row: Row, name: string, field: Field, commands: unknown): void {
  if (!Array.isArray(commands)) throw typeError(`Wrong type for ${name}`);
  const to = field.to ?? "";
  for (const command of commands as (Command | number)[]) {
    const [code, id, more] = Array.isArray(command) ? command : [4, command, 0];
    const current = row[name];
    const ids = Array.isArray(current) ? current : [];
    if (code === 0) {
      const created = create(env, to, { ...(more as Values), ...(field.by && { [field.by]: row.id }) });
      if (!field.by) env.store.update(model, row.id, { [name]: [...ids, created.id] });
    } else if (code === 1) write(env, to, [id], more as Values);
    else if (code === 2) unlink(env, to, [id]);
    else if (code === 4 && !field.by) env.store.update(model, row.id, { [name]: [...new Set([...ids, id])] });
    else if (code === 5 && field.by)
      unlink(
        env,
        to,
        (env.store.lookup(to, field.by, row.id) ?? []).map((line) => line.id),
      );
    else if (code === 5 && !field.by) env.store.update(model, row.id, { [name]: [] });
    else if (code === 6 && !field.by) env.store.update(model, row.id, { [name]: more as number[] });
    else throw valueError(`Command ${code} is not supported on ${name}`);
  }
}

function split(env: Env, model: string, values: Values) {
  const known = env.store.fields(model);
  const plain: Record<string, Value> = {};
  const lists: [string, Field, unknown][] = [];
  for (const [name, value] of Object.entries(values)) {
    const field = known[name];
    if (!field) {
      if (env.store.version === "14") throw valueError(`Invalid field '${name}' on model '${model}'`);
      throw keyError(name);
    }
    if (field.type === "one2many" || field.type === "many2many") lists.push([name, field, value]);
    else {
      const stored = input(field, name, value);
      if (field.to && typeof stored === "number" && !env.store.get(field.to, stored)) throw missingError();
      plain[name] = stored;
    }
  }
  return { plain, lists };
}

type Hook = {
  defaults?: (env: Env, values: Values) => Values;
  created?: (env: Env, row: Row) => void;
  written?: (env: Env, before: Row, after: Row, values: Values) => void;
  beforeWrite?: (env: Env, row: Row, values: Values) => void;
  beforeUnlink?: (env: Env, row: Row) => void;
};

/** What models do of their own around create and write; filled by the files of the models. */
export const HOOKS: Record<string, Hook> = {};

/** Creates one record, with its defaults, lists and hooks. */
export function create(env: Env, model: string, values: Values): Row {
  const { plain, lists } = split(env, model, { ...HOOKS[model]?.defaults?.(env, values), ...values });
  const now = env.store.tick();
  const log = { create_date: now, write_date: now, create_uid: env.uid, write_uid: env.uid };
  const active = MODELS[model]?.archives || env.store.fields(model).active ? { active: true } : {};
  const row = env.store.insert(model, { ...active, ...log, ...plain });
  for (const [name, field, commands] of lists) applyCommands(env, model, row, name, field, commands);
  const made = env.store.get(model, row.id) ?? row;
  HOOKS[model]?.created?.(env, made);
  return env.store.get(model, row.id) ?? made;
}

/** Writes the same values on some records; a write of nothing new moves write_date all the same. */
export function write(env: Env, model: string, ids: readonly number[], values: Values): void {
  const { plain, lists } = split(env, model, values);
  const rows = browse(env, model, ids, "error");
  for (const before of rows) {
    HOOKS[model]?.beforeWrite?.(env, before, values);
    const after = env.store.update(model, before.id, { ...plain, write_date: env.store.tick(), write_uid: env.uid });
    for (const [name, field, commands] of lists) applyCommands(env, model, after, name, field, commands);
    HOOKS[model]?.written?.(env, before, env.store.get(model, before.id) ?? after, values);
  }
}

/** Deletes records with their external ids. */
export function unlink(env: Env, model: string, ids: readonly number[]): void {
  for (const row of browse(env, model, ids, "error")) {
    HOOKS[model]?.beforeUnlink?.(env, row);
    env.store.remove(model, row.id);
    for (const entry of env.store.all("ir.model.data"))
      if (entry.model === model && entry.res_id === row.id) env.store.remove("ir.model.data", entry.id);
  }
}

/** Finds the record behind an external id; null when there is none. */
export function byExternalId(env: Env, xmlId: string): { model: string; id: number } | null {
  const entry = env.store.lookup("ir.model.data", "complete_name", xmlId)?.[0];
  return entry ? { model: String(entry.model), id: Number(entry.res_id) } : null;
}

export function nameExternally(env: Env, xmlId: string, model: string, id: number): void {
  const [module = "", name = ""] = xmlId.split(/\.(.*)/s);
  env.store.insert("ir.model.data", { module, name, model, res_id: id, complete_name: xmlId });
}

function loadValue(env: Env, model: string, column: string, text: string): [string, unknown] {
  const [name = "", how] = column.split("/");
  const field = env.store.fields(model)[name];
  if (!field) throw validationError(`Field ${name} does not exist in ${model}`);
  if (text === "") return [name, false];
  if (how === "id") {
    const found = byExternalId(env, text);
    if (!found) throw validationError(`No matching record found for external id '${text}' in field '${name}'`);
    return [name, found.id];
  }
  if (how === ".id" && field.type === "many2many") return [name, [[6, 0, text.split(",").map(Number)]]];
  if (how === ".id" || field.type === "integer" || field.type === "float") {
    const number = Number(text);
    if (Number.isNaN(number)) throw validationError(`'${text}' does not seem to be a number for field '${name}'`);
    return [name, number];
  }
  return [name, text];
}

type Loaded = {
  xmlId: string | null;
  dbId: number | null;
  values: Values;
  lines: Map<string, { xmlId: string | null; values: Values }[]>;
};

/** Rows of an import as records: a row whose own columns are all empty continues the lines of the one before. */
function recordsOf(env: Env, model: string, fields: readonly string[], data: readonly (readonly string[])[]): Loaded[] {
  const records: Loaded[] = [];
  const toMany = (column: string) => env.store.fields(model)[column.split("/")[0] ?? ""]?.type === "one2many";
  for (const cells of data) {
    const own = fields.map((column, at) => ({ column, cell: cells[at] ?? "" })).filter(({ column }) => !toMany(column));
    const last = records.at(-1);
    const record: Loaded =
      last && own.every(({ cell }) => cell === "") ? last : { xmlId: null, dbId: null, values: {}, lines: new Map() };
    if (record !== last) {
      records.push(record);
      for (const { column, cell } of own) {
        if (column === "id") record.xmlId = cell;
        else if (column === ".id") record.dbId = Number(cell);
        else {
          const [name, value] = loadValue(env, model, column, cell);
          record.values[name] = value;
        }
      }
    }
    const byField = new Map<string, { xmlId: string | null; values: Values }>();
    for (const [at, column] of fields.entries()) {
      if (!toMany(column)) continue;
      const [field = "", ...rest] = column.split("/");
      const line = byField.get(field) ?? { xmlId: null, values: {} };
      byField.set(field, line);
      const to = env.store.fields(model)[field]?.to ?? "";
      if (rest.join("/") === "id") line.xmlId = cells[at] ?? null;
      else {
        const [name, value] = loadValue(env, to, rest.join("/"), cells[at] ?? "");
        if (value !== false) line.values[name] = value;
      }
    }
    for (const [field, line] of byField) record.lines.set(field, [...(record.lines.get(field) ?? []), line]);
  }
  return records;
}

/** Lines of a loaded record. Up to 18 Odoo makes a line anew at each load, whatever external id it has; since 19 it is found again. */
function loadLines(env: Env, model: string, row: Row, lines: Loaded["lines"]): void {
  for (const [name, list] of lines) {
    const field = env.store.fields(model)[name];
    if (!field?.to || !field.by) continue;
    for (const { xmlId, values } of list) {
      const known = xmlId === null || env.store.version === "14" ? null : byExternalId(env, xmlId);
      if (known) write(env, field.to, [known.id], values);
      else {
        const made = create(env, field.to, { ...values, [field.by]: row.id });
        if (xmlId !== null && env.store.version !== "14") nameExternally(env, xmlId, field.to, made.id);
      }
    }
  }
}

/** Odoo's import: all rows or none, never an exception; an external id makes a repeat an update. */
export function load(env: Env, model: string, fields: readonly string[], data: readonly (readonly string[])[]) {
  try {
    const ids = env.store.transaction(() =>
      recordsOf(env, model, fields, data).map(({ xmlId, dbId, values, lines }) => {
        if (dbId !== null) {
          allow(env, model, "write");
          const row = env.store.get(model, dbId);
          if (!row || !sees(env, companiesOf(env), row)) throw validationError(`Unknown database identifier '${dbId}'`);
          write(env, model, [dbId], values);
          return dbId;
        }
        const known = xmlId === null ? null : byExternalId(env, xmlId);
        if (known) {
          allow(env, model, "write");
          if (model === "mail.message" && env.store.version === "19" && !env.admin)
            throw accessError("Only administrators can modify 'model' and 'res_id' fields.");
          write(env, model, [known.id], values);
          const row = env.store.get(model, known.id);
          if (row) loadLines(env, model, row, lines);
          return known.id;
        }
        allow(env, model, "create");
        const row = create(env, model, values);
        if (xmlId !== null) nameExternally(env, xmlId, model, row.id);
        loadLines(env, model, row, lines);
        return row.id;
      }),
    );
    return { ids, messages: [], nextrow: 0 };
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    // what a model refuses, and not the import itself, 14 says behind these words
    const refused = env.store.version === "14" && /^odoo\.exceptions\.(User|Validation)Error$/.test(error.name);
    const prefix =
      refused && !error.message.startsWith("No matching")
        ? `Unknown error during import: <class '${error.name}'>: `
        : "";
    return { ids: false, messages: [{ type: "error", message: `${prefix}${error.message}`, record: 0 }] };
  }
}

export function sha1(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}
