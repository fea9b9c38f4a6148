import { evidenceHash } from "@/core/exceptions/diff";
import type { Finding } from "@/core/exceptions/finding";
import type { FeedClass } from "@/core/feeds/feed";
import { instantOfUuidV7 } from "@/core/ids";
import type { Json } from "@/core/shipments/attributes";
import { eventIdentity } from "@/core/shipments/event";
import { canonicalJson } from "@/core/shipments/identity";
import type { Tx } from "@/db/client";
import { loadClaims, loadEvents } from "@/db/queries/pipeline/load";
import { claimHash, hashId } from "@/server/pipeline/interpret";
import type { Stencil } from "./stencil";

/**
 * Writes the SQL that multiplies the rows of the stencils: each copy has its own ids, numbers and time. A value of a row becomes an expression
 * in which the numbers, instants, ids and hashes found in it are those of the copy; what the generator cannot explain it refuses.
 */
export type Plan = { table: string; setUp: string[]; insert: string };

/** The copies and the functions that give a copy its own values. `n` is below 100 million, so that numbers keep their nine digits. */
export const FUNCTIONS = `
create function bench_uuid(ms bigint, ord int, n bigint) returns uuid language sql immutable strict parallel safe return
  (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(ord), 3, '0') || '8000' || lpad(to_hex(n), 12, '0'))::uuid;
create function bench_iso(at timestamptz) returns text language sql stable strict parallel safe return to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
create function bench_hash_id(said text) returns uuid language plpgsql immutable strict parallel safe as $$
declare d bytea := substring(sha256(convert_to(said, 'UTF8')) for 16);
begin
  return encode(set_byte(set_byte(d, 6, (get_byte(d, 6) & 15) | 128), 8, (get_byte(d, 8) & 63) | 128), 'hex')::uuid;
end $$;
create function bench_imul(a bigint, b bigint) returns bigint language sql immutable strict parallel safe return
  ((a & 65535) * b + ((((a >> 16) * b) & 65535) << 16)) & 4294967295;
create function bench_hash53(said text) returns text language plpgsql immutable strict parallel safe as $$
declare high bigint := 3735928559; low bigint := 1103547991; bytes bytea := convert_to(said, 'UTF8'); code int;
begin
  for i in 0 .. length(bytes) - 1 loop
    code := get_byte(bytes, i);
    high := bench_imul(high # code, 2654435761);
    low := bench_imul(low # code, 1597334677);
  end loop;
  high := bench_imul(high # (high >> 16), 2246822507) # bench_imul(low # (low >> 13), 3266489909);
  low := bench_imul(low # (low >> 16), 2246822507) # bench_imul(high # (high >> 13), 3266489909);
  return to_hex(4294967296 * (low & 2097151) + high);
end $$;`;

/** Undoes FUNCTIONS and drops what the generator made beside the product's tables. */
export const CLEAN = `
drop table if exists bench_copy, bench_latency;
drop function if exists bench_uuid(bigint, int, bigint), bench_iso(timestamptz), bench_hash_id(text), bench_hash53(text), bench_imul(bigint, bigint);`;

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
const MARK = "\u0001";
const MARKED = new RegExp(`${MARK}(.)`, "g");
const TOKEN =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z|\d{4}-\d\d-\d\d \d\d:\d\d \+00:00|\b1[5-9]\d{11}\b|9[0-2]\d{7}|\b[0-9a-f]{16}\b/g;

type Known = {
  shipments: Map<string, number>;
  /** Ids that each copy has its own of: ordinal within its template. */
  ids: Map<string, number>;
  /** Event key -> what it is the hash of. */
  keys: Map<string, string>;
  /** Hash of a claim's value -> the value. */
  hashes: Map<string, string>;
};

const NUMBERS = ["c.p", "c.o", "c.l"] as const;

