import { createHmac } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import { type Sandbox, startSandboxOdoo } from "./odoo/server";
import { api, demo, fresh } from "./story";

/** How many of the orders have each of the two causes that hit everything; 2,400 make about 5,000 exceptions. */
export const MANY = Number(process.env.WAYPOST_TWELVE_ORDERS ?? 120);

const COLUMNS = [
  { column: "Customer PO", gives: "reference", kind: "customer_po" },
  { column: "Transfer", gives: "reference", kind: "odoo_picking" },
  { column: "Tracking number", gives: "reference", kind: "tracking_number", issuer: "ups" },
  { column: "Status", gives: "status" },
  { column: "Status time", gives: "time", order: "ymd" },
  { column: "Label zip", gives: "address", part: "zip", of: "label" },
  { column: "Label country", gives: "address", part: "country", of: "label" },
] as const;
const HEADER = COLUMNS.map(({ column }) => column);

type Row = {
  po?: string;
  tracking?: string;
  status?: string;
  minutesAgo?: number;
  zip?: string;
};
type Feed = { slug: string; name: string; url: string; secret: string };
type Order = { po: string; tracking: string; picking: string; pickingId: number };

/** A workspace with twelve things wrong, made through the real doors and in an Odoo of its own. */
export type Workspace = {
  sandbox: Sandbox;
  carrier: Feed;
  warehouse: Feed;
  labels: Feed;
  quiet: Feed;
  forged: Feed;
  word: string;
  refusal: string;
  many: Order[];
  lone: Order;
  twins: Order[];
  refused: Order;
  mismatch: Order & { other: string };
  address: Order;
  late: Order;
  label: Order;
  pair: [Order, Order];
};

