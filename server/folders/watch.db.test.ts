import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type FeedRegistry, openFeedRegistry } from "../feeds/registry";
import { makeFeedCounters } from "../feeds/registry-counters";
import { type TestContext, testContext } from "../testing/context";
import { placeOfFolder } from "./place";
import { pollFolders, watchFolders } from "./watch";

let database: TestDatabase;
let ctx: TestContext;
let registry: FeedRegistry;
let home: string;
let number = 0;
let feed: { id: number; folder: string };
let seen = new Map<string, string>();

beforeAll(async () => {
  database = await testDatabase("folders");
  home = await mkdtemp(path.join(tmpdir(), "waypost-folders-"));
  ctx = testContext(database);
  ctx.config.dataDir = home;
  registry = openFeedRegistry(ctx);
});
beforeEach(async () => {
  await database.sql`update feed set state = 'archived'`;
  feed = await addFeed();
});
afterAll(async () => {
  await registry?.close();
  await database?.drop();
  await rm(home, { recursive: true, force: true });
});

async function addFeed(more: Record<string, string | number> = {}): Promise<{ id: number; folder: string }> {
  const slug = `files${++number}`;
  const row = {
    slug,
    name: slug,
    adapter: "csv",
    class: "warehouse",
    way_in: "file",
    verify: "none",
    folder: slug,
    ...more,
  };
  const [made] = await database.sql`insert into feed ${database.sql(row)} returning id`;
  await registry.refresh();
  seen = new Map();
  const folder = path.join(home, "folders", slug);
  await mkdir(folder, { recursive: true });
  return { id: made?.id, folder };
}

async function poll() {
  const counters = makeFeedCounters(ctx, 100);
  const turn = await pollFolders({ ...ctx, counters }, registry.all(), seen);
  seen = turn.seen;
  await counters.close();
  return turn;
}
const drop = (name: string, text: string | Buffer) => writeFile(path.join(feed.folder, name), text);
const there = (...parts: string[]) =>
  access(path.join(feed.folder, ...parts)).then(
    () => true,
    () => false,
  );
const messages = () => database.sql`select * from message where feed_id = ${feed.id} order by id`;

test("a file is one message once it has settled, and is moved to done", async () => {
  const text = "order;status\r\nS00012;packed\r\n";
  await drop("export.csv", text);
  expect((await poll()).waiting).toBe(1);
  expect(await messages()).toHaveLength(0);
  expect((await poll()).taken).toBe(1);
  const [message] = await messages();
  expect(message?.body.toString()).toBe(text);
  expect(message).toMatchObject({ name: "export.csv", content_type: "text/csv", verdict: "unsigned", headers: null });
  expect(await there("done", "export.csv")).toBe(true);
  expect(await there("export.csv")).toBe(false);
  const [noted] = await database.sql`select * from feed_file where feed_id = ${feed.id}`;
  expect(noted).toMatchObject({ name: "export.csv", state: "taken", message_id: message?.id });
  const [counter] = await database.sql`select received from feed_counter where feed_id = ${feed.id}`;
  expect(counter?.received).toBe("1");
});

test("a file that still grows is left alone", async () => {
  await drop("growing.csv", "a;b\n");
  await poll();
  await drop("growing.csv", "a;b\n1;2\n");
  await utimes(path.join(feed.folder, "growing.csv"), new Date(), new Date(Date.now() + 1000));
  expect((await poll()).taken).toBe(0);
  expect((await poll()).taken).toBe(1);
  expect((await messages())[0]?.body.toString()).toBe("a;b\n1;2\n");
});

test("the same file dropped again makes no message, and other content under its name makes one more", async () => {
  await drop("day.csv", "a\n1\n");
  await poll();
  await poll();
  await drop("day.csv", "a\n1\n");
  await poll();
  await poll();
  expect(await messages()).toHaveLength(1);
  expect(await there("day.csv")).toBe(false);
  await drop("day.csv", "a\n2\n");
  await poll();
  await poll();
  expect(await messages()).toHaveLength(2);
  expect((await readdir(path.join(feed.folder, "done"))).length).toBeGreaterThan(1);
});

test("the same content under another name is a duplicate with the first one's receipt", async () => {
  await drop("one.csv", "same\n");
  await drop("two.csv", "same\n");
  await poll();
  await poll();
  const [message] = await messages();
  const noted = await database.sql`select message_id from feed_file where feed_id = ${feed.id}`;
  expect(noted.map((row) => row.message_id)).toEqual([message?.id, message?.id]);
  expect(await messages()).toHaveLength(1);
});

