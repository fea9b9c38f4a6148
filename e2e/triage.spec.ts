import { expect, type Page } from "@playwright/test";
import { api, feedOf, fresh, makeStanding, sendTracker, test } from "./story";

const panelOf = (page: Page) => page.getByRole("complementary", { name: "Exception" });
const gridOf = (page: Page) => page.getByRole("grid", { name: "Exceptions" });

test("an exception is acknowledged, taken, commented, put away, resolved with a reason, and opened again; colleagues see each step", async ({
  as,
}) => {
  const { groupId, rows } = await makeStanding(1);
  const address = `/exceptions?view=list&group=${groupId}&id=${rows[0]?.id}`;
  const [one, other] = [await as("support"), await as("logistics")];
  await one.page.goto(address);
  await other.page.goto(address);
  await expect(other.page.getByText("Live", { exact: true })).toBeVisible();
  const mine = panelOf(one.page);
  const theirs = panelOf(other.page);

  await mine.getByRole("button", { name: "Acknowledge" }).click();
  await expect(theirs.getByText("Acknowledged", { exact: true }).first()).toBeVisible();
  await mine.getByRole("button", { name: "Take it" }).click();
  await expect(theirs.getByText("Demo support").first()).toBeVisible();
  const comment = fresh("Asked the carrier about it ");
  await mine.getByRole("combobox", { name: "Comment" }).fill(comment);
  await mine.getByRole("button", { name: "Comment" }).click();
  await expect(theirs.getByText(comment)).toBeVisible();
  await mine.getByRole("button", { name: "Snooze" }).click();
  await one.page.getByRole("dialog").getByRole("button", { name: "1" }).first().click();
  await expect(theirs.getByText("Snoozed", { exact: true }).first()).toBeVisible();

  await theirs.getByRole("button", { name: "Resolve" }).click();
  const dialog = other.page.getByRole("dialog", { name: "Resolve this exception" });
  await expect(dialog.getByRole("button", { name: "Resolve" })).toBeDisabled();
  const reason = fresh("The carrier delivers it tomorrow ");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: "Resolve" }).click();
  await expect(mine.getByText("Resolved", { exact: true }).first()).toBeVisible();
  await expect(mine.getByText(reason).first()).toBeVisible();
  await mine.getByRole("button", { name: "Open again" }).click();
  await expect(theirs.getByText("Open", { exact: true }).first()).toBeVisible();
});

test("several are chosen and given to a colleague at once; the counts of the filters say the same as the list", async ({
  as,
}) => {
  const { groupId } = await makeStanding(3);
  const { page } = await as("support");
  await page.goto(`/exceptions?view=list&group=${groupId}`);
  await gridOf(page).getByRole("checkbox", { name: "Choose all loaded rows" }).check();
  await expect(page.getByText("3 chosen")).toBeVisible();
  await page.getByRole("button", { name: "Assign" }).click();
  await page
    .getByRole("dialog", { name: "Who takes these 3?" })
    .getByRole("option", { name: "Demo logistics" })
    .click();
  await expect(page.getByText("Given to Demo logistics: 3 exceptions")).toBeVisible();
  await expect(gridOf(page).getByRole("row").filter({ hasText: "Demo logistics" })).toHaveCount(3);

  await gridOf(page).getByRole("row").nth(1).click();
  await panelOf(page).getByRole("button", { name: "Acknowledge" }).click();
  await expect(panelOf(page).getByText("Acknowledged", { exact: true }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "State" }).click();
  const choice = page.getByRole("menuitemcheckbox", { name: "Acknowledged" });
  await expect(choice).toContainText("1");
  await choice.click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/state=acknowledged/);
  await expect(gridOf(page).locator("tbody tr[aria-rowindex]")).toHaveCount(1);
  await expect(page.getByText("1 exception", { exact: true })).toBeVisible();
});

