import { expect, type Page } from "@playwright/test";
import { type Sandbox, startSandboxOdoo } from "./odoo/server";
import { api, fresh, sendDespatch, sendTracker, test } from "./story";

// the way of one shipment, from the first webhook to Odoo and back through what goes wrong; each story goes on where the one before ended
test.describe.configure({ mode: "serial" });

const connection = fresh("Odoo ");
const order = fresh("PO-").toUpperCase();
const tracking = fresh("1Z").toUpperCase();
const word = fresh("locker_");
const feed = { name: fresh("Parcels "), slug: "", url: "", secret: "" };
let sandbox: Sandbox;
let shipmentId = "";

test.beforeAll(async () => {
  sandbox = await startSandboxOdoo({
    port: 0,
    version: "19",
    seed: false,
    firstId: 700_000 + (Date.now() % 1_000_000),
  });
});

test.afterAll(async () => {
  await sandbox?.close();
});

type Found = { items: { id: string; name: string; summary: string }[] };
const find = (reference: string) => api<Found>("GET", `/shipments?reference=${reference}`);

/** The effects of a kind that the stories' own Odoo has seen. */
const told = (kind: string) => sandbox.effects().byKind[kind] ?? 0;

async function openConnection(page: Page): Promise<void> {
  await page.goto("/settings/odoo");
  await page.getByRole("navigation", { name: "Connections" }).getByRole("button", { name: connection }).click();
  await expect(page.getByRole("heading", { level: 2, name: connection })).toBeVisible();
}

