import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import postgres from "postgres";

/** A reason not to migrate that a person can mend; its message is one sentence without a secret in it. */
export class MigrationRefusal extends Error {
  override name = "Refusal";
}

export type JournalEntry = { idx: number; when: number; tag: string };

const oldestServer = 15;
const migrationLock = 742_001;
const defaultFolder = path.join(import.meta.dirname, "migrations");

/** The migrations this release knows, oldest first. */
export function knownMigrations(folder: string = defaultFolder): JournalEntry[] {
  const file = path.join(folder, "meta", "_journal.json");
  if (!fs.existsSync(file)) return [];
  return (JSON.parse(fs.readFileSync(file, "utf8")) as { entries: JournalEntry[] }).entries;
}

/** A digest of the migrations up to `count`, by which two releases can tell whether they mean the same tables. */
export function migrationsDigest(count: number, folder: string = defaultFolder): string {
  const hash = createHash("sha256");
  for (const { tag } of knownMigrations(folder).slice(0, count)) {
    hash.update(tag).update(fs.readFileSync(path.join(folder, `${tag}.sql`)));
  }
  return hash.digest("hex");
}

/**
 * Brings a database to this release under an advisory lock, so that two starts do not meet. Creates the database itself when
 * `create` is set. Throws a MigrationRefusal when it cannot be reached, is older than PostgreSQL 15, or is newer than the code.
 */
export async function migrateDatabase(
  url: string,
  options: { create?: boolean; folder?: string; patienceMs?: number } = {},
): Promise<{ applied: number }> {
  const folder = options.folder ?? defaultFolder;
  const sql = await connect(url, options.create ?? false, options.patienceMs ?? 10_000);
  try {
    await refuseOldServer(sql);
    await sql`select pg_advisory_lock(${migrationLock})`;
    const known = knownMigrations(folder);
    const before = await appliedMigrations(sql);
    refuseNewerDatabase(before, known);
    if (known.length > 0) await applyMigrations(sql, folder);
    return { applied: known.length - before.length };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Drizzle is loaded where it is needed only: others ask this file for what is known and applied. */
async function applyMigrations(sql: postgres.Sql, folder: string): Promise<void> {
  const { drizzle } = await import("drizzle-orm/postgres-js");
  const { migrate } = await import("drizzle-orm/postgres-js/migrator");
  await migrate(drizzle(sql), { migrationsFolder: folder });
}

/** The `when` of each migration the database has had, oldest first. */
export async function appliedMigrations(sql: postgres.Sql | postgres.TransactionSql): Promise<number[]> {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') as name`;
  if (!table?.name) return [];
  const rows = await sql`select created_at from drizzle.__drizzle_migrations order by created_at`;
  return rows.map((row) => Number(row.created_at));
}

function refuseNewerDatabase(applied: number[], known: JournalEntry[]): void {
  const whens = new Set(known.map(({ when }) => when));
  const unknown = applied.filter((when) => !whens.has(when));
  const last = unknown.at(-1);
  if (last === undefined) return;
  throw new MigrationRefusal(
    `the database is newer than this release: it has had ${unknown.length} migration(s) that are not known here, the last made on ${new Date(last).toISOString().slice(0, 10)}; start the newer release, or restore a backup made by this one.`,
  );
}

async function refuseOldServer(sql: postgres.Sql): Promise<void> {
  const [row] = await sql`show server_version_num`;
  const major = Math.floor(Number(row?.server_version_num) / 10_000);
  if (major >= oldestServer) return;
  throw new MigrationRefusal(`the database server is PostgreSQL ${major}; Waypost needs ${oldestServer} or later.`);
}

/** Connects, trying again while the server is not there yet. */
async function connect(url: string, create: boolean, patienceMs: number): Promise<postgres.Sql> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5 });
    try {
      await sql`select 1`;
      return sql;
    } catch (error) {
      await sql.end({ timeout: 1 });
      const code = (error as { code?: string }).code ?? "";
      if (code === "3D000" && create) {
        await createDatabase(url);
        continue;
      }
      const passing = ["ECONNREFUSED", "CONNECT_TIMEOUT", "CONNECTION_CLOSED", "ENOTFOUND", "EAI_AGAIN", "57P03"];
      if (!passing.includes(code) || Date.now() > until) throw refusalOf(error, url);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

async function createDatabase(url: string): Promise<void> {
  const target = new URL(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  target.pathname = "/postgres";
  const sql = postgres(target.href, { max: 1, onnotice: () => {} });
  try {
    await sql`create database ${sql(name)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function refusalOf(error: unknown, url: string): MigrationRefusal {
  const { host, pathname } = new URL(url);
  const { code, message } = error as { code?: string; message: string };
  const why = message && !message.includes("://") ? message : code;
  return new MigrationRefusal(`the database at ${host}${pathname} cannot be used: ${why || code}.`);
}

if (import.meta.filename === process.argv[1]) {
  try {
    const { applied } = await migrateDatabase(process.env.DATABASE_URL ?? "", {
      create: process.env.WAYPOST_EMBEDDED === "1",
    });
    console.log(JSON.stringify({ applied }));
  } catch (error) {
    console.error(error instanceof MigrationRefusal ? `waypost: ${error.message}` : error);
    process.exit(1);
  }
}
