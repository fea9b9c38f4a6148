import { createHash, type Hash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { createZstdDecompress } from "node:zlib";
import postgres from "postgres";
import { knownMigrations, migrateDatabase, migrationsDigest } from "../migrate";
import { type Part, readParts } from "./archive";
import { listFilled, listForeignKeys, listPartitions, type Table } from "./describe";
import { type Header, keyCheckOf, type Manifest } from "./dump";

/** A reason not to restore that a person can mend; its message is one sentence. */
export class RestoreRefusal extends Error {
  override name = "Refusal";
}

export type Restored = { header: Header; rows: number; keyFits: boolean };

const migrationsFolder = path.join(import.meta.dirname, "..", "migrations");

/**
 * Replaces what a database holds by a backup, in one transaction that is undone when a count or a digest differs, then applies
 * the migrations made since. Refuses a database that holds rows or is in use, unless `force`, and a backup of a newer release.
 */
export async function restoreDatabase(
  url: string,
  file: string,
  options: { force?: boolean; secretKey?: string | null } = {},
): Promise<Restored> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: "waypost restore" } });
  const source = fs.createReadStream(file);
  const plain = createZstdDecompress();
  source.once("error", (error) => plain.destroy(error));
  const parts = readParts(source.pipe(plain));
  try {
    const header = await readHeader(parts);
    if (!options.force) await refuseUsed(sql);
    const rows = await sql.begin((tx) => replace(tx, header, parts));
    await sql`analyze`;
    await migrateDatabase(url);
    const ours = keyCheckOf(options.secretKey ?? null);
    return { header, rows, keyFits: header.keyCheck === null || header.keyCheck === ours };
  } catch (error) {
    throw asRefusal(error, file);
  } finally {
    source.destroy();
    await sql.end({ timeout: 5 });
  }
}

async function readHeader(parts: AsyncGenerator<Part>): Promise<Header> {
  const { value } = await parts.next();
  if (value?.name !== "header.json") throw new RestoreRefusal("the file is not a backup of Waypost.");
  const header = JSON.parse(value.bytes.toString()) as Header;
  const { count, last, digest } = header.migrations;
  if (header.format !== 1 || count > knownMigrations().length || migrationsDigest(count) !== digest) {
    throw new RestoreRefusal(
      `the backup was made by another release (its tables are those of ${last ?? "an unknown migration"}); restore it with that release or a newer one.`,
    );
  }
  return header;
}

async function refuseUsed(sql: postgres.Sql): Promise<void> {
  const others = await sql`
    select distinct application_name as name from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
  if (others.length > 0) {
    const names = others.map(({ name }) => name || "a client").join(", ");
    throw new RestoreRefusal(`the database is in use (${names}); stop Waypost first, or add --force.`);
  }
  const filled = await listFilled(sql);
  if (filled.length === 0) return;
  throw new RestoreRefusal(
    `the database is not empty (${filled.slice(0, 3).join(", ")}${filled.length > 3 ? " and more" : ""}); add --force to replace what it holds.`,
  );
}

async function replace(tx: postgres.TransactionSql, header: Header, parts: AsyncGenerator<Part>): Promise<number> {
  await tx`drop schema if exists public cascade`;
  await tx`drop schema if exists drizzle cascade`;
  await tx`create schema public`;
  await applyMigrations(tx, header.migrations.count);
  await remakePartitions(tx, header);
  const keys = await listForeignKeys(tx);
  // references are checked once at the end, so that the order of tables does not matter
  for (const { table, name } of keys) await tx.unsafe(`alter table ${table} drop constraint ${quote(name)}`);
  const rows = await load(tx, header, parts);
  for (const { table, name, definition } of keys) {
    await tx.unsafe(`alter table ${table} add constraint ${quote(name)} ${definition}`);
  }
  return rows;
}

/** The tables as they were when the backup was made, recorded as drizzle's migrator records them. */
async function applyMigrations(tx: postgres.TransactionSql, count: number): Promise<void> {
  await tx`create schema drizzle`;
  await tx`create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;
  for (const { tag, when } of knownMigrations().slice(0, count)) {
    const text = fs.readFileSync(path.join(migrationsFolder, `${tag}.sql`), "utf8");
    for (const statement of text.split("--> statement-breakpoint")) await tx.unsafe(statement);
    const hash = createHash("sha256").update(text).digest("hex");
    await tx`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${when})`;
  }
}

