import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { api, makeStanding, test } from "./story";

type Listed = { items: { id: string }[] };

/** Every screen with what opens beside it, by an address that a colleague could have sent. */
async function addresses(): Promise<[name: string, address: string][]> {
  const first = async (call: string) => (await api<Listed>("GET", call)).items[0]?.id ?? "";
  const { groupId, rows } = await makeStanding(2);
  const [posting, run] = [await first("/postings?limit=1"), await startRun(groupId)];
  const shipment = rows[0]?.shipmentId;
  const { items } = await api<{ items: { receipt: string }[] }>("GET", `/shipments/${shipment}/events?limit=1`);
  return [
    ["tower", "/"],
    ["causes", "/exceptions"],
    ["exceptions", `/exceptions?view=list&group=${groupId}`],
    ["board", `/exceptions?view=board&group=${groupId}`],
    ["card of the board", `/exceptions?view=board&group=${groupId}&id=${rows[0]?.id}`],
    ["exception", `/exceptions?view=list&group=${groupId}&id=${rows[0]?.id}`],
    ["shipments", "/shipments"],
    ["shipments, none found", "/shipments?search=no-such-number"],
    ["shipment beside the list", `/shipments?id=${shipment}`],
    ["shipment", `/shipments/${shipment}`],
    ["postings", "/postings?tab=posted"],
    ["posting", `/postings?tab=posted&id=${posting}`],
    ["reconciliation", "/reconciliation"],
    ["readiness list", "/reconciliation?ready=delivered_not_invoiced"],
    ["freight", "/freight?tab=all"],
    ["freight settlement", "/freight/settlement"],
    ["service levels", "/service-levels"],
    ["carriers", "/carriers"],
    ["carrier beside the list", "/carriers?id=ups&kpi=transit_time"],
    ["lanes, with the definitions", "/carriers?by=lane&definitions=true"],
    ["feeds", "/feeds"],
    ["feed", "/feeds/carrier-demo"],
    ["messages of a feed", "/feeds/carrier-demo?tab=messages"],
    ["mapping of a feed", "/feeds/carrier-demo?tab=mapping"],
    ["settings of a feed", "/feeds/warehouse-demo?tab=settings"],
    ["new feed", "/feeds/new"],
    ["message", `/messages/${items[0]?.receipt}`],
    ["runs", "/runs"],
    ["run", `/runs/${run}`],
    ["odoo", "/settings/odoo"],
    ["people", "/settings/people"],
    ["phases", "/settings/phases"],
    ["thresholds", "/settings/thresholds"],
    ["ownership of fields", "/settings/ownership"],
    ["routing", "/settings/routing"],
    ["notifications", "/settings/notices"],
    ["notifications, the log", "/settings/notices?tab=log"],
    ["workers", "/settings/workers"],
    ["batch workflows", "/runs/schedules"],
    ["dictionary", "/dictionary"],
    ["dictionary, a word", "/dictionary?chapter=stages&q=transit"],
    ["event catalogue, one event", "/dictionary?event=delivered"],
    ["automation", "/settings/automation"],
    ["new rule", "/settings/automation?rule=new"],
    ["learnt rules", "/settings/automation?tab=learnt"],
    ["keys", "/settings/api-keys"],
    ["audit log", "/settings/audit"],
    ["account", "/settings/account"],
  ];
}

async function startRun(group: string): Promise<string> {
  const body = { scope: { group }, mapping: "current", dryRun: true };
  return (await api<{ id: string }>("POST", "/replays", body)).id;
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator(".skeleton")).toHaveCount(0);
  // what still fades in has the colours of neither state
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
}

/** What axe calls serious or critical, one line each; `rules` takes only these. No page has frames, so one page is enough. */
async function violations(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations: found } = await (rules ? axe.withRules(rules) : axe).analyze();
  return found
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** Each width and each theme once; WAYPOST_E2E_LOOKS=all takes them in every pair. */
const LOOKS = [
  { width: 1440, height: 900, colorScheme: "light" },
  { width: 390, height: 844, colorScheme: "dark" },
  ...(process.env.WAYPOST_E2E_LOOKS === "all"
    ? ([
        { width: 1440, height: 900, colorScheme: "dark" },
        { width: 390, height: 844, colorScheme: "light" },
      ] as const)
    : []),
] as const;

let known: Promise<[string, string][]> | undefined;

