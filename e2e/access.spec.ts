import { expect, type Page } from "@playwright/test";
import { demo, fresh, type Role, signIn, test } from "./story";

const WORK = [
  "Tower",
  "Exceptions",
  "Shipments",
  "Lookup",
  "Postings",
  "Freight",
  "Reconciliation",
  "Service levels",
  "Carriers",
  "Feeds",
  "Runs",
];

/** What each role finds in the rail, which page it has no right to, and which call of that page it may not make. */
const ROLES: readonly { role: Role; menu: readonly string[]; closed?: { page: string; says: string; call: string } }[] =
  [
    {
      role: "administrator",
      menu: [
        ...WORK,
        "Odoo",
        "People",
        "Phases",
        "Thresholds",
        "Ownership",
        "Routing",
        "Automation",
        "Notifications",
        "Workers",
        "Dictionary",
        "API keys",
        "Audit log",
      ],
    },
    {
      role: "logistics",
      menu: [...WORK, "Odoo", "Automation", "Dictionary"],
      closed: { page: "/settings/people", says: "You cannot see people", call: "people.list" },
    },
    {
      role: "support",
      menu: [...WORK, "Odoo", "Dictionary"],
      closed: { page: "/settings/api-keys", says: "You cannot see API keys", call: "apiKeys.list" },
    },
    {
      role: "finance",
      menu: [...WORK, "Odoo", "Dictionary"],
      closed: { page: "/settings/audit", says: "You cannot see the audit log", call: "people.list" },
    },
    {
      role: "executive",
      menu: ["Tower", "Exceptions", "Shipments", "Lookup", "Service levels", "Carriers", "Dictionary"],
      closed: { page: "/postings", says: "You cannot see postings", call: "odoo.list" },
    },
    {
      role: "partner",
      menu: ["Shipments", "Lookup", "Dictionary"],
      closed: { page: "/exceptions", says: "You cannot see exceptions", call: "tower.pulse" },
    },
  ];

const PASSWORD = "four words for a story";

async function menuOf(page: Page): Promise<string[]> {
  const links = page.getByRole("navigation", { name: "Screens" }).getByRole("listitem").getByRole("link");
  const words = await links.allInnerTexts();
  return words.map((text) => text.split("\n")[0] ?? "");
}

for (const { role, menu, closed } of ROLES) {
  test(`${role}: the rail holds what the role may see, and the rest is refused by page and by server`, async ({
    as,
  }) => {
    const { page, watched } = await as(role);
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(role === "partner" ? "Shipments" : "Tower");
    expect(await menuOf(page)).toEqual(menu);
    if (!closed) return;
    await page.goto(closed.page);
    await expect(page.getByRole("heading", { level: 1, name: closed.says })).toBeVisible();
    await expect(page.getByText("An administrator can give you a role")).toBeVisible();
    watched.allow(/403/);
    const status = await page.evaluate(async (call) => (await fetch(`/api/trpc/${call}`)).status, closed.call);
    expect(status).toBe(403);
  });
}

test("nobody sees a page or gets an answer without signing in, and is led back after it", async ({ nobody }) => {
  const { page, watched } = await nobody();
  await page.goto("/shipments?search=nothing");
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  watched.allow(/401/);
  expect(await page.evaluate(async () => (await fetch("/api/trpc/people.list")).status)).toBe(401);
  const { email, password } = personOf("support");
  await signIn(page, email, password);
  await expect(page).toHaveURL(/\/shipments\?search=nothing/);
});

function personOf(role: Role) {
  const found = demo().users.find((user) => user.role === role);
  if (!found) throw new Error(`the demo has nobody with the role ${role}`);
  return found;
}