async function remakePartitions(tx: postgres.TransactionSql, { partitions }: Header): Promise<void> {
  for (const { name } of (await listPartitions(tx)).reverse()) await tx`drop table public.${tx(name)}`;
  for (const { name, parent, bound } of partitions) {
    await tx.unsafe(`create table public.${quote(name)} partition of public.${quote(parent)} ${bound}`);
  }
}

async function load(tx: postgres.TransactionSql, header: Header, parts: AsyncGenerator<Part>): Promise<number> {
  const hashes = new Map<string, Hash>(header.tables.map(({ name }) => [name, createHash("sha256")]));
  let open = null as { name: string; sink: Writable } | null;
  try {
    for await (const { name: path, bytes } of parts) {
      if (path === "manifest.json") {
        if (open) await endCopy(tx, open);
        return verify(tx, header, JSON.parse(bytes.toString()) as Manifest, hashes);
      }
      const table = header.tables.find(({ name }) => path.split("/")[0]?.slice(4) === name);
      if (!table) throw new RestoreRefusal(`the backup holds ${path}, which is no table of it.`);
      if (open?.name !== table.name) {
        if (open) await endCopy(tx, open);
        open = { name: table.name, sink: await startCopy(tx, table) };
      }
      hashes.get(table.name)?.update(bytes);
      await send(open.sink, bytes);
    }
  } catch (error) {
    if (open) await abortCopy(open.sink, error as Error);
    throw error;
  }
  throw new RestoreRefusal("the backup is cut off: its manifest is missing.");
}

async function startCopy(tx: postgres.TransactionSql, { name, columns }: Table): Promise<Writable> {
  // as a simple query: in the extended protocol postgres.js waits for ever when the server refuses a row
  const sink = await tx.unsafe(`copy public.${quote(name)} (${columns.map(quote).join(", ")}) from stdin`).writable();
  sink.on("error", () => {}); // it is met where the rows are sent
  return sink;
}

function send(sink: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(bytes, (error) => (sink.errored || error ? reject(sink.errored ?? error) : resolve()));
  });
}

/** Ends a COPY. postgres.js drops an error that comes now, so the next statement tells whether the rows were taken. */
async function endCopy(tx: postgres.TransactionSql, { name, sink }: { name: string; sink: Writable }): Promise<void> {
  sink.end();
  await setImmediate();
  try {
    await tx`select 1`;
  } catch (error) {
    const aborted = (error as { code?: string }).code === "25P02";
    throw aborted ? new RestoreRefusal(`the backup is damaged: the database refuses a row of ${name}.`) : error;
  }
}

/** Gives up a COPY, so that the connection is free to roll back. */
async function abortCopy(sink: Writable, why: Error): Promise<void> {
  sink.destroy(why);
  await finished(sink).catch(() => {});
}

async function verify(
  tx: postgres.TransactionSql,
  header: Header,
  manifest: Manifest,
  hashes: Map<string, Hash>,
): Promise<number> {
  let rows = 0;
  for (const { name } of header.tables) {
    const expected = manifest.tables[name];
    const [found] = await tx`select count(*)::float8 as rows from public.${tx(name)}`;
    if (!expected || expected.rows !== found?.rows || hashes.get(name)?.digest("hex") !== expected.sha256) {
      throw new RestoreRefusal(`the backup is damaged: ${name} does not hold what it held; nothing was changed.`);
    }
    rows += expected.rows;
  }
  for (const { name, lastValue } of manifest.sequences) {
    await tx`select setval(${`public.${JSON.stringify(name)}`}::regclass, ${lastValue}::bigint)`;
  }
  return rows;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function asRefusal(error: unknown, file: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "EACCES") return new RestoreRefusal(`${file} cannot be read (${code}).`);
  if (code?.startsWith("22"))
    return new RestoreRefusal(`${file} cannot be restored: a row of it is damaged (${message}).`);
  if (code?.startsWith("ZSTD_") || code === "Z_DATA_ERROR" || code === "Z_BUF_ERROR" || /backup/.test(message)) {
    return new RestoreRefusal(`${file} cannot be restored: ${message}.`);
  }
  return error;
}
