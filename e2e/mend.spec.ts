import { expect, type Page } from "@playwright/test";
import { SANDBOX_ADMIN_KEY } from "./odoo/seed";
import { api, demo, feedOf, fresh, sendTracker, test } from "./story";

// causes that are mended on their card: what it will do is shown first, then done, and Odoo ends right

type Found = { items: { id: string; name: string }[] };
type Odoo = Record<string, unknown> & { id: number };

const panelOf = (page: Page) => page.getByRole("complementary", { name: "Exception" });

async function inOdoo<T>(model: string, method: string, body: Record<string, unknown>): Promise<T> {
  const response = await fetch(`${demo().odoo.url}/json/2/${model}/${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${SANDBOX_ADMIN_KEY}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${model}.${method} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Confirms an order in the demo's Odoo and waits until it is a shipment. */
async function order(wish: Record<string, unknown> = {}) {
  const reference = fresh("PO-").toUpperCase();
  const response = await fetch(`${demo().odoo.url}/__sandbox/order`, {
    method: "POST",
    body: JSON.stringify({ clientOrderRef: reference, ...wish }),
  });
  const made = (await response.json()) as { pickings: { id: number; name: string }[] };
  const [picking] = made.pickings;
  let shipmentId = "";
  const known = async () => {
    const { items } = await api<Found>("GET", `/shipments?reference=${reference}`);
    shipmentId = items[0]?.id ?? "";
    return items.length;
  };
  await expect.poll(known, { timeout: 60_000 }).toBe(1);
  return { reference, shipmentId, picking: picking?.name ?? "", pickingId: picking?.id ?? 0 };
}

/** Sends a file of the warehouse with the columns named. */
async function drop(...rows: [Record<string, string>, ...Record<string, string>[]]): Promise<void> {
  const { url, secret } = feedOf("warehouse-demo");
  const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
  const body = `${lines.map((line) => line.join(",")).join("\n")}\n`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "text/csv", authorization: `Bearer ${secret}` },
    body,
  });
  expect(response.status).toBe(202);
}

const now = () => `${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z`;

async function card(page: Page, shipmentId: string, kind: string) {
  const standing = () => api<Found>("GET", `/exceptions?kind=${kind}&shipment=${shipmentId}`);
  await expect.poll(async () => (await standing()).items.length, { timeout: 60_000 }).toBe(1);
  const id = (await standing()).items[0]?.id;
  await page.goto(`/exceptions?view=list&shipment=${shipmentId}&kind=${kind}&id=${id}`);
  await expect(panelOf(page).getByRole("heading", { level: 2 })).toBeVisible();
  return panelOf(page);
}

test("of two tracking numbers the right one is chosen, goes to Odoo, and is taken back again", async ({ as }) => {
  const [typed, labelled] = [fresh("1Z").toUpperCase(), fresh("1Z").toUpperCase()];
  const { reference, shipmentId, pickingId } = await order();
  const held = async () => {
    const rows = await inOdoo<Odoo[]>("stock.picking", "search_read", {
      domain: [["id", "=", pickingId]],
      fields: ["carrier_tracking_ref"],
    });
    return rows[0]?.carrier_tracking_ref;
  };
  await inOdoo("stock.picking", "write", { ids: [pickingId], vals: { carrier_tracking_ref: typed } });
  const known = () => api<Found>("GET", `/shipments?reference=${typed}`);
  await expect.poll(async () => (await known()).items.length, { timeout: 60_000 }).toBe(1);
  expect(await sendTracker(feedOf("carrier-demo"), [{ code: typed, status: "pre_transit", minutesAgo: 9 }])).toBe(202);
  await drop({
    "Customer PO": reference,
    "Tracking number": labelled,
    Carrier: "UPS",
    Status: "packed",
    "Status time": now(),
  });

  const { page } = await as("support");
  const panel = await card(page, shipmentId, "tracking_mismatch");
  await panel.getByRole("checkbox", { name: `${labelled} is right` }).check();
  await expect(panel.getByText("Closes “Tracking numbers differ”.")).toBeVisible();
  await expect(panel.getByRole("table", { name: "What will count" })).toContainText(labelled);
  await expect(panel.getByText("To Odoo: tracking number")).toBeVisible();
  expect(await held()).toBe(typed);
  await panel.getByLabel("Why").fill("It stands on the parcel");
  await panel.getByRole("button", { name: "This one is right" }).click();
  await expect(panel.getByText("Resolved", { exact: true }).first()).toBeVisible();
  await expect.poll(held, { timeout: 60_000 }).toBe(labelled);

  await page.goto(`/shipments/${shipmentId}`);
  await expect(page.getByText("A person of ours").first()).toBeVisible();
});

test("order, label and delivery stand side by side; the corrected address closes the card and reaches a person in Odoo", async ({
  as,
}) => {
  const [country] = await inOdoo<Odoo[]>("res.country", "search_read", {
    domain: [["code", "=", "US"]],
    fields: ["code"],
  });
  const name = fresh("Harbor Goods ");
  const [partnerId] = await inOdoo<number[]>("res.partner", "create", {
    vals_list: [
      { name, street: "12 Harbor Way", city: "Boston", zip: "02110", country_id: country?.id, is_company: true },
    ],
  });
  const { reference, shipmentId, pickingId } = await order({ partnerId });
  await drop({
    "Customer PO": reference,
    Status: "packed",
    "Status time": now(),
    "Label street": "12 Harbor Way",
    "Label zip": "02111",
    "Label city": "Boston",
    "Label country": "US",
  });
  const { page } = await as("support");
  const panel = await card(page, shipmentId, "address_mismatch");
  const table = panel.getByRole("table", { name: "Addresses by what they were told for" });
  await expect(table.getByRole("row", { name: /^Postcode/ })).toContainText("02111");
  await panel.getByRole("button", { name: /^Use the address of the label/ }).click();
  await panel.getByLabel("Postcode").fill("2109");
  await expect(panel.getByRole("alert")).toHaveText("2109 is no postcode of US.");
  await panel.getByLabel("Postcode").fill("02109");
  await expect(panel.getByText("Closes “Address problem”.")).toBeVisible();
  await expect(panel.getByText("To Odoo: exception activity")).toBeVisible();
  await panel.getByLabel("Why").fill("Asked the customer");
  await panel.getByRole("button", { name: "This address is right" }).click();
  await expect(panel.getByText("Resolved", { exact: true }).first()).toBeVisible();
  const activities = () =>
    inOdoo<Odoo[]>("mail.activity", "search_read", {
      domain: [["res_id", "=", pickingId]],
      fields: ["summary", "note"],
    });
  await expect
    .poll(async () => (await activities()).map(({ note }) => String(note)).join(), { timeout: 60_000 })
    .toContain("02109 Boston");
});

test("a refused label shows the carrier's words and the field, is asked for again, waits, and is gone when it comes", async ({
  as,
}) => {
  const shipment = fresh("WMS-").toUpperCase();
  const tracking = fresh("1Z").toUpperCase();
  const tell = (status: string, message: string) =>
    drop({ Shipment: shipment, "Tracking number": tracking, Status: status, "Status time": now(), Message: message });
  await tell("label failed", "Recipient phone number is missing");
  const known = () => api<Found>("GET", `/shipments?reference=${tracking}`);
  await expect.poll(async () => (await known()).items.length, { timeout: 60_000 }).toBe(1);
  const { page } = await as("support");
  const panel = await card(page, (await known()).items[0]?.id ?? "", "label_failed");
  await expect(panel.getByText("Recipient phone number is missing").first()).toBeVisible();
  await expect(panel.getByText("To be mended: name, phone.")).toBeVisible();
  await panel.getByLabel("What was corrected").fill("The phone number stands in the order now");
  await panel.getByRole("button", { name: "Ask and wait for it" }).click();
  await expect(panel.getByText("Snoozed", { exact: true }).first()).toBeVisible();
  await expect(panel.getByText("It waits for the label until")).toBeVisible();
  await tell("labelled", "");
  await expect(panel.getByText("Resolved", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
});

test("a message with a wrong date is corrected in its field, shown, saved and read again", async ({ as }) => {
  const row = (at: string) => ({
    Shipment: fresh("WMS-").toUpperCase(),
    "Tracking number": fresh("1Z").toUpperCase(),
    Status: "picked",
    "Status time": at,
  });
  const wrong = `soon ${fresh("")}`;
  await drop(row(now()), row("2026-11-20T07:00:00Z"), row(wrong), row(now()));
  const { page } = await as("support");
  const standing = async () => {
    const { items } = await api<{ items: { id: string; evidence: unknown }[] }>(
      "GET",
      "/exceptions?kind=unreadable_message&limit=200",
    );
    return items.find((one) => JSON.stringify(one.evidence).includes(wrong))?.id ?? "";
  };
  await expect.poll(standing, { timeout: 60_000 }).not.toBe("");
  await page.goto(`/exceptions?view=list&kind=unreadable_message&id=${await standing()}`);
  const panel = panelOf(page);
  await panel.getByRole("button", { name: "Correct the message" }).click();
  await panel.getByLabel(/^Line 4/).fill("2026-11-20T08:00:00Z");
  await expect(panel.getByRole("table", { name: "Corrected lines" })).toContainText("2026-11-20T08:00:00Z");
  await panel.getByRole("button", { name: "Look at what it changes" }).click();
  await expect(panel.getByText("4 shipments with 4 events")).toBeVisible();
  await panel.getByLabel("Why").fill("The warehouse told the day by phone");
  await panel.getByRole("button", { name: "Save and read again" }).click();
  await expect(panel.getByText("Resolved", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
});

test("a person without the right to correct sees no remedy and is refused", async ({ as }) => {
  const { page, watched } = await as("finance");
  watched.allow(/403/);
  await page.goto("/exceptions");
  const refused = await page.request.get(
    `/api/trpc/shipments.sources?batch=1&input=${encodeURIComponent(
      JSON.stringify({ 0: { json: { shipmentId: "01a2236a-ee31-7269-a2ce-9dba584b9a70", what: "address" } } }),
    )}`,
  );
  expect(refused.status()).toBe(403);
});

test("facts that fit two orders are linked to the right one, after a look at what follows, and the card closes", async ({
  as,
}) => {
  const { reference, shipmentId, picking } = await order();
  await fetch(`${demo().odoo.url}/__sandbox/order`, {
    method: "POST",
    body: JSON.stringify({ clientOrderRef: reference }),
  });
  const known = () => api<Found>("GET", `/shipments?reference=${reference}`);
  await expect.poll(async () => (await known()).items.length, { timeout: 60_000 }).toBe(2);
  await drop({ "Customer PO": reference, Status: "packed", "Status time": now() });
  await expect.poll(async () => (await known()).items.length, { timeout: 60_000 }).toBe(3);
  const homeless = (await known()).items.find(({ name }) => name === reference)?.id ?? "";
  const { page } = await as("support");
  const panel = await card(page, homeless, "ambiguous_match");
  const row = panel.getByRole("listitem").filter({ hasText: picking });
  await expect(row).toContainText(`customer po ${reference} fits it`);
  await row.getByRole("button", { name: "Link" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("list", { name: "What follows from it" })).toContainText("packed then");
  await dialog.getByLabel("Why").fill("The second order was cancelled by phone");
  await dialog.getByRole("button", { name: "Link" }).click();
  await expect(panel.getByText("Resolved", { exact: true }).first()).toBeVisible();
  await page.goto(`/shipments/${shipmentId}`);
  await expect(page.getByText("Packed").first()).toBeVisible();
});