function tokenExpression(known: Known, token: string): string | null {
  if (/^9[0-2]\d{7}$/.test(token)) return `${NUMBERS[Number(token[1])]}::text`;
  if (/^\d{13}$/.test(token)) return `(${token} + c.shift_ms)::text`;
  if (/^\d{4}-.*Z$/.test(token)) {
    const at = `timestamptz ${quote(token)} + c.shift`;
    return token.includes(".") ? `replace(bench_iso(${at}), 'Z', '${token.slice(19)}')` : `bench_iso(${at})`;
  }
  if (/^\d{4}-.*\+00:00$/.test(token))
    return `to_char(timestamptz ${quote(token)} + c.shift, 'YYYY-MM-DD HH24:MI "+00:00"')`;
  if (token.length === 36) {
    if (known.shipments.has(token)) return "c.shipment_id::text";
    const ord = known.ids.get(token);
    if (ord !== undefined) return `bench_uuid(${instantOfUuidV7(token)} + c.shift_ms, ${ord}, c.n)::text`;
    const identity = known.keys.get(token);
    return identity === undefined ? null : `bench_hash_id(${expression(known, identity)})::text`;
  }
  const value = known.hashes.get(token);
  return value === undefined
    ? null
    : `left(encode(sha256(convert_to(${expression(known, value)}, 'UTF8')), 'hex'), 16)`;
}

/** A text of a stencil as the SQL that makes the copy's. */
function expression(known: Known, text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    const made = tokenExpression(known, found[0]);
    if (made === null) continue;
    if (found.index > at) parts.push(quote(text.slice(at, found.index)));
    parts.push(made);
    at = found.index + found[0].length;
  }
  if (at < text.length || parts.length === 0) parts.push(quote(text.slice(at)));
  return joined(parts);
}

/** One call that joins many parts copies them once; a function takes a hundred at most. */
function joined(parts: readonly string[]): string {
  if (parts.length === 1) return parts[0] ?? "''";
  return parts.length <= 90 ? `concat(${parts.join(", ")})` : joined(chunk(parts, 90).map(joined));
}

/** A text with nothing but numbers and at most one instant in it, with marks in their places; null where there is more. */
function simple(known: Known, text: string): { marked: string; at: string | null } | null {
  let at: string | null = null;
  let more = false;
  const marked = text.replaceAll(TOKEN, (token) => {
    if (tokenExpression(known, token) === null) return token;
    if (/^9[0-2]\d{7}$/.test(token)) return `${MARK}${token[1]}`;
    if (/^\d{4}-.*\dZ$/.test(token) && !token.includes(".") && (at === null || at === token)) {
      at = token;
      return `${MARK}t`;
    }
    more = true;
    return token;
  });
  return more ? null : { marked, at };
}

/** Puts the copy's numbers and instant in the places of those marks that occur. */
function unmark(column: string, marks: ReadonlySet<string>): string {
  return NUMBERS.reduce(
    (made, number, i) => (marks.has(String(i)) ? `replace(${made}, E'\\x01${i}', ${number}::text)` : made),
    marks.has("t")
      ? `replace(s."${column}", E'\\x01t', coalesce(bench_iso(s."${column}_at" + c.shift), ''))`
      : `s."${column}"`,
  );
}

type Column = { name: string; type: string };
type Row = Record<string, string | null>;
type Made = { columns: string[]; values: (row: Row, index: number) => (string | null)[]; expression: string };

function plainColumn(name: string, type: string): Made {
  return { columns: [`"${name}" ${type}`], values: (row) => [row[name] ?? null], expression: `s."${name}"` };
}

function byCase(
  known: Known,
  rows: readonly Row[],
  textOf: (row: Row) => string | null,
  wrap: (made: string) => string,
): string {
  const made = rows.map((row) => {
    const text = textOf(row);
    return text === null ? "null" : wrap(expression(known, text));
  });
  if (new Set(made).size === 1) return made[0] as string;
  return `case s.row ${made.map((one, row) => `when ${row} then ${one}`).join(" ")} end`;
}

function columnOf(known: Known, { name, type }: Column, rows: readonly Row[]): Made {
  const values = rows.map((row) => row[name] ?? null);
  const said = values.filter((value): value is string => value !== null);
  if (type === "timestamp with time zone") return { ...plainColumn(name, type), expression: `s."${name}" + c.shift` };
  if (said.every((value) => expression(known, value) === quote(value))) return plainColumn(name, type);
  if (said.every((value) => known.shipments.has(value))) {
    const expr = said.length === rows.length ? "c.shipment_id" : `case when s."${name}" then c.shipment_id end`;
    return {
      columns: [`"${name}" boolean`],
      values: (row) => [row[name] == null ? "false" : "true"],
      expression: expr,
    };
  }
  if (type === "uuid" && said.every((value) => known.ids.has(value))) {
    return {
      columns: [`"${name}" int`, `"${name}_ms" bigint`],
      values: (row) => {
        const id = row[name] ?? null;
        return id === null ? [null, null] : [String(known.ids.get(id)), String(instantOfUuidV7(id))];
      },
      expression: `bench_uuid(s."${name}_ms" + c.shift_ms, s."${name}", c.n)`,
    };
  }
  if (said.every((value) => simple(known, value) !== null))
    return simpleColumn(known, name, type, rows, (row) => row[name] ?? null);
  return {
    columns: [],
    values: () => [],
    expression: `(${byCase(
      known,
      rows,
      (row) => row[name] ?? null,
      (made) => made,
    )})::${type}`,
  };
}