test("an Odoo that is connected only reads, and is told nothing before its dry run was seen and it was switched on", async ({
  as,
}) => {
  const { page } = await as("administrator");
  await page.goto("/settings/odoo");
  await page.getByRole("button", { name: "Connect an Odoo" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect an Odoo" });
  await dialog.getByLabel("Name").fill(connection);
  await dialog.getByLabel("Address").fill(sandbox.url);
  await dialog.getByLabel("Database").fill(sandbox.db);
  await dialog.getByLabel("Login").fill(sandbox.login);
  await dialog.getByLabel("API key").fill(sandbox.key);
  await dialog.getByLabel("Read every (s)").fill("2");
  await dialog.getByRole("button", { name: "Test" }).click();
  await expect(dialog.getByText("Waypost can work with it.")).toBeVisible();
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByText("Connected. It reads now and posts nothing yet")).toBeVisible();
  await expect(page.getByText("It observes: nothing is posted yet")).toBeVisible();

  sandbox.order({ clientOrderRef: order });
  await expect.poll(async () => (await find(order)).items.length, { timeout: 30_000 }).toBe(1);
  shipmentId = (await find(order)).items[0]?.id ?? "";
  expect(await sendDespatch(order, tracking, "packed")).toBe(202);
  await expect(page.getByRole("link", { name: "1 waiting for this switch" }).first()).toBeVisible({ timeout: 30_000 });
  expect(told("tracking_number")).toBe(0);

  const row = page.getByRole("listitem").filter({ hasText: "Tracking number" });
  await row.getByRole("button", { name: "Dry run" }).click();
  const dry = page.getByRole("dialog");
  await expect(dry).toContainText("This is a dry run: Odoo has not been told anything.");
  await expect(dry.getByRole("cell", { name: tracking })).toBeVisible();
  await dry.getByRole("button", { name: "Switch on, posts 1 now" }).click();
  await expect(page.getByText("Tracking number is on: 1 posting goes out now")).toBeVisible();
  await expect.poll(() => told("tracking_number"), { timeout: 30_000 }).toBe(1);
  await expect(row.getByRole("switch")).toBeChecked();
});

test("a signed webhook is a shipment on the open list, and its page follows without a reload", async ({ as }) => {
  const admin = await as("administrator");
  await admin.page.goto("/feeds/new");
  await admin.page.getByLabel("Name", { exact: true }).fill(feed.name);
  await admin.page.getByRole("button", { name: "Make the feed" }).click();
  await expect(admin.page.getByRole("heading", { name: "The feed is there" })).toBeVisible();
  feed.secret = (await admin.page.locator("dd code").textContent()) ?? "";
  feed.slug = feed.name.toLowerCase().replace(" ", "-");
  feed.url = `${new URL(admin.page.url()).origin}/api/feeds/${feed.slug}`;
  await admin.page.getByRole("link", { name: "Open the feed" }).click();
  await expect(admin.page.getByRole("heading", { level: 1, name: feed.name })).toBeVisible();
  await expect(admin.page.getByText(feed.secret)).toHaveCount(0);

  const other = fresh("1Z").toUpperCase();
  const { page } = await as("logistics");
  await page.goto(`/shipments?search=${other}`);
  await expect(page.getByText("No shipment carries this number")).toBeVisible();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.evaluate(() => document.body.setAttribute("data-kept", "yes"));
  expect(await sendTracker({ ...feed, secret: "wrong" }, [{ code: other, status: "in_transit", minutesAgo: 50 }])).toBe(
    401,
  );
  expect(await sendTracker(feed, [{ code: other, status: "in_transit", minutesAgo: 50 }])).toBe(202);
  const row = page.getByRole("grid", { name: "Shipments" }).getByRole("row").filter({ hasText: other });
  await expect(row).toContainText("In transit");
  await row.click();
  const panel = page.getByRole("complementary", { name: "Shipment" });
  await expect(panel.getByRole("heading", { level: 2 })).toBeVisible();
  await panel.getByRole("link", { name: "Open as a page" }).click();
  await expect(page.getByRole("heading", { level: 1, name: other })).toBeVisible();
  await expect(page.getByText("Provisional", { exact: true })).toBeVisible();
  await expect(page.getByText("Out for delivery")).toHaveCount(0);
  expect(await sendTracker(feed, [{ code: other, status: "out_for_delivery", minutesAgo: 2, city: "CHICAGO" }])).toBe(
    202,
  );
  await expect(page.getByText("Out for delivery").first()).toBeVisible();
  await expect(page.locator("body")).toHaveAttribute("data-kept", "yes");
});

test("an unknown code is mended from the spot: its meaning, what it changes, replay, and the cause closes", async ({
  as,
}) => {
  const { page } = await as("support");
  await page.goto("/exceptions");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  expect(await sendTracker(feed, [{ code: tracking, status: "in_transit", minutesAgo: 90 }])).toBe(202);
  expect(await sendTracker(feed, [{ code: tracking, status: word, minutesAgo: 5, message: "Put in a locker" }])).toBe(
    202,
  );
  const cause = page.getByRole("grid", { name: "Causes" }).getByRole("row").filter({ hasText: word });
  await expect(cause).toContainText("Unknown code");
  await cause.click();
  await page.getByRole("grid", { name: "Exceptions" }).getByRole("row").filter({ hasText: word }).click();
  const panel = page.getByRole("complementary", { name: "Exception" });
  await expect(panel.locator("mark")).toHaveText(word);
  await expect(panel.getByText("What Waypost understood")).toBeVisible();
  await expect(panel.getByText("Posted", { exact: true }).first()).toBeVisible();
  await expect(panel).toContainText(tracking);

  await panel.getByRole("button", { name: "Choose a meaning" }).click();
  await page.getByPlaceholder("Find a meaning").fill("available for pickup");
  await page.getByRole("option", { name: "Available for pickup" }).click();
  await expect(panel).toContainText(/Changes \d events? of 1 shipment/);
  await panel.getByRole("button", { name: "Activate and replay" }).click();
  await expect(panel.getByText("Resolved", { exact: true })).toBeVisible({ timeout: 30_000 });
  await page.goto("/exceptions");
  await expect(page.getByRole("grid", { name: "Causes" })).toBeVisible();
  await expect(cause).toHaveCount(0);
  await page.goto(`/shipments/${shipmentId}`);
  await expect(page.getByText("Available for pickup").first()).toBeVisible();
});

test("reading the same messages again, twice, doubles nothing here and nothing in Odoo", async () => {
  const events = async () => (await api<Found>("GET", `/shipments/${shipmentId}/events?limit=100`)).items.length;
  const before = { events: await events(), effects: sandbox.effects().byKind };
  for (const round of [1, 2]) {
    const { id } = await api<{ id: string }>("POST", "/replays", {
      scope: { feed: feed.slug, word },
      mapping: "current",
      dryRun: false,
    });
    const run = () => api<{ state: string; changed: number; failed: number; total: number }>("GET", `/runs/${id}`);
    await expect.poll(async () => (await run()).state, { timeout: 30_000 }).toBe("done");
    expect(await run(), `round ${round}`).toMatchObject({ total: 1, changed: 0, failed: 0 });
  }
  expect({ events: await events(), effects: sandbox.effects().byKind }).toEqual(before);
  expect(sandbox.effects().doubles).toEqual([]);
});

test("what Odoo refuses is shown in Odoo's own words, and is posted once after somebody looked and posted again", async ({
  as,
}) => {
  const sentence = fresh("The carrier of this transfer is archived, says ");
  const refused = { order: fresh("PO-").toUpperCase(), tracking: fresh("1Z").toUpperCase() };
  const before = told("tracking_number");
  await sandbox.setMode({ mode: "refuse", message: sentence });
  sandbox.order({ clientOrderRef: refused.order });
  await expect.poll(async () => (await find(refused.order)).items.length, { timeout: 30_000 }).toBe(1);
  expect(await sendDespatch(refused.order, refused.tracking, "packed")).toBe(202);

  const { page } = await as("support");
  await page.goto("/exceptions?kind=posting_rejected&view=list");
  const shipment = (await find(refused.order)).items[0]?.id;
  await page.goto(`/exceptions?kind=posting_rejected&view=list&shipment=${shipment}`);
  const row = page.getByRole("grid", { name: "Exceptions" }).getByRole("row").filter({ hasText: sentence });
  await expect(row).toBeVisible({ timeout: 30_000 });
  await row.click();
  const panel = page.getByRole("complementary", { name: "Exception" });
  await expect(panel).toContainText(sentence);
  expect(told("tracking_number")).toBe(before);

  await sandbox.setMode({ mode: "ok" });
  await panel.getByRole("button", { name: "Look in Odoo and repost: tracking number" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Odoo does not have it");
  await expect(dialog).toContainText(refused.tracking);
  await dialog.getByRole("button", { name: "Post again" }).click();
  await expect(page.getByText("Posting again has started")).toBeVisible();
  await expect.poll(() => told("tracking_number"), { timeout: 30_000 }).toBe(before + 1);
  await expect(panel.getByText("Resolved", { exact: true })).toBeVisible({ timeout: 30_000 });
  expect(sandbox.effects().doubles).toEqual([]);
});

test("a connection is paused with one click, and its lamp says so", async ({ as }) => {
  const { page } = await as("administrator");
  await openConnection(page);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByRole("button", { name: "Resume", exact: true })).toBeVisible();
});
