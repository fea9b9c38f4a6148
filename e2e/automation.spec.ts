import { expect, type Page } from "@playwright/test";
import { api, fresh, makeStanding, test } from "./story";

const openIn = async (group: string) =>
  (await api<{ items: unknown[] }>("GET", `/exceptions?group=${group}&state=open&limit=50`)).items.length;

async function writeRule(page: Page, name: string, word: string): Promise<void> {
  await page.goto("/settings/automation?rule=new");
  const panel = page.getByRole("complementary", { name: "Rule" });
  await panel.getByLabel("Name").fill(name);
  await panel.getByRole("button", { name: "Kind" }).click();
  await page.getByPlaceholder("Find").fill("Unknown code");
  await page.getByRole("option", { name: "Unknown code" }).click();
  await page.keyboard.press("Escape");
  await panel.getByLabel("Says").fill(word);
}

test("a rule is written in plain words, shows what it would have done, is switched on, acts, and is taken back", async ({
  as,
}) => {
  const { word, groupId } = await makeStanding(3);
  const name = fresh("Lockers ");
  const { page } = await as("logistics");
  await writeRule(page, name, word);
  const panel = page.getByRole("complementary", { name: "Rule" });
  await expect(panel).toContainText(`When “Unknown code” stands, says “${word}”: acknowledge it.`);
  await panel.getByRole("button", { name: "Dry run over 30 days" }).click();
  await expect(panel.getByRole("status")).toContainText("it would have acted on 3 of the");
  await expect(panel.getByRole("list", { name: "By cause" })).toContainText(word);
  await panel.getByRole("button", { name: "Save switched off" }).click();
  await expect(page.getByText("Saved, switched off.")).toBeVisible();
  expect(await openIn(groupId)).toBe(3);

  await page.getByRole("switch", { name: `Rule “${name}” is on` }).click();
  const dialog = page.getByRole("dialog", { name: `Switch “${name}” on` });
  await dialog.getByRole("button", { name: "Switch on, it acts on 3 that stand" }).click();
  await expect(page.getByText(`“${name}” is on.`)).toBeVisible();
  await expect.poll(() => openIn(groupId), { timeout: 60_000 }).toBe(0);
  await page.reload();
  const did = page.getByRole("complementary", { name: "Rule" }).getByRole("list", { name: "What it did" });
  await expect(did.getByRole("listitem")).toHaveCount(3, { timeout: 30_000 });
  await did.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByText("Put back: 1.")).toBeVisible();
  await expect.poll(() => openIn(groupId)).toBe(1);
  await page.getByRole("button", { name: "Take all back" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Take \d+ back$/ })
    .click();
  await expect.poll(() => openIn(groupId), { timeout: 30_000 }).toBe(3);

  await page.getByRole("switch", { name: `Rule “${name}” is on` }).click();
  await expect(page.getByRole("switch", { name: `Rule “${name}” is on` })).not.toBeChecked();
  await page.getByRole("complementary", { name: "Rule" }).getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("Deleted. What it did stays done.")).toBeVisible();
});

test("a rule that matches everything cannot be switched on, and who may not make rules sees no button", async ({
  as,
}) => {
  const { page } = await as("logistics");
  await page.goto("/settings/automation?rule=new");
  const panel = page.getByRole("complementary", { name: "Rule" });
  await panel.getByLabel("Name").fill(fresh("All "));
  await expect(panel).toContainText("a rule that matches everything is refused");
  await expect(panel.getByRole("button", { name: "Dry run over 30 days" })).toBeDisabled();
  const support = await as("support");
  await support.page.goto("/settings/automation");
  await expect(support.page.getByRole("heading", { level: 1, name: "Automation" })).toBeVisible();
  await expect(support.page.getByRole("button", { name: "New rule" })).toHaveCount(0);
  support.watched.allow(/403/);
  const status = await support.page.evaluate(
    async () =>
      (
        await fetch("/api/trpc/automation.order", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ json: { ids: ["00000000-0000-4000-8000-000000000000"] } }),
        })
      ).status,
  );
  expect(status).toBe(403);
});