function simpleColumn(
  known: Known,
  name: string,
  type: string,
  rows: readonly Row[],
  textOf: (row: Row) => string | null,
): Made {
  const marks = new Set<string>();
  for (const row of rows)
    for (const [, mark] of (simple(known, textOf(row) ?? "")?.marked ?? "").matchAll(MARKED)) marks.add(mark ?? "");
  const made = unmark(name, marks);
  return {
    columns: [`"${name}" text`, `"${name}_at" timestamptz`],
    values: (row) => {
      const text = textOf(row);
      const found = text === null ? null : simple(known, text);
      if (text !== null && found === null) throw new Error(`${name}: ${text} holds more than numbers and one instant`);
      return [found?.marked ?? null, found?.at ?? null];
    },
    expression: type === "text" ? made : `(${made})::${type}`,
  };
}

/** Reads the stencils' rows and plans one insert per table. */
export async function planCopies(tx: Tx, stencils: readonly Stencil[]): Promise<Plan[]> {
  const known = await learn(tx, stencils);
  const templateOf = new Map([...known.shipments]);
  for (const row of await tx<{ id: string; template: number }[]>`
      select id, (substring(correlation_id from 3)::int % 1000) as template from message where correlation_id like 'c-90%'`)
    templateOf.set(row.id, row.template);
  const tables = await tx<{ name: string; home: string }[]>`
    select t.relname as name, (select min(a.attname) from pg_attribute a where a.attrelid = t.oid
        and a.attname = any(case t.relname when 'message' then array['id'] when 'interpretation' then array['message_id'] else array['shipment_id', 'home_id'] end)) as home
    from pg_class t where t.relnamespace = current_schema()::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
    order by t.relname`;
  const plans: Plan[] = [];
  for (const { name, home } of tables) {
    if (home === null) continue;
    const columns = await tx<
      Column[]
    >`select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = ${name}::regclass and attnum > 0 and not attisdropped order by attnum`;
    const rows = await tx.unsafe<Row[]>(
      `select ${columns
        .map((c) =>
          c.type === "bytea" ? `convert_from("${c.name}", 'SQL_ASCII') as "${c.name}"` : `"${c.name}"::text`,
        )
        .join(", ")
        .replace("convert_from(\"digest\", 'SQL_ASCII')", "encode(digest, 'hex')")}
       from "${name}" order by "${home}"`,
    );
    const mine = rows.filter((row) => templateOf.has(row[home] ?? ""));
    if (mine.length > 0)
      plans.push(await planTable(tx, known, name, columns, [...mine], (row) => templateOf.get(row[home] ?? "") ?? 0));
  }
  return plans;
}