test("a file taken but not moved, as after a crash, is moved by the next turn without a second message", async () => {
  await drop("crash.csv", "x\n");
  await poll();
  await poll();
  await database.sql`delete from feed_file where feed_id = ${feed.id}`;
  await drop("crash.csv", "x\n");
  await poll();
  await poll();
  expect(await messages()).toHaveLength(1);
  expect(await there("crash.csv")).toBe(false);
});

test("an empty file and one beyond the limit are refused with the reason beside them", async () => {
  await database.sql`update feed set max_batch_bytes = 10 where id = ${feed.id}`;
  await registry.refresh();
  await drop("empty.csv", "");
  await drop("large.csv", "x".repeat(11));
  await poll();
  expect((await poll()).refused).toBe(2);
  expect(await readFile(path.join(feed.folder, "refused", "empty.csv.reason.txt"), "utf8")).toContain("is empty");
  expect(await readFile(path.join(feed.folder, "refused", "large.csv.reason.txt"), "utf8")).toContain("at most 10");
  expect(await messages()).toHaveLength(0);
  const states = await database.sql`select state from feed_file where feed_id = ${feed.id}`;
  expect(states.map((row) => row.state)).toEqual(["refused", "refused"]);
});

test("hidden and half-written files, folders and links are passed over", async () => {
  const outside = path.join(home, "outside.csv");
  await writeFile(outside, "secret");
  await drop(".hidden.csv", "x");
  await drop("upload.csv.part", "x");
  await mkdir(path.join(feed.folder, "folder.csv"));
  await symlink(outside, path.join(feed.folder, "link.csv"));
  await poll();
  expect(await poll()).toMatchObject({ taken: 0, refused: 0, waiting: 0 });
});

test("a paused feed's folder waits", async () => {
  await database.sql`update feed set state = 'paused' where id = ${feed.id}`;
  await registry.refresh();
  await drop("later.csv", "x");
  await poll();
  await poll();
  expect(await there("later.csv")).toBe(true);
});

test("due acknowledgements are written into the out folder once", async () => {
  const [first, second] = [ctx.uuid(), ctx.uuid()];
  await database.sql`insert into acknowledgement (message_id, feed_id, file_name, content_type, body, accepted) values
    (${first}, ${feed.id}, '997_000000001.edi', 'application/edi-x12', 'ISA*00*~', true),
    (${second}, ${feed.id}, '../../etc/passwd', 'application/edi-x12', 'ISA*01*~', false)`;
  expect((await poll()).written).toBe(2);
  expect(await readFile(path.join(feed.folder, "out", "997_000000001.edi"), "utf8")).toBe("ISA*00*~");
  expect((await readdir(path.join(feed.folder, "out"))).sort()).toEqual(["997_000000001.edi", `${second}.txt`].sort());
  expect((await poll()).written).toBe(0);
  const rows = await database.sql`select written_at from acknowledgement where feed_id = ${feed.id}`;
  expect(rows.every((row) => row.written_at instanceof Date)).toBe(true);
});

test.each(["..", "../other", "a/../../b", "/etc", "", "a/b", "C:\\x"])(
  "the folder %j is never watched unless it is allowed",
  async (folder) => {
    expect(await placeOfFolder(home, folder, [])).toBeNull();
  },
);

test("an absolute folder is watched only within a root that an administrator allowed, links followed", async () => {
  const root = await mkdtemp(path.join(tmpdir(), "waypost-root-"));
  const inside = path.join(root, "in");
  await mkdir(inside);
  await symlink("/etc", path.join(root, "etc"));
  expect(await placeOfFolder(home, inside, [root])).toBe(inside);
  expect(await placeOfFolder(home, inside, [`${root}x`])).toBeNull();
  expect(await placeOfFolder(home, path.join(root, "etc"), [root])).toBeNull();
  await rm(root, { recursive: true });
});

test("the watcher takes a dropped file by itself and ends with its signal", async () => {
  const stop = new AbortController();
  await drop("live.csv", "a\n1\n");
  const loop = watchFolders(ctx, stop.signal);
  await expect.poll(() => there("done", "live.csv"), { timeout: 8000 }).toBe(true);
  stop.abort();
  await loop.stopped;
  expect(await messages()).toHaveLength(1);
}, 15_000);
