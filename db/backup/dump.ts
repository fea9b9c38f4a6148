import { createHash } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import { constants, createZstdCompress } from "node:zlib";
import postgres from "postgres";
import { appliedMigrations, knownMigrations, migrationsDigest } from "../migrate";
import { writeEnd, writePart } from "./archive";
import { listPartitions, listSequences, listTables, type Partition, type Sequence, type Table } from "./describe";

/** First file of a backup: what is in it. */
export type Header = {
  format: 1;
  madeAt: string;
  server: string;
  /** How many migrations the database had had, and a digest of their text. */
  migrations: { count: number; last: string | null; digest: string };
  tables: Table[];
  partitions: Partition[];
  /** Tells whether a secret key is the one that the stored secrets were encrypted with. */
  keyCheck: string | null;
};

/** Last file of a backup: what must have been read when it was read whole. */
export type Manifest = {
  tables: Record<string, { rows: number; bytes: number; sha256: string }>;
  sequences: Sequence[];
};

const partBytes = 4 * 2 ** 20;
const newline = 0x0a;

/** A short digest of the secret key, from which it cannot be guessed. */
export function keyCheckOf(secretKey: string | null): string | null {
  return secretKey ? createHash("sha256").update(`waypost key check ${secretKey}`).digest("hex").slice(0, 16) : null;
}

/**
 * Writes all tables, as they were at one instant, into one zstd-compressed tar file, readable by its owner only.
 * Memory stays bounded whatever the size. The file appears under its name when it is complete.
 */
export async function backupDatabase(
  url: string,
  file: string,
  options: { now: Date; secretKey?: string | null },
): Promise<Manifest> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: "waypost backup" } });
  const half = `${file}.partial`;
  const target = fs.createWriteStream(half, { mode: 0o600, flush: true });
  const archive = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  archive.pipe(target);
  const failed = new Promise<never>((_, reject) => {
    target.once("error", reject);
    archive.once("error", reject);
  });
  failed.catch(() => {});
  try {
    const manifest = await Promise.race([failed, sql.begin("isolation level repeatable read read only", dump)]);
    archive.end();
    await Promise.race([failed, once(target, "close")]);
    fs.renameSync(half, file);
    return manifest;
  } catch (error) {
    target.destroy();
    fs.rmSync(half, { force: true });
    throw error;
  } finally {
    await sql.end({ timeout: 5 });
  }

  async function dump(tx: postgres.TransactionSql): Promise<Manifest> {
    const header = await describe(tx, options);
    await writePart(archive, { name: "header.json", bytes: json(header) });
    const manifest: Manifest = { tables: {}, sequences: [] };
    for (const [at, table] of header.tables.entries()) {
      manifest.tables[table.name] = await dumpTable(tx, table, `${String(at).padStart(3, "0")}-${table.name}`);
    }
    manifest.sequences = await listSequences(tx);
    await writePart(archive, { name: "manifest.json", bytes: json(manifest) });
    await writeEnd(archive);
    return manifest;
  }

  async function dumpTable(tx: postgres.TransactionSql, { name, columns }: Table, folder: string) {
    const rows = tx`copy (select ${tx(columns)} from public.${tx(name)}) to stdout`;
    const hash = createHash("sha256");
    const total = { rows: 0, bytes: 0 };
    let part: Buffer[] = [];
    let size = 0;
    let number = 0;
    const flush = async () => {
      if (size === 0) return;
      const path = `${folder}/${String(number++).padStart(6, "0")}.copy`;
      await writePart(archive, { name: path, bytes: Buffer.concat(part) });
      part = [];
      size = 0;
    };
    for await (const chunk of (await rows.readable()) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      total.bytes += chunk.length;
      for (const byte of chunk) if (byte === newline) total.rows++; // newlines inside values are escaped
      part.push(Buffer.from(chunk));
      size += chunk.length;
      if (size >= partBytes) await flush();
    }
    await flush();
    return { ...total, sha256: hash.digest("hex") };
  }
}

async function describe(
  tx: postgres.TransactionSql,
  options: { now: Date; secretKey?: string | null },
): Promise<Header> {
  const [server] = await tx`show server_version`;
  const applied = await appliedMigrations(tx);
  const known = knownMigrations();
  return {
    format: 1,
    madeAt: options.now.toISOString(),
    server: String(server?.server_version),
    migrations: {
      count: applied.length,
      last: known[applied.length - 1]?.tag ?? null,
      digest: migrationsDigest(applied.length),
    },
    tables: await listTables(tx),
    partitions: await listPartitions(tx),
    keyCheck: keyCheckOf(options.secretKey ?? null),
  };
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
