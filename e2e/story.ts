import { createHmac, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContextOptions, expect, type Page, test as plain } from "@playwright/test";

export type Role = "administrator" | "logistics" | "support" | "finance" | "executive" | "partner";
type Demo = {
  url: string;
  users: { email: string; password: string; role: Role }[];
  apiKey: string;
  feeds: { slug: string; url: string; secret: string }[];
  odoo: { url: string };
};

/** The people, key and feeds of the server that the stories run against. */
export function demo(): Demo {
  const folder = process.env.WAYPOST_E2E_DATA_DIR ?? "";
  const read = JSON.parse(fs.readFileSync(path.join(folder, "demo.json"), "utf8")) as Demo;
  return read;
}

export function feedOf(slug: string): Demo["feeds"][number] {
  const feed = demo().feeds.find((one) => one.slug === slug);
  if (!feed) throw new Error(`the demo has no feed ${slug}`);
  return feed;
}

/** A word that no other run of the stories used, to be found again. */
export function fresh(prefix: string): string {
  return `${prefix}${randomUUID().replaceAll("-", "").slice(0, 10)}`;
}

/** What a page must not do, unless its story says so: complain on the console, or get an answer of 400 and above. */
export class Watched {
  readonly troubles: string[] = [];
  readonly #allowed: RegExp[] = [];

  constructor(page: Page) {
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.#add(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.#add(`thrown: ${error.message}`));
    page.on("requestfailed", (request) => {
      // a page that is left ends what it was asking
      const why = request.failure()?.errorText ?? "";
      if (!why.includes("ERR_ABORTED")) this.#add(`failed: ${request.url()} ${why}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.#add(`answer ${response.status()}: ${response.url()}`);
    });
  }

  /** Troubles that this story provokes. */
  allow(...patterns: RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  #add(trouble: string): void {
    if (!this.troubles.includes(trouble)) this.troubles.push(trouble);
  }

  left(): string[] {
    return this.troubles.filter((trouble) => !this.#allowed.some((pattern) => pattern.test(trouble)));
  }
}

const sessions = new Map<Role, string>();

/** Signs in through the form once for each role; later pages of the role take its cookies. */
export async function stateOf(browser: Browser, role: Role): Promise<string> {
  const known = sessions.get(role);
  if (known) return known;
  const file = path.join(process.env.WAYPOST_E2E_DATA_DIR ?? "", `story-${role}.json`);
  const context = await browser.newContext(fs.existsSync(file) ? { storageState: file } : {});
  const page = await context.newPage();
  await page.goto("/sign-in");
  if (new URL(page.url()).pathname === "/sign-in") {
    const user = demo().users.find((one) => one.role === role);
    if (!user) throw new Error(`the demo has nobody with the role ${role}`);
    await signIn(page, user.email, user.password);
    await expect(page).not.toHaveURL(/sign-in/);
    await context.storageState({ path: file });
  }
  await context.close();
  sessions.set(role, file);
  return file;
}

/** Fills the sign-in form and sends it. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

type Opened = { page: Page; watched: Watched };
type Stories = {
  /** A page of somebody with the role, in a browser of their own. */
  as: (role: Role, options?: BrowserContextOptions) => Promise<Opened>;
  /** A page of nobody. */
  nobody: (options?: BrowserContextOptions) => Promise<Opened>;
};

/** Playwright's test with pages by role. A story fails when one of its pages complained. */
export const test = plain.extend<Stories & { opened: Opened[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures out of the braces
  opened: async ({}, use) => {
    const opened: Opened[] = [];
    await use(opened);
    const troubles = opened.flatMap(({ watched }) => watched.left());
    for (const { page } of opened) await page.context().close();
    expect(troubles, "what the pages complained of").toEqual([]);
  },
  as: async ({ browser, opened }, use) => {
    await use(async (role, options = {}) => {
      const context = await browser.newContext({ ...options, storageState: await stateOf(browser, role) });
      return open(await context.newPage(), opened);
    });
  },
  nobody: async ({ browser, opened }, use) => {
    await use(async (options = {}) => open(await (await browser.newContext(options)).newPage(), opened));
  },
});

function open(page: Page, opened: Opened[]): Opened {
  const one = { page, watched: new Watched(page) };
  opened.push(one);
  return one;
}

/** Calls the API with the demo's key. */
export async function api<T>(method: "GET" | "POST", call: string, body?: unknown): Promise<T> {
  const { url, apiKey } = demo();
  const response = await fetch(`${url}/api/v1${call}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${call} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

export type Scan = { code: string; status: string; minutesAgo: number; message?: string; city?: string };

/** Sends a tracker webhook with these scans, signed as its feed wants it; answers the status. */
export async function sendTracker(feed: { url: string; secret: string }, scans: readonly Scan[]): Promise<number> {
  const last = scans.at(-1);
  if (!last) throw new Error("a tracker needs a scan");
  const at = (minutes: number) => `${new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19)}Z`;
  const details = scans.map((scan) => ({
    object: "TrackingDetail",
    message: scan.message ?? scan.status,
    status: scan.status,
    datetime: at(scan.minutesAgo),
    source: "UPS",
    tracking_location: { object: "TrackingLocation", city: scan.city ?? "DENVER", country: "US" },
  }));
  const result = {
    object: "Tracker",
    tracking_code: last.code,
    carrier: "UPS",
    status: last.status,
    updated_at: at(last.minutesAgo),
    tracking_details: details,
  };
  const body = JSON.stringify({ id: fresh("evt_"), object: "Event", description: "tracker.updated", result });
  return send(feed.url, body, {
    "content-type": "application/json",
    "x-hmac-signature": `hmac-sha256-hex=${createHmac("sha256", feed.secret.normalize("NFKD")).update(body).digest("hex")}`,
  });
}

/** Sends the warehouse's word that an order left under a tracking number; answers the status. */
export function sendDespatch(reference: string, tracking: string, status: string): Promise<number> {
  const { url, secret } = feedOf("warehouse-demo");
  const at = `${new Date(Date.now() - 3_600_000).toISOString().slice(0, 19)}Z`;
  const rows = [
    "Customer PO,Tracking number,Carrier,Status,Status time,Weight kg",
    [reference, tracking, "UPS", status, at, "2.4"].join(","),
  ];
  return send(url, `${rows.join("\n")}\n`, { "content-type": "text/csv", authorization: `Bearer ${secret}` });
}

async function send(url: string, body: string, headers: Record<string, string>): Promise<number> {
  const response = await fetch(url, { method: "POST", body, headers });
  await response.arrayBuffer();
  return response.status;
}

type Standing = { id: string; groupId: string; shipmentId: string | null; text: string };

/** Makes so many exceptions of one new cause, by scans with a word that nobody knows, and waits until they stand. */
export async function makeStanding(count: number): Promise<{ word: string; groupId: string; rows: Standing[] }> {
  const word = fresh("mystery_");
  for (let at = 0; at < count; at++) {
    const scan = { code: fresh("1Z").toUpperCase(), status: word, minutesAgo: 30 + at };
    expect(await sendTracker(feedOf("carrier-demo"), [scan])).toBe(202);
  }
  let rows: Standing[] = [];
  const listed = async () => {
    const { items } = await api<{ items: Standing[] }>("GET", "/exceptions?kind=unmapped_code&state=open&limit=200");
    rows = items.filter((row) => row.text.includes(word));
    return rows.length;
  };
  await expect.poll(listed, { timeout: 30_000 }).toBe(count);
  return { word, groupId: rows[0]?.groupId ?? "", rows };
}