/** Calls a procedure as the person of a page does. */
async function call<T>(page: Page, name: string, input: unknown): Promise<T> {
  const answer = await page.evaluate(
    async ([path, body]) => {
      const response = await fetch(`/api/trpc/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ json: body }),
      });
      return { status: response.status, text: await response.text() };
    },
    [name, input] as const,
  );
  if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { result: { data: { json: T } } }).result.data.json;
}

async function makeFeed(page: Page, name: string, over: object): Promise<Feed> {
  const slug = fresh(`${name.toLowerCase().replaceAll(" ", "-")}-`);
  const made = await call<{ url: string; secret: string }>(page, "feeds.create", {
    name: `${name} ${slug.slice(-4)}`,
    slug,
    wayIn: "push",
    ...over,
  });
  return { slug, name: `${name} ${slug.slice(-4)}`, url: `${demo().url}/api/feeds/${slug}`, secret: made.secret };
}

function linesOf(rows: readonly Row[]): string {
  const at = (minutes: number) => `${new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19)}Z`;
  return rows
    .map(({ po = "", tracking = "", status = "packed", minutesAgo = 90, zip = "" }) =>
      [po, "", tracking, status, at(minutesAgo), zip, zip && "US"].join(","),
    )
    .join("\n");
}

const RENAMED = { "Tracking number": "Parcel no" } as const;
const headOf = (rename: Record<string, string>) => HEADER.map((name) => rename[name] ?? name).join(",");

/** A file as the warehouse writes it since the column has another name. */
export function sampleOf({ many }: Workspace): string {
  return `${headOf(RENAMED)}\n${linesOf(many.slice(0, 3).map(rowOf))}`;
}

/** Rows in the new writing, which the mended mapping reads. */
export const sendMended = ({ warehouse }: Workspace, row: Row) => sendRows(warehouse, [row], RENAMED);

const rowOf = ({ po, tracking }: Order): Row => ({ po, tracking });

/** Sends rows as the warehouse exports them; `rename` gives a column another name. */
async function sendRows(feed: Feed, rows: readonly Row[], rename: Record<string, string> = {}): Promise<number> {
  const body = `${headOf(rename)}\n${linesOf(rows)}\n`;
  const response = await fetch(feed.url, {
    method: "POST",
    body,
    headers: { "content-type": "text/csv", authorization: `Bearer ${feed.secret}` },
  });
  await response.arrayBuffer();
  return response.status;
}

/** One tracker webhook with some scans, signed with the secret of the feed or with another. */
export async function sendScans(
  feed: Feed,
  code: string,
  scans: readonly { status: string; minutesAgo: number; message?: string }[],
): Promise<number> {
  const at = (minutes: number) => `${new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19)}Z`;
  const last = scans.at(-1);
  const body = JSON.stringify({
    id: fresh("evt_"),
    object: "Event",
    description: "tracker.updated",
    result: {
      object: "Tracker",
      tracking_code: code,
      carrier: "UPS",
      status: last?.status,
      updated_at: at(last?.minutesAgo ?? 0),
      tracking_details: scans.map(({ status, minutesAgo, message }) => ({
        object: "TrackingDetail",
        message: message ?? status,
        status,
        datetime: at(minutesAgo),
        source: "UPS",
        tracking_location: { object: "TrackingLocation", city: "DENVER", country: "US" },
      })),
    },
  });
  const signature = createHmac("sha256", feed.secret.normalize("NFKD")).update(body).digest("hex");
  const response = await fetch(feed.url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", "x-hmac-signature": `hmac-sha256-hex=${signature}` },
  });
  await response.arrayBuffer();
  return response.status;
}

/** A call in the sandbox as its administrator, which a person does in Odoo's own screens. */
async function inOdoo<T>(sandbox: Sandbox, model: string, method: string, args: object): Promise<T> {
  const response = await fetch(`${sandbox.url}/json/2/${model}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${sandbox.adminKey}` },
    body: JSON.stringify(args),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Odoo answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** What a transfer holds in the sandbox now. */
export async function transferIn(sandbox: Sandbox, id: number): Promise<{ carrier_tracking_ref: string | false }> {
  const [row] = await inOdoo<{ carrier_tracking_ref: string | false }[]>(sandbox, "stock.picking", "search_read", {
    domain: [["id", "=", id]],
    fields: ["carrier_tracking_ref"],
  });
  if (!row) throw new Error(`no transfer ${id}`);
  return row;
}

const trackingOf = () => fresh("1Z").toUpperCase();

function order(sandbox: Sandbox, over: { po?: string; commitmentDate?: string } = {}): Order {
  const po = over.po ?? fresh("PO-").toUpperCase();
  const made = sandbox.order({
    clientOrderRef: po,
    ...(over.commitmentDate && { commitmentDate: over.commitmentDate }),
  });
  const [picking] = made.pickings;
  return { po, tracking: trackingOf(), picking: picking?.name ?? "", pickingId: picking?.id ?? 0 };
}

type Found = { items: { id: string }[] };
export const shipmentOf = async (reference: string): Promise<string | undefined> =>
  (await api<Found>("GET", `/shipments?reference=${encodeURIComponent(reference)}`)).items[0]?.id;
const known = (reference: string) =>
  expect.poll(() => shipmentOf(reference), { timeout: 60_000, message: `${reference} is known` }).toBeTruthy();

type Thresholds = Record<string, unknown>;

/** Sets some thresholds; returns what stood before. */
export async function setThresholds(page: Page, over: Thresholds): Promise<Thresholds> {
  const read = await page.evaluate(async () => (await fetch("/api/trpc/settings.read")).text());
  const { settings } = (JSON.parse(read) as { result: { data: { json: { settings: { thresholds: Thresholds } } } } })
    .result.data.json;
  const value = { ...settings.thresholds, ...over };
  await call(page, "settings.change", { name: "thresholds", value, seen: settings.thresholds });
  return settings.thresholds;
}

/** Makes the workspace: an Odoo, five feeds, and what is wrong with each. `page` is an administrator's. */
export async function plantTwelve(page: Page): Promise<Workspace> {
  const firstId = 2_000_000 + (Date.now() % 1_000_000);
  const sandbox = await startSandboxOdoo({ port: 0, version: "19", seed: false, firstId });
  const { url, db: database, login, key } = sandbox;
  await page.goto("/exceptions");
  const { id } = await call<{ id: number }>(page, "odoo.connect", {
    ...{ name: fresh("Twelve "), url, database, login, key },
    ...{ pollSeconds: 2, ratePerSecond: 200, concurrency: 4 },
  });
  await call(page, "odoo.dryRunKind", { id, kind: "tracking_number" });
  await call(page, "odoo.switchKind", { id, kind: "tracking_number", to: "on" });
  const webhook = { adapter: "easypost", class: "aggregator", verify: "easypost" };
  const export_ = {
    adapter: "csv",
    class: "warehouse",
    verify: "api_key",
    settings: { mapping: { delimiter: ",", columns: COLUMNS } },
  };
  const refusals = {
    mapping: {
      delimiter: ",",
      columns: [
        COLUMNS[0],
        { column: "Refused at", gives: "event", kind: "label_failed", order: "ymd" },
        { column: "Printed at", gives: "event", kind: "booked", order: "ymd" },
        COLUMNS[2],
      ],
    },
  };
  const carrier = await makeFeed(page, "Parcels", webhook);
  const warehouse = await makeFeed(page, "Warehouse", export_);
  const labels = await makeFeed(page, "Label printer", { ...export_, class: "transport", settings: refusals });
  const quiet = await makeFeed(page, "Night shift", { ...webhook, silenceMinutes: 1 });
  const forged = await makeFeed(page, "Forwarder", webhook);
  expect(await sendScans(quiet, trackingOf(), [{ status: "in_transit", minutesAgo: 30 }])).toBe(202);

  const hours = (n: number) => new Date(Date.now() + n * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
  const many = Array.from({ length: MANY }, () => order(sandbox, { commitmentDate: hours(72) }));
  const one = () => order(sandbox, { commitmentDate: hours(72) });
  const lone = one();
  const both = fresh("PO-").toUpperCase();
  const twins = [order(sandbox, { po: both }), order(sandbox, { po: both })];
  const pair: [Order, Order] = [one(), one()];
  const [refused, address, label] = [one(), one(), one()];
  const mismatch = { ...one(), other: trackingOf() };
  const late = order(sandbox, { commitmentDate: hours(-20) });
  for (const { po } of [...many.slice(-1), lone, ...pair, refused, address, label, mismatch, late]) await known(po);

  // Odoo refuses one posting, and says why
  const refusal = fresh("The carrier of this transfer is archived, says ");
  await sandbox.setMode({ mode: "refuse", message: refusal });
  expect(await sendRows(warehouse, [rowOf(refused)])).toBe(202);
  await standing("posting_rejected", refusal);
  await sandbox.setMode({ mode: "ok" });

  const word = fresh("locker_");
  expect(await sendRows(warehouse, [...pair, late, label, mismatch].map(rowOf))).toBe(202);
  expect(await sendRows(warehouse, [{ ...rowOf(address), zip: "99950" }])).toBe(202);
  await known(pair[1].tracking);
  await known(mismatch.tracking);
  expect(await sendRows(warehouse, [{ po: both, tracking: twins[0]?.tracking ?? "" }])).toBe(202);
  const mixedUp = { po: pair[0].po, tracking: `${pair[0].tracking}|${pair[1].tracking}`, minutesAgo: 60 };
  expect(await sendRows(warehouse, [mixedUp])).toBe(202);
  expect(await sendRows(warehouse, many.map(rowOf), RENAMED)).toBe(202);
  expect(await sendScans(carrier, lone.tracking, [{ status: "in_transit", minutesAgo: 50 }])).toBe(202);
  for (let at = 0; at < many.length; at += 20)
    await Promise.all(
      many.slice(at, at + 20).map(({ tracking }) =>
        sendScans(carrier, tracking, [
          { status: "in_transit", minutesAgo: 60 },
          { status: word, minutesAgo: 20, message: "Put in a locker" },
        ]),
      ),
    );
  for (let at = 0; at < 8; at++)
    expect(
      await sendScans({ ...forged, secret: "not the secret" }, trackingOf(), [{ status: "in_transit", minutesAgo: 9 }]),
    ).toBe(401);
  const refusedAt = `${new Date(Date.now() - 600_000).toISOString().slice(0, 19)}Z`;
  const printed = await fetch(labels.url, {
    method: "POST",
    body: `Customer PO,Refused at,Printed at,Tracking number\n${label.po},${refusedAt},,\n${mismatch.po},,${refusedAt},${mismatch.other}\n`,
    headers: { "content-type": "text/csv", authorization: `Bearer ${labels.secret}` },
  });
  expect(printed.status).toBe(202);
  return {
    sandbox,
    carrier,
    warehouse,
    labels,
    quiet,
    forged,
    word,
    refusal,
    many,
    lone,
    twins,
    refused,
    mismatch,
    address,
    late,
    label,
    pair,
  };
}

type Causes = { items: { cause: string }[] };

/** Waits until a cause of a kind stands whose words hold some words. */
export async function standing(kind: string, words: string): Promise<void> {
  const listed = async () =>
    (await api<Causes>("GET", `/exception-groups?kind=${kind}&limit=200`)).items.some(({ cause }) =>
      cause.includes(words),
    );
  await expect.poll(listed, { timeout: 90_000, message: `${kind} stands: ${words}` }).toBe(true);
}
