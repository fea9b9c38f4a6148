import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "@playwright/test";
import { api, feedOf, fresh, sendTracker, test } from "./story";

const tracking = fresh("1Z").toUpperCase();
const KEY = "a-key-of-the-source";
let source: http.Server;
/** What the carrier's aggregator knows. */
let trackers: unknown[] = [];

test.beforeAll(async () => {
  source = http.createServer((request, response) => {
    const allowed = request.headers["x-api-key"] === KEY;
    response.writeHead(allowed ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(allowed ? { trackers, has_more: false } : { error: "who are you" }));
  });
  await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve));
});
test.afterAll(() => {
  source.close();
});

test("a webhook that was lost is fetched from its source, and its event says so", async ({ as }) => {
  const feed = feedOf("carrier-demo");
  expect(await sendTracker(feed, [{ code: tracking, status: "in_transit", minutesAgo: 300 }])).toBe(202);
  const at = (minutes: number) => `${new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19)}Z`;
  trackers = [
    {
      ...{ id: fresh("trk_"), object: "Tracker", tracking_code: tracking, carrier: "UPS", status: "delivered" },
      updated_at: at(60),
      tracking_details: [
        { object: "TrackingDetail", message: "Handed over", status: "delivered", datetime: at(60), source: "UPS" },
      ],
    },
  ];
  const { page } = await as("administrator");
  await page.goto("/feeds/carrier-demo");
  await page.getByRole("button", { name: "Ask its source" }).click();
  const dialog = page.getByRole("dialog", { name: /^What .* missed$/ });
  await dialog.getByLabel("Address").fill(`http://127.0.0.1:${(source.address() as AddressInfo).port}/v2/trackers`);
  await dialog.getByLabel("Header of the key").fill("X-Api-Key");
  await dialog.getByLabel("Key", { exact: true }).fill("a-wrong-key");
  await dialog.getByRole("button", { name: "Save and ask" }).click();
  await expect(page.getByText("It refuses the key (401).")).toBeVisible();

  await page.getByRole("button", { name: "Change" }).click();
  await dialog.getByLabel("Key", { exact: true }).fill(KEY);
  await dialog.getByRole("button", { name: "Save and ask" }).click();
  await expect(page.getByText("answered", { exact: true })).toBeVisible();
  const recovered = page.getByRole("link", { name: "1 event recovered" });
  await expect(recovered).toBeVisible({ timeout: 60_000 });
  await recovered.click();
  await expect(page.getByText(/^recovered trk_/)).toBeVisible();

  type Found = { items: { id: string; summary: string }[] };
  const [shipment] = (await api<Found>("GET", `/shipments?reference=${tracking}`)).items;
  expect(shipment?.summary).toBe("delivered");
  await page.goto(`/shipments/${shipment?.id}?view=list`);
  await expect(page.getByText(/recovered by reconciliation/).first()).toBeVisible();

  await page.goto("/feeds/carrier-demo");
  await page.getByRole("button", { name: "Ask no more" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Ask no more" }).click();
  await expect(page.getByRole("button", { name: "Ask its source" })).toBeVisible();
});