for (const { width, height, colorScheme } of LOOKS) {
  test(`every screen, ${width} px wide, ${colorScheme}: nothing fails, nothing scrolls sideways, everybody can use it`, async ({
    as,
  }) => {
    test.setTimeout(360_000);
    known ??= addresses();
    const { page } = await as("administrator", { viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
    for (const [name, address] of await known) {
      await test.step(name, async () => {
        await page.goto(address);
        await settled(page);
        expect.soft(await sideways(page), `${name} scrolls sideways`).toBeLessThanOrEqual(0);
        expect.soft(await violations(page), name).toEqual([]);
      });
    }
  });
}

test("every dialog, menu and sheet can be used by everybody, in both themes", async ({ as }) => {
  test.setTimeout(360_000);
  for (const colorScheme of ["light", "dark"] as const) {
    const { page } = await as("administrator", {
      viewport: { width: 1280, height: 860 },
      colorScheme,
      reducedMotion: "reduce",
    });
    const look = async (name: string) => {
      // the other theme changes colours alone
      const rules = colorScheme === "dark" ? ["color-contrast"] : undefined;
      expect.soft(await violations(page, rules), `${name}, ${colorScheme}`).toEqual([]);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    };
    const press = (name: string) => page.getByRole("button", { name }).first().click();
    const open = async (address: string) => {
      await page.goto(address);
      await settled(page);
    };
    const { groupId, rows } = await makeStanding(1);
    await open(`/exceptions?view=list&group=${groupId}&id=${rows[0]?.id}`);
    for (const [button, title] of [
      ["Assign", "Who takes it?"],
      ["Snooze", "Snooze until"],
      ["Resolve", "Resolve this exception"],
      ["Keys", "Keys"],
    ] as const) {
      await page.getByRole("button", { name: button, exact: true }).click();
      await expect(page.getByRole("dialog", { name: title })).toBeVisible();
      await look(title);
    }
    await press("Choose a meaning");
    await expect(page.getByPlaceholder("Find a meaning")).toBeVisible();
    await look("meanings");
    await press("Severity");
    await expect(page.getByRole("menu")).toBeVisible();
    await look("a filter");
    await press("Columns and row height");
    await expect(page.getByRole("menu")).toBeVisible();
    await look("columns");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("feeds");
    await expect(page.getByRole("option", { name: "Feeds" }).first()).toBeVisible();
    await look("palette");
    await press("theme and sign out");
    await expect(page.getByRole("menu")).toBeVisible();
    await look("person");
    await open("/settings/people");
    await press("Invite a person");
    await look("invite");
    await open("/settings/api-keys");
    await press("New key");
    await look("new key");
    await open("/settings/odoo");
    await press("Connect an Odoo");
    await look("connect");
    await open("/postings");
    await press("Post again what failed");
    await expect(page.getByRole("dialog", { name: "Post again what failed" })).toBeVisible();
    await look("postings that failed");
    await open(`/shipments/${rows[0]?.shipmentId}`);
    await press("Link to another");
    await look("link");
    await open(`/shipments/${rows[0]?.shipmentId}`);
    await press("Try a replay");
    await expect(page.getByRole("dialog").getByText("stored message")).toBeVisible();
    await look("replay");
  }
});

test("the exceptions list is worked by keys alone", async ({ as }) => {
  const { groupId } = await makeStanding(3);
  const { page } = await as("support");
  await page.goto(`/exceptions?view=list&group=${groupId}`);
  await settled(page);
  const rows = page.getByRole("grid", { name: "Exceptions" }).locator("tbody tr[aria-rowindex]");
  await expect(rows).toHaveCount(3);
  const panel = page.getByRole("complementary", { name: "Exception" });

  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  await expect(sheet).toContainText("Acknowledge");
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);

  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(rows.nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("k");
  await expect(rows.nth(0)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(panel).toBeVisible();
  const opened = page.url();
  await page.keyboard.press("ArrowDown");
  await expect(page).not.toHaveURL(opened);
  await expect(rows.nth(1)).toHaveAttribute("aria-selected", "true");

  await page.keyboard.press("a");
  await expect(panel.getByText("Acknowledged", { exact: true }).first()).toBeVisible();
  await page.keyboard.press("m");
  await expect(panel.getByText("Demo support").first()).toBeVisible();
  await page.keyboard.press("s");
  await expect(page.getByRole("dialog", { name: "Snooze until" })).toBeVisible();
  await page.keyboard.press("1");
  await expect(panel.getByText("Snoozed", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
});

test("an address with filters opens the same view for a colleague", async ({ as }) => {
  const { page } = await as("logistics");
  await page.goto("/exceptions?view=list&state=resolved,snoozed&severity=medium&kind=unmapped_code");
  await expect(page.getByRole("button", { name: "State: Snoozed, Resolved" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Severity: Medium" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Kind: Unknown code" })).toBeVisible();
  // on a slow machine, where the step back comes before the change it undoes is drawn
  const browser = await page.context().newCDPSession(page);
  await browser.send("Emulation.setCPUThrottlingRate", { rate: 8 });
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page).toHaveURL(/\/exceptions\?view=list$/);
  await expect(page.getByRole("button", { name: "Severity", exact: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("button", { name: "Severity: Medium" })).toBeVisible();
  await browser.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await page.goto("/shipments?search=nothing-has-it");
  await expect(page.getByRole("searchbox")).toHaveValue("nothing-has-it");
  await page.goto("/postings?tab=posted&kind=tracking_number");
  await expect(page.getByRole("button", { name: "What: Tracking number" })).toBeVisible();
});

test("an address that makes no sense opens its screen all the same", async ({ as }) => {
  test.setTimeout(180_000);
  const { page, watched } = await as("administrator");
  // what is asked for is refused, and the screen says so
  watched.allow(/40[04]/, /Failed to load resource/);
  const nonsense = "search=%25&carrier=,&warehouse=,&id=x&state=what&day=2026-13-45&hour=9e99&since=never&tab=none";
  for (const address of [
    "/exceptions?view=list&owner=x&feed=-1&group=x&shipment=x&kind=none",
    `/shipments?${nonsense}&stage=none`,
    `/postings?${nonsense}&connection=99999999999&kind=none`,
    `/reconciliation?${nonsense}&pair=none&aspect=none`,
    `/reconciliation?ready=shipped_not_validated&product=,&${nonsense}`,
    "/reconciliation?ready=invoiced_not_delivered&warehouse=-",
    `/freight?${nonsense}&shipment=x&verdict=none&vendor=,`,
    "/service-levels?hour=99999999999999&feed=x&range=1y&workflow=none",
    `/carriers?by=none&range=none&sort=-none&compare=,&kpi=none&${nonsense}`,
    `/runs?${nonsense}`,
    "/settings/audit?action=,&actor=x&since=2026-13-45&until=x",
    "/settings/thresholds?tab=none",
    "/settings/automation?rule=none&tab=none",
    "/dictionary?q=%25",
  ]) {
    await test.step(address, async () => {
      await page.goto(address);
      await settled(page);
      await expect.soft(page.getByText("This screen could not be drawn")).toHaveCount(0);
    });
  }
});

test("a screen whose drawing fails says so, and opens again without its filters", async ({ as }) => {
  const { page, watched } = await as("administrator");
  watched.allow(/thrown|console/);
  // what no server sends
  await page.route("**/api/trpc/**freight.list**", async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    await route.fulfill({
      response: answer,
      body: text.replaceAll(/"objections":/g, '"objections_":').replaceAll(/"receivedAt":/g, '"receivedAt_":'),
    });
  });
  await page.goto("/freight?tab=all&search=");
  await expect(page.getByRole("heading", { name: "This screen could not be drawn" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.unroute("**/api/trpc/**freight.list**");
  await page.getByRole("link", { name: "Open it without filters" }).click();
  await expect(page).toHaveURL(/\/freight$/);
  await expect(page.getByRole("heading", { level: 1, name: "Freight" })).toBeVisible();
});

test("what failed in a window of time is asked for with the keyboard, by a link, and only by who may post again", async ({
  as,
}) => {
  const window = "since=2020-01-01T00:00:00.000Z&until=2020-01-02T00:00:00.000Z";
  const { page } = await as("support");
  await page.goto(`/postings?recover=true&${window}`);
  const dialog = page.getByRole("dialog", { name: "Post again what failed" });
  await expect(dialog.getByLabel("Failed since")).toHaveValue("2020-01-01T00:00");
  await expect(dialog.getByText("Nothing failed in this window")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Start the dry run" })).toBeDisabled();
  await dialog.getByLabel("Until").fill("2019-12-31T00:00");
  await expect(dialog.getByText("The window has to end after it begins.")).toBeVisible();
  await expect(page).toHaveURL(/until=2019-12-31/);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/postings$/);
  await page.getByRole("button", { name: "Post again what failed" }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog.getByLabel("Failed since")).toBeFocused();
  await expect(page).toHaveURL(/recover=true&since=/);

  const { page: other } = await as("finance");
  await other.goto(`/postings?recover=true&${window}`);
  await expect(other.getByRole("heading", { name: "Postings" })).toBeVisible();
  await expect(other.getByRole("grid", { name: "Postings" })).toBeVisible();
  await expect(other.getByRole("dialog")).toHaveCount(0);
  await expect(other.getByRole("button", { name: "Post again what failed" })).toHaveCount(0);
});
