import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, createZstdDecompress } from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { insertConnection, insertFeed, insertMessage, insertReference, insertShipment } from "@/db/testing/rows";
import { type TestDatabase, testDatabase } from "../testing/database";
import { readParts, writeEnd, writePart } from "./archive";
import { listPartitions, listSequences, listTables } from "./describe";
import { backupDatabase } from "./dump";
import { restoreDatabase } from "./restore";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let source: TestDatabase;
let target: TestDatabase;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "waypost-backup-"));
const file = path.join(folder, "all.backup");
const now = new Date("2026-11-23T10:00:00Z");
const secretKey = Buffer.alloc(32, 7).toString("base64");
const messages = 300;
const odd = "tab\t newline\n backslash\\ NUL-free é 漢 \\N";

/** Everything a database holds, as one digest per table. */
async function digests({ sql }: TestDatabase): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name } of await listTables(sql)) {
    const [row] =
      await sql`select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest
      from public.${sql(name)} t`;
    found[name] = row?.digest;
  }
  return found;
}

beforeAll(async () => {
  [source, target] = [await testDatabase("backup_from"), await testDatabase("backup_to")];
  const { sql } = source;
  const feedId = await insertFeed(sql, { slug: "parcel" });
  await insertConnection(sql, { name: odd, sealedKey: randomBytes(200) });
  await sql`create table message_2031_05 partition of message for values from ('2031-05-01Z') to ('2031-06-01Z')`;
  for (let i = 0; i < messages; i++) {
    const at = new Date(i % 3 === 0 ? "2031-05-04T05:06:07.123Z" : "2026-11-20T08:00:00Z");
    await insertMessage(sql, {
      feedId,
      at,
      body: i === 0 ? randomBytes(6_000_000) : randomBytes(50 + i),
      status: "interpreted",
    });
  }
  const shipmentId = await insertShipment(sql, { name: odd, state: { odd, nested: [null, { "\\": "\n" }] }, feedId });
  await insertReference(sql, { shipmentId, value: odd });
  await backupDatabase(source.url, file, { now, secretKey });
});

afterAll(async () => {
  await source?.drop();
  await target?.drop();
  fs.rmSync(folder, { recursive: true, force: true });
});

test("a restored database holds what was backed up: rows, bytes, partitions and the next numbers", async () => {
  const { rows, keyFits } = await restoreDatabase(target.url, file, { secretKey });
  expect(keyFits).toBe(true);
  expect(rows).toBeGreaterThan(2 * messages);
  expect(await digests(target)).toEqual(await digests(source));
  expect(await listPartitions(target.sql)).toEqual(await listPartitions(source.sql));
  expect(await listSequences(target.sql)).toEqual(await listSequences(source.sql));
  const [may] = await target.sql`select count(*)::int as n from message_2031_05`;
  expect(may?.n).toBe(messages / 3);
  expect(await insertFeed(target.sql, { slug: "after" })).toBe(2);
});

test("the backup is readable by its owner only, and no half of it is left behind", () => {
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(folder)).toEqual(["all.backup"]);
});

test("restore refuses a database that holds rows, and with force replaces them", async () => {
  const used = await testDatabase("backup_used");
  await insertFeed(used.sql, { slug: "mine" });
  await used.close();
  await expect(restoreDatabase(used.url, file)).rejects.toThrow(/not empty \(feed\).*--force/);
  await restoreDatabase(used.url, file, { force: true });
  const again = await testDatabase("backup_probe");
  await again.drop();
  const { default: postgres } = await import("postgres");
  const sql = postgres(used.url, { max: 1 });
  expect((await sql`select slug from feed`).map(({ slug }) => slug)).toEqual(["parcel"]);
  await sql.end();
  await used.drop();
});

test("restore refuses a database that somebody is connected to", async () => {
  const used = await testDatabase("backup_busy");
  await used.sql`select 1`;
  await expect(restoreDatabase(used.url, file)).rejects.toThrow(/in use \(test backup_busy\)/);
  await used.drop();
});

test.each([
  ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 4000), /cannot be restored/],
  ["not a backup", () => Buffer.from("hello"), /cannot be restored/],
  ["altered inside", (bytes: Buffer) => flip(bytes, bytes.length >> 1), /cannot be restored|damaged/],
])("a file that is %s changes nothing", async (_, damage, message) => {
  const other = await testDatabase("backup_damaged");
  const before = await digests(other);
  await other.close();
  const broken = path.join(folder, "broken.backup");
  fs.writeFileSync(broken, damage(fs.readFileSync(file)));
  await expect(restoreDatabase(other.url, broken)).rejects.toThrow(message);
  fs.rmSync(broken);
  const { openDatabase } = await import("@/db/client");
  const reopened = { ...other, ...openDatabase(other.url) };
  expect(await digests(reopened)).toEqual(before);
  await reopened.close();
  await other.drop();
});

test("a row that the database refuses changes nothing", async () => {
  const other = await testDatabase("backup_bad_row");
  const broken = path.join(folder, "broken.backup");
  const archive = createZstdCompress();
  const written = pipeline(archive, fs.createWriteStream(broken));
  for await (const part of readParts(fs.createReadStream(file).pipe(createZstdDecompress()))) {
    const isFeed = part.name.includes("-feed/");
    await writePart(archive, isFeed ? { ...part, bytes: Buffer.from(`x${part.bytes.toString()}`) } : part);
  }
  await writeEnd(archive);
  archive.end();
  await written;
  await expect(restoreDatabase(other.url, broken)).rejects.toThrow(/refuses a row of feed|a row of it is damaged/);
  fs.rmSync(broken);
  expect((await other.sql`select 1 from feed`).length).toBe(0);
  await other.drop();
});

test("restore says when the secret key is another than the backup's", async () => {
  const other = await testDatabase("backup_key");
  await other.close();
  const { keyFits } = await restoreDatabase(other.url, file, { secretKey: Buffer.alloc(32, 8).toString("base64") });
  expect(keyFits).toBe(false);
  await other.drop();
});

function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
