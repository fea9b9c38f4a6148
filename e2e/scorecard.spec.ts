import { expect } from "@playwright/test";
import { api, test } from "./story";

type Scores = { items: { group: string; shipments: number; figures: { kpi: string; denominator: number }[] }[] };

test("an executive opens a carrier from its scorecard, sees what a figure is made of, and takes it as a file; a partner sees none", async ({
  as,
}) => {
  test.setTimeout(240_000);
  // what the demo sent is counted once it stands still: at the first start of a demo after two minutes or so
  const counted = async () => (await api<Scores>("GET", "/carriers/kpis?carrier=ups")).items[0]?.shipments ?? 0;
  await expect.poll(counted, { timeout: 200_000, intervals: [1_000] }).toBeGreaterThan(0);
  const { page } = await as("executive");
  await page.goto("/carriers?carrier=ups");
  const row = page
    .getByRole("grid", { name: "Carriers" })
    .getByRole("row")
    .filter({ hasText: /^.?ups/i });
  await expect(row).toHaveCount(1);
  await page.getByRole("button", { name: "4 weeks" }).click();
  await expect(page).toHaveURL(/range=4w/);
  await page.getByRole("button", { name: "Definitions" }).click();
  const definitions = page.getByRole("complementary", { name: "Definitions" });
  await expect(definitions).toContainText("promised deliveries, also those that are overdue and not delivered");
  await page.keyboard.press("Escape");
  await expect(definitions).toHaveCount(0);

  await row.click();
  const panel = page.getByRole("complementary", { name: "Carrier" });
  await expect(page).toHaveURL(/id=ups/);
  await panel.getByRole("button", { name: "Data latency" }).click();
  await expect(panel.getByRole("heading", { name: /^Data latency/ })).toBeVisible();
  await expect(page).toHaveURL(/kpi=data_latency/);
  await page.keyboard.press("t");
  await expect(panel.getByRole("table", { name: "Data latency by week" })).toBeVisible();
  await expect(page).toHaveURL(/kpi=data_latency.*table=true|table=true.*kpi=data_latency/);
  await page.reload();
  await expect(panel.getByRole("table", { name: "Data latency by week" })).toBeVisible();
  await expect(panel.getByRole("link", { name: "Overdue now" })).toHaveAttribute("href", /carrier=ups&late=true/i);
  // bills are nothing that an executive may open
  await expect(panel.getByRole("link", { name: "Bills" })).toHaveCount(0);

  const href = await page.getByRole("link", { name: "Export all rows of this filter as CSV" }).getAttribute("href");
  const file = await page.request.get(href ?? "");
  expect(file.headers()["content-type"]).toContain("text/csv");
  expect(await file.text()).toMatch(/carrier,ups,data_latency,/i);

  const partner = await as("partner");
  await partner.page.goto("/carriers");
  await expect(partner.page.getByRole("heading", { name: "You cannot see figures of carriers" })).toBeVisible();
  expect((await partner.page.request.get(href ?? "")).status()).toBe(403);
});