/** Invites a person by the screen and answers the link that was handed over. */
async function invite(page: Page, person: { name: string; email: string }, role: string): Promise<string> {
  await page.goto("/settings/people");
  await page.getByRole("button", { name: "Invite a person" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Invite a person" });
  await dialog.getByLabel("Name").fill(person.name);
  await dialog.getByLabel("E-mail address").fill(person.email);
  await dialog.getByLabel("Role").click();
  await page.getByRole("option", { name: role }).click();
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const handed = page.getByRole("dialog", { name: `Hand this link to ${person.name}` });
  const link = await handed.getByLabel("One-time link").inputValue();
  await handed.getByRole("button", { name: "Done" }).click();
  await expect(handed).toHaveCount(0);
  return link;
}

async function welcome(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await expect(page.getByRole("heading", { name: `Welcome, ${name}` })).toBeVisible();
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Tower" })).toBeVisible();
}

async function act(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

test("an invitation is a link handed over: it sets a password once; who is disabled is signed out of the open page", async ({
  as,
  nobody,
}) => {
  const person = { name: `Ida ${fresh("")}`, email: `${fresh("ida.")}@demo.waypost.local` };
  const admin = await as("administrator");
  const link = await invite(admin.page, person, "Support");
  expect(new URL(link).pathname).toMatch(/^\/welcome\//);

  const { page, watched } = await nobody();
  await welcome(page, link, person.name);
  await page.goto("/exceptions");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();

  const again = await nobody();
  await again.page.goto(link);
  await expect(again.page.getByRole("heading", { name: "This link does not work" })).toBeVisible();

  // what the open page asks just then is refused
  watched.allow(/401/, /Failed to load resource/);
  await act(admin.page, person.name, "Disable");
  await admin.page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await expect(admin.page.getByText(`${person.name} is disabled`)).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/, { timeout: 10_000 });
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await signIn(page, person.email, PASSWORD);
  await expect(page.getByRole("alert").filter({ hasText: "wrong" })).toBeVisible();
});

test("after five wrong passwords sign-in is closed, also for the right one, until an administrator hands over a link", async ({
  as,
  nobody,
}) => {
  const person = { name: `Lou ${fresh("")}`, email: `${fresh("lou.")}@demo.waypost.local` };
  const admin = await as("administrator");
  const first = await nobody();
  await welcome(first.page, await invite(admin.page, person, "Support"), person.name);

  const { page, watched } = await nobody();
  watched.allow(/401/);
  await page.goto("/sign-in");
  for (let round = 0; round < 6; round++) {
    await signIn(page, person.email, round < 5 ? "not the password" : PASSWORD);
    await expect(page.getByRole("alert").filter({ hasText: "E-mail address or password is wrong." })).toBeVisible();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  }
  await expect(page).toHaveURL(/\/sign-in/);
  await admin.page.goto("/settings/people");
  const row = admin.page.getByRole("row").filter({ hasText: person.email });
  await expect(row).toContainText("Locked, opens");
  await act(admin.page, person.name, "Make a password link");
  const handed = admin.page.getByRole("dialog", { name: `Password link for ${person.name}` });
  await page.goto(await handed.getByLabel("One-time link").inputValue());
  await page.getByLabel("New password").fill(`${PASSWORD} again`);
  await page.getByLabel("The same again").fill(`${PASSWORD} again`);
  await page.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Tower" })).toBeVisible();
});

test("an API key is shown once, does what its scope says and nothing else, and ends when it is revoked", async ({
  as,
}) => {
  const name = `Script ${fresh("")}`;
  const { page } = await as("administrator");
  await page.goto("/settings/api-keys");
  await page.getByRole("button", { name: "New key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await dialog.getByLabel("What it is for").fill(name);
  for (const box of await dialog.getByRole("checkbox", { checked: true }).all()) await box.uncheck();
  await dialog.getByRole("group", { name: "Shipments" }).getByRole("checkbox", { name: "read" }).check();
  await dialog.getByRole("button", { name: "Make key with 1 scope" }).click();
  const made = page.getByRole("dialog", { name: `Key "${name}" is made` });
  const key = await made.getByLabel("API key").inputValue();
  await made.getByRole("button", { name: "I have copied it" }).click();
  await page.reload();
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("shipments:read");
  await expect(page.getByText(key)).toHaveCount(0);

  const status = async (call: string) => {
    const response = await fetch(`${demo().url}/api/v1${call}`, { headers: { authorization: `Bearer ${key}` } });
    await response.arrayBuffer();
    return response.status;
  };
  expect(await status("/shipments?limit=1")).toBe(200);
  expect(await status("/postings?limit=1")).toBe(403);
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("Revoked");
  await expect.poll(() => status("/shipments?limit=1")).toBe(401);
});