test("ten are triaged without a mouse: acknowledged, taken, put away, resolved, several in one go, in the list and on the board", async ({
  as,
}) => {
  const { groupId, word } = await makeStanding(10);
  const { page } = await as("support");
  await page.goto(`/exceptions?view=list&group=${groupId}`);
  const rows = gridOf(page).locator("tbody tr[aria-rowindex]");
  await expect(rows).toHaveCount(10);
  const press = (...keys: string[]) =>
    keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());

  await press("j", "a");
  await expect(rows.nth(0)).toContainText("Acknowledged");
  await press("j", "m");
  await expect(rows.nth(1)).toContainText("Demo support");
  await press("j", "s");
  await expect(page.getByRole("dialog", { name: "Snooze until" })).toBeVisible();
  await press("1");
  await expect(rows.nth(2)).toContainText("Snoozed");
  await press("j", "r");
  const resolve = page.getByRole("dialog", { name: "Resolve this exception" });
  await expect(resolve).toBeVisible();
  await page.keyboard.type("The carrier calls the locker so");
  await press("Control+Enter");
  if (await resolve.isVisible()) await press("Tab", "Tab", "Enter");
  await expect(rows.nth(3)).toContainText("Resolved");
  await press("j", "x", "j", "x", "j", "x");
  await expect(page.getByText("3 chosen")).toBeVisible();
  await press("a");
  await expect(page.getByText("Acknowledged: 3 exceptions.")).toBeVisible();

  await press("g");
  await expect(page).toHaveURL(/view=board/);
  await page.goto(`/exceptions?view=board&group=${groupId}`);
  const column = (name: string) => page.getByRole("region", { name: new RegExp(`${name}$`) });
  await expect(column("acknowledged").getByRole("listitem")).toHaveCount(4);
  await expect(column("open").getByRole("listitem")).toHaveCount(4);
  await press("j");
  await expect(
    column("open")
      .getByRole("button", { name: new RegExp(word) })
      .first(),
  ).toBeFocused();
  await press("a");
  await expect(column("acknowledged").getByRole("listitem")).toHaveCount(5);
  // the keys go on with the card that took its place
  await press("a");
  await expect(column("acknowledged").getByRole("listitem")).toHaveCount(6);
  await press("l", "Enter");
  await expect(panelOf(page).getByText("Acknowledged", { exact: true }).first()).toBeVisible();
});

test("what came since is announced, and no row moves until somebody asks", async ({ as }) => {
  const { groupId, word } = await makeStanding(2);
  const { page } = await as("support");
  await page.goto(`/exceptions?view=list&group=${groupId}`);
  const rows = gridOf(page).locator("tbody tr[aria-rowindex]");
  await expect(rows).toHaveCount(2);
  // how long ago goes on while the rows stay
  const texts = async () => (await rows.allInnerTexts()).map((text) => text.replace(/just now|\d+ \w+ ago/, "then"));
  const before = await texts();
  for (let at = 0; at < 3; at++)
    expect(
      await sendTracker(feedOf("carrier-demo"), [{ code: fresh("1Z").toUpperCase(), status: word, minutesAgo: 5 }]),
    ).toBe(202);
  const news = page.getByRole("button", { name: "3 new" });
  await expect(news).toBeVisible({ timeout: 60_000 });
  expect(await texts()).toEqual(before);
  await news.click();
  await expect(rows).toHaveCount(5);
});

test("what came before the line to the server stood is announced as soon as it stands, and no row moves", async ({
  as,
}) => {
  const { groupId, word } = await makeStanding(2);
  const { page } = await as("support");
  let letThrough = () => {};
  const held = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  await page.route("**/api/live", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`/exceptions?view=list&group=${groupId}`);
  const rows = gridOf(page).locator("tbody tr[aria-rowindex]");
  await expect(rows).toHaveCount(2);
  const before = await rows.count();
  await makeMore(word, groupId);
  const news = page.getByRole("button", { name: "1 new" });
  await expect(news).toBeHidden();
  letThrough();
  await expect(news).toBeVisible({ timeout: 8_000 });
  expect(await rows.count()).toBe(before);
});

/** One more of a standing cause, waited for on the server. */
async function makeMore(word: string, groupId: string): Promise<void> {
  const code = fresh("1Z").toUpperCase();
  expect(await sendTracker(feedOf("carrier-demo"), [{ code, status: word, minutesAgo: 5 }])).toBe(202);
  const listed = async () => {
    const { items } = await api<{ items: unknown[] }>("GET", `/exceptions?group=${groupId}&state=open&limit=10`);
    return items.length;
  };
  await expect.poll(listed).toBe(3);
}
