import fs from "node:fs/promises";
import { expect } from "@playwright/test";
import { api, feedOf, fresh, sendTracker, test } from "./story";

type Types = { items: { kind: string; schema: { title: string } }[] };

test("somebody of support finds an event by what reads it, walks to the step it depends on, sees a real one, and takes the catalogue along", async ({
  as,
}) => {
  const tracking = fresh("1ZDICT").toUpperCase();
  expect(await sendTracker(feedOf("carrier-demo"), [{ code: tracking, status: "delivered", minutesAgo: 5 }])).toBe(202);
  const told = async () => (await api<{ sample: unknown }>("GET", "/event-types/delivered")).sample !== null;
  await expect.poll(told, { timeout: 90_000, intervals: [2_000] }).toBe(true);
  const { page } = await as("support");
  await page.goto("/dictionary");
  await page.getByLabel("Find an event").fill("late delivery");
  await expect(page.getByText("No event is like “late delivery”")).toBeVisible();
  await page.getByLabel("Find an event").fill("delivery late");
  await page.getByRole("button", { name: "delivered", exact: true }).click();
  await expect(page).toHaveURL(/event=delivered/);
  const panel = page.getByRole("complementary", { name: "The event delivered" });
  await expect(panel.getByLabel("A real event")).toContainText('"kind": "delivered"', { timeout: 30_000 });
  await expect(panel.getByLabel("JSON Schema")).toContainText('"const": "delivered"');
  await page.getByLabel("Find an event").fill("");
  await panel.getByRole("button", { name: "out for delivery" }).click();
  await expect(page).toHaveURL(/event=out_for_delivery/);
  await page.reload();
  await expect(page.getByRole("complementary", { name: "The event out for delivery" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("complementary", { name: /^The event/ })).toHaveCount(0);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download as JSON" }).click(),
  ]);
  const taken = JSON.parse(await fs.readFile(await download.path(), "utf8")) as Types;
  const listed = await api<Types>("GET", "/event-types");
  expect(taken.items.map(({ kind }) => kind)).toEqual(listed.items.map(({ kind }) => kind));
  expect(taken.items.every(({ kind, schema }) => schema.title === kind)).toBe(true);
});