async function planTable(
  tx: Tx,
  known: Known,
  table: string,
  columns: readonly Column[],
  rows: readonly Row[],
  templateOf: (row: Row) => number,
): Promise<Plan> {
  const findings = table === "exception" ? await hashedTexts(tx) : new Map<string, string>();
  const made = columns.map((column): Made => {
    const only = (expr: string): Made => ({ columns: [], values: () => [], expression: expr });
    if (table === "event" && column.name === "key") {
      const identity = simpleColumn(known, "key", "text", rows, (row) => known.keys.get(row.key ?? "") ?? null);
      return { ...identity, expression: `bench_hash_id(${identity.expression})` };
    }
    if (table === "posting" && column.name === "lane") return only("(c.p & 63)::smallint");
    if (table === "message" && column.name === "lane") return only("(c.n & 63)::smallint");
    if (table === "message" && column.name === "digest") return only("null::bytea");
    if (table === "message" && column.name === "body")
      return only(
        `case when s.received_at + c.shift >= now() - interval '30 days' then convert_to(${byCase(
          known,
          rows,
          (row) => row.body ?? null,
          (text) => text,
        )}, 'UTF8') end`,
      );
    if (table === "exception" && column.name === "evidence_hash")
      return only(
        byCase(
          known,
          rows,
          (row) => findings.get(row.id ?? "") ?? null,
          (text) => `bench_hash53(${text})`,
        ),
      );
    return columnOf(known, column, rows);
  });
  const own = made.flatMap((one) => one.columns);
  const values = rows.map((row, index) => [
    String(index),
    String(templateOf(row)),
    ...made.flatMap((one) => one.values(row, index)),
  ]);
  const names = columns.map((column) => `"${column.name}"`);
  const select = `select ${made.map((one, i) => `${one.expression} as ${names[i]}`).join(",\n ")}
    from bench_copy c join bench_${table} s on s.template = c.template where c.n between $1 and $2 order by s.ord, c.n`;
  return {
    table,
    setUp: [
      `create table bench_${table} (row int, template int, ord int, ${own.join(", ")})`,
      ...chunk(values, 200).map(
        (part) =>
          `insert into bench_${table} values ${part.map(([row, template, ...rest]) => `(${[row, template, 0, ...rest.map((v) => (v === null ? "null" : quoteAny(v)))].join(", ")})`).join(",\n")}`,
      ),
      // rows of a copy are spread as they came in, one after the other among those of its neighbours
      `update bench_${table} b set ord = o.ord from (select row, row_number() over (partition by template order by ${columns.some((c) => c.name === "received_at") ? "received_at, row" : "row"}) as ord from bench_${table}) o where o.row = b.row`,
      `analyze bench_${table}`,
    ],
    insert:
      table === "message"
        ? `insert into message (${names.join(", ")}) select ${names.map((name) => (name === '"digest"' ? `case when body is null then sha256(convert_to(id::text, 'UTF8')) else sha256(body) end` : name)).join(", ")} from (${select}) m`
        : `insert into "${table}" (${names.join(", ")}) ${select}`,
  };
}

const quoteAny = (value: string) =>
  value.includes(MARK) || value.includes("\u001f")
    ? `E${quote(value.replaceAll("\\", "\\\\")).replaceAll(MARK, "\\x01").replaceAll("\u001f", "\\x1f")}`
    : quote(value);

function chunk<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

/** What the evidence hash of each stencil's exception is taken over; checked against the hash stored. */
async function hashedTexts(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx<
    {
      id: string;
      severity: Finding["severity"];
      occurrence: string;
      fingerprint: string;
      text: string;
      feed_id: number | null;
      evidence: { [name: string]: Json };
      evidence_hash: string;
    }[]
  >`select e.id, e.severity, e.occurrence, g.fingerprint, e.text, e.feed_id, e.evidence, e.evidence_hash from exception e join exception_group g on g.id = e.group_id`;
  return new Map(
    rows.map((row) => {
      const [, source = "", what = ""] = row.fingerprint.split("\u001f");
      const { severity, occurrence, text, feed_id: feedId } = row;
      // how late it was is added when it ends, beside what was found
      const { limit, ended, lateMinutes, ...found } = row.evidence;
      const evidence = lateMinutes === undefined ? row.evidence : found;
      const hash = evidenceHash({
        severity,
        occurrence,
        cause: { source, what },
        text,
        feedId,
        evidence,
      } as Finding);
      if (hash !== row.evidence_hash) throw new Error(`the evidence hash of ${text} is taken over something else`);
      return [row.id, [severity, occurrence, source, what, text, feedId, canonicalJson(evidence)].join("\u001f")];
    }),
  );
}

async function learn(tx: Tx, stencils: readonly Stencil[]): Promise<Known> {
  const shipments = new Map(stencils.map(({ shipmentId, template }) => [shipmentId, template]));
  const ids = new Map<string, number>();
  for (const table of ["message", "exception", "exception_note", "posting", "breach"])
    for (const { id } of await tx<{ id: string }[]>`select id from ${tx(table)} order by id`) ids.set(id, ids.size + 1);
  const classOf = (): FeedClass => "carrier";
  const keys = new Map<string, string>();
  for (const event of await loadEvents(tx, [...shipments.keys()], classOf)) {
    const identity = eventIdentity(event.feedId, event);
    if (hashId(identity) !== event.key) throw new Error(`the key of ${identity} is the hash of something else`);
    keys.set(event.key, identity);
  }
  const hashes = new Map<string, string>();
  for (const claim of await loadClaims(tx, [...shipments.keys()], classOf)) {
    if (claimHash(claim.value) !== claim.hash) throw new Error(`the hash of a claim is taken over something else`);
    hashes.set(claim.hash, canonicalJson(claim.value));
  }
  return { shipments, ids, keys, hashes };
}
