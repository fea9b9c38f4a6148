/** One method call on an Odoo model: `ids` is the recordset (absent for model methods), `args` are named. */
export type OdooCall = {
  model: string;
  method: string;
  ids?: readonly number[];
  args?: Readonly<Record<string, unknown>>;
  context?: Readonly<Record<string, unknown>>;
};

/** A row as Odoo's read and search_read give it; empty values are `false`. */
export type OdooRow = { id: number } & Record<string, unknown>;

export type OdooDomain = readonly (string | readonly [string, string, unknown])[];

/** Names a call for logs and screens without its values: model, method, how many records, which fields. */
export function describeCall(call: OdooCall): string {
  const on = call.ids ? `(${call.ids.length > 3 ? `${call.ids.length} records` : call.ids.join(", ")})` : "()";
  const vals = call.args?.vals;
  const named = typeof vals === "object" && vals !== null ? Object.keys(vals) : Object.keys(call.args ?? {});
  return `${call.model}.${call.method}${on}${named.length > 0 ? ` ${named.join(", ")}` : ""}`;
}

/** Reads rows out of an answer; anything else is an empty list. */
export function rowsOf(answer: unknown): OdooRow[] {
  return Array.isArray(answer)
    ? answer.filter((row): row is OdooRow => typeof row === "object" && row !== null && typeof row.id === "number")
    : [];
}

/** Reads a text field; Odoo's `false` and the empty text are null. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Reads a number; anything else is null. */
export function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Reads the id of a many2one (`[id, name]`, or a bare id); null when empty. */
export function idOf(value: unknown): number | null {
  const id = Array.isArray(value) ? value[0] : value;
  return typeof id === "number" && id > 0 ? id : null;
}

/** Reads a many2one as `{ id, name }`; null when empty. */
export function linkOf(value: unknown): { id: number; name: string } | null {
  const id = idOf(value);
  if (id === null) return null;
  return { id, name: Array.isArray(value) && typeof value[1] === "string" ? value[1] : "" };
}

/** Reads the ids of an x2many. */
export function idsOf(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((id): id is number => typeof id === "number") : [];
}

/** Reads Odoo's UTC wall text `YYYY-MM-DD HH:MM:SS` as ISO 8601 with Z; null when empty or of another form. */
export function instantOf(value: unknown): string | null {
  const found = typeof value === "string" ? /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})/.exec(value) : null;
  return found ? `${found[1]}T${found[2]}Z` : null;
}

/** Writes an ISO instant as Odoo takes it in domains and values: UTC, whole seconds, no T and no Z. */
export function odooTime(isoInstant: string): string {
  return new Date(isoInstant).toISOString().slice(0, 19).replace("T", " ");
}
