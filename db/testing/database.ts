import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { type Database, openDatabase } from "@/db/client";
import { ensurePartitions } from "@/db/queries/partitions";

const TEST_URL = testUrl();

function testUrl(): string {
  const url = process.env.WAYPOST_TEST_DATABASE_URL;
  if (!url)
    throw new Error(
      "Set WAYPOST_TEST_DATABASE_URL to a PostgreSQL whose user may create databases; npm test does it by itself.",
    );
  return url;
}

const migrationsFolder = new URL("../migrations", import.meta.url).pathname;

function urlOf(name: string): string {
  const url = new URL(TEST_URL);
  url.pathname = `/${name}`;
  return url.href;
}

/** Makes sure that a migrated template of this code's migrations exists; several processes may ask at once. */
async function template(admin: postgres.Sql): Promise<string> {
  const hash = createHash("sha256");
  for (const file of readdirSync(migrationsFolder)
    .filter((f) => f.endsWith(".sql"))
    .sort())
    hash.update(readFileSync(`${migrationsFolder}/${file}`));
  const name = `waypost_tpl_${hash.digest("hex").slice(0, 12)}`;
  await admin`select pg_advisory_lock(742002)`;
  try {
    const [known] = await admin`select 1 from pg_database where datname = ${name} and datistemplate`;
    if (known) return name;
    await admin.unsafe(`drop database if exists "${name}"`);
    await admin.unsafe(`create database "${name}"`);
    const own = postgres(urlOf(name), { max: 1, onnotice: () => {} });
    await migrate(drizzle(own), { migrationsFolder });
    await own.end();
    const raw = postgres(urlOf(name), { max: 1, onnotice: () => {} });
    await ensurePartitions(raw, new Date(), 2, 1);
    await raw.end();
    await admin.unsafe(`alter database "${name}" with is_template true`);
    return name;
  } finally {
    await admin`select pg_advisory_unlock(742002)`;
  }
}

export type TestDatabase = Database & { url: string; drop: () => Promise<void> };

/** A migrated database of its own for one test file, cloned from a template; `drop` ends it. */
export async function testDatabase(label = "t"): Promise<TestDatabase> {
  const admin = postgres(TEST_URL, { max: 1, onnotice: () => {} });
  const from = await template(admin);
  const name = `waypost_${label}_${randomBytes(5).toString("hex")}`;
  await admin.unsafe(`create database "${name}" template "${from}" strategy file_copy`);
  await admin.end();
  const url = urlOf(name);
  const database = openDatabase(url, { max: 8, application: `test ${label}` });
  return {
    ...database,
    url,
    drop: async () => {
      await database.close();
      const again = postgres(TEST_URL, { max: 1, onnotice: () => {} });
      await again.unsafe(`drop database if exists "${name}" with (force)`);
      await again.end();
    },
  };
}
