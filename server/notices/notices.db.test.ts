import { v7 } from "uuid";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { NoticesSettings } from "@/core/notices/settings";
import { noticesSchema } from "@/core/notices/settings";
import type { PersonActor } from "../access/actor";
import { type Mailer, makeMailer } from "../alerts/mailer";
import type { Context } from "../context";
import { OdooClients } from "../odoo/clients";
import { changeSetting } from "../settings/change";
import { readSettings } from "../settings/read";
import { getShipmentPage } from "../shipments/page";
import { type Desk, makeDesk } from "../testing/desk";
import { type MailServer, startMailServer } from "../testing/mail-server";
import { exportNotices } from "./export";
import { type NoticeMemory, planNotices } from "./plan";
import { sendNoticeSample } from "./sample";
import { sendNotices } from "./send";

vi.setConfig({ testTimeout: 60_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let desk: Desk;
let server: MailServer;
let mailer: Mailer;
let clients: OdooClients;
let memory: NoticeMemory;
const admin: PersonActor = { kind: "person", id: v7(), name: "Ada", role: "administrator" };

beforeAll(async () => {
  desk = await makeDesk("notices");
  server = await startMailServer();
  desk.ctx.config.smtp = { url: server.url, from: "ACME <parcels@acme.example>" };
  mailer = makeMailer(desk.ctx.config.smtp);
  clients = new OdooClients();
  await desk.ctx.sql`insert into person (id, name, email, role, state)
    values (${admin.id}, 'Ada', 'ada@example.com', 'administrator', 'active')`;
}, 60_000);
afterAll(async () => {
  mailer?.close();
  await server?.close();
  await desk?.end();
});

let number = 0;
/** The workspace at another time. */
const at = (aheadMs: number): Context => ({ ...desk.ctx, now: () => new Date(Date.now() + aheadMs) });
const set = async (wish: Partial<NoticesSettings>, ctx = at(-30 * MINUTE)) => {
  const value = { ...noticesSchema.parse({}), enabled: true, company: "ACME", ...wish };
  await changeSetting(ctx, admin, { name: "notices", value });
};
const tell = async (aheadMs = 0, by: Mailer | null = mailer) => {
  await planNotices(desk.ctx, memory);
  while (await sendNotices(at(aheadMs), clients, by, 1));
};
const rows = (shipmentId: string) =>
  desk.ctx.sql<
    { occasion: string; state: string; reason: string | null; address: string | null; held: boolean }[]
  >`select occasion, state, reason, address, held from notice where shipment_id = ${shipmentId} order by received_at, created_at`;
/** What was mailed about a parcel, whatever the parcels of other tests brought. */
const lettersOf = ({ code }: { code: string }) => server.letters.filter(({ text }) => text.includes(code));
/** An order with a number, and its customer in Odoo. */
async function parcel() {
  const name = `PO-N${++number}`;
  const order = await desk.order(name);
  const code = `1ZNOTICE${number}`;
  await desk.drop({ order: name, transfer: order.picking, tracking: code, carrier: "UPS" });
  const partnerId = desk.sandbox.find("stock.picking", order.pickingId)?.partner_id as number;
  return { ...order, name, code, partnerId };
}

beforeEach(async () => {
  memory = { fresh: null, settled: null };
  server.letters.length = 0;
  server.behave("take");
  await desk.ctx.sql`delete from setting where name = 'notices'`;
});
afterEach(() => desk.sandbox.setMode({ mode: "ok" }));

describe("customers", () => {
  test("are told of an occasion once, though its event comes twice, all is looked through anew and shipments are folded again", async () => {
    await set({});
    const one = await parcel();
    const partner = desk.sandbox.find("res.partner", one.partnerId);
    await desk.scan(one.code, "in_transit", 0);
    await tell();
    await desk.scan(one.code, "in_transit", 0);
    await desk.ctx.sql`update shipment set updated_at = now() where shipment_id = ${one.shipmentId}`;
    await tell();
    memory = { fresh: null, settled: null };
    await tell(5 * MINUTE);
    expect(server.letters).toMatchObject([
      { to: partner?.email, subject: expect.stringMatching(/^Your order S\d+ is on its way$/) },
    ]);
    expect(server.letters[0]?.text).toContain(`Tracking number: ${one.code}`);
    expect(await rows(one.shipmentId)).toEqual([
      {
        occasion: "dispatched",
        state: "sent",
        reason: null,
        address: `o…@${String(partner?.email).split("@")[1]}`,
        held: false,
      },
    ]);
    // the whole address stands nowhere
    const [kept] = await desk.ctx.sql<
      { n: number }[]
    >`select count(*)::int as n from notice n where n::text like ${`%${partner?.email}%`}`;
    expect(kept?.n).toBe(0);
    const [clock] = await desk.ctx
      .sql`select sum(count)::int as n from latency_bucket where workflow = 'customer_notification' and leg = 'total'`;
    expect(clock?.n).toBe(1);
  });

  test("are told later when Odoo is down, and the posting waits for its own sake alone", async () => {
    await set({});
    const one = await parcel();
    await desk.scan(one.code, "out_for_delivery", 0);
    await desk.sandbox.setMode({ mode: "down" });
    clients = new OdooClients();
    await tell();
    expect(await rows(one.shipmentId)).toMatchObject([{ state: "planned", reason: "odoo_down" }]);
    await desk.sandbox.setMode({ mode: "ok" });
    await tell(2 * MINUTE);
    expect(await rows(one.shipmentId)).toMatchObject([{ state: "sent", reason: null }]);
  });

  test("a broken mailer leaves postings alone; what it could not take is told later, and given up when it is too old", async () => {
    await set({});
    server.behave("busy");
    const one = await parcel();
    await desk.scan(one.code, "in_transit", 0);
    await tell();
    const posted = await desk.ctx
      .sql`select 1 from posting where shipment_id = ${one.shipmentId} and kind = 'tracking_number' and state in ('posted', 'verified')`;
    expect(posted.length).toBe(1);
    expect(await rows(one.shipmentId)).toMatchObject([{ state: "planned", reason: "mail_down" }]);
    await tell(2 * MINUTE, null);
    expect(await rows(one.shipmentId)).toMatchObject([{ state: "planned", reason: "mail_down" }]);
    await tell(25 * HOUR);
    expect(await rows(one.shipmentId)).toMatchObject([{ state: "given_up", reason: "mail_down" }]);
    expect(lettersOf(one)).toEqual([]);
  });

  test("get the same mail again only when a sender died between the answer and the row, and both have one Message-ID", async () => {
    await set({});
    const one = await parcel();
    await desk.scan(one.code, "in_transit", 0);
    const dies: Mailer = {
      ...mailer,
      send: async (letter) => {
        await mailer.send(letter);
        throw new Error("killed");
      },
    };
    await expect(tell(0, dies)).rejects.toThrow("killed");
    await tell(MINUTE);
    expect(lettersOf(one).length).toBe(1);
    await tell(6 * MINUTE);
    await tell(12 * MINUTE);
    expect(await rows(one.shipmentId)).toMatchObject([{ state: "sent" }]);
    const ids = lettersOf(one).map(({ text }) => /^Message-ID: (.*)$/im.exec(text)?.[1]);
    expect(ids.length).toBe(2);
    expect(new Set(ids).size).toBe(1);
  });

  test("are not told in quiet hours but after them, and that runs no clock", async () => {
    const hour = (ahead: number) => new Date(Date.now() + ahead * HOUR).toISOString().slice(11, 16);
    await set({ quiet: { on: true, from: hour(-1), to: hour(2) } });
    const one = await parcel();
    await desk.scan(one.code, "in_transit", 0);
    await tell();
    await tell(HOUR);
    expect(await rows(one.shipmentId)).toMatchObject([{ state: "planned", reason: "quiet_hours" }]);
    expect(lettersOf(one)).toEqual([]);
    await tell(2 * HOUR + MINUTE);
    expect(await rows(one.shipmentId)).toMatchObject([{ state: "sent", held: true }]);
    const legs = await desk.ctx
      .sql`select leg from latency_bucket where workflow = 'customer_notification' and leg = 'held'`;
    expect(legs.length).toBeGreaterThan(0);
  });

  test("are not told in quiet hours that began while a message waited for the mail server", async () => {
    await set({});
    server.behave("busy");
    const one = await parcel();
    await desk.scan(one.code, "in_transit", 0);
    await tell();
    server.behave("take");
    const hour = (ahead: number) => new Date(Date.now() + ahead * HOUR).toISOString().slice(11, 16);
    await set({ quiet: { on: true, from: hour(-1), to: hour(2) } });
    await tell(2 * MINUTE);
    expect(await rows(one.shipmentId)).toMatchObject([{ state: "planned", reason: "quiet_hours", held: true }]);
    expect(lettersOf(one)).toEqual([]);
  });

  test("are not told what was overtaken, who cannot be reached, or what the mail server refuses; each says why", async () => {
    await set({});
    const one = await parcel();
    await desk.scan(one.code, "out_for_delivery", 2);
    await desk.scan(one.code, "delivered", 1);
    const other = await parcel();
    desk.sandbox.change("res.partner", other.partnerId, { email: false });
    await desk.scan(other.code, "in_transit", 0);
    await tell();
    expect(await rows(one.shipmentId)).toMatchObject([
      { occasion: "out_for_delivery", state: "suppressed", reason: "overtaken" },
      { occasion: "delivered", state: "sent" },
    ]);
    expect(await rows(other.shipmentId)).toMatchObject([{ state: "suppressed", reason: "no_address", address: null }]);
    desk.sandbox.change("res.partner", other.partnerId, { email: "gone@example.com" });
    server.behave("refuse", "gone@example.com");
    await desk.scan(other.code, "out_for_delivery", 0);
    await tell();
    expect((await rows(other.shipmentId)).at(-1)).toMatchObject({
      state: "failed",
      reason: "refused",
      address: "g…@example.com",
    });
    expect(lettersOf(one).length).toBe(1);
    expect(lettersOf(other)).toEqual([]);
  });

  test("hear nothing of what happened before it was switched on, of history, or while it is off", async () => {
    const one = await parcel();
    await desk.scan(one.code, "in_transit", 0);
    await tell();
    await set({}, at(0));
    await tell();
    expect(await rows(one.shipmentId)).toEqual([]);
    // told now, happened before
    await desk.scan(one.code, "out_for_delivery", 45);
    await tell();
    expect(await rows(one.shipmentId)).toEqual([]);
    const other = await parcel();
    const receipt = await desk.scan(other.code, "in_transit", 0);
    await desk.ctx.sql`update message set name = 'backfill 2026-11' where id = ${receipt}`;
    await tell();
    expect(await rows(other.shipmentId)).toEqual([]);
    await desk.ctx.sql`update message set name = null where id = ${receipt}`;
    memory = { fresh: null, settled: null };
    await planNotices(desk.ctx, memory);
    expect(await rows(other.shipmentId)).toMatchObject([{ state: "planned" }]);
    await set({ enabled: false }, at(0));
    await tell();
    expect(await rows(other.shipmentId)).toMatchObject([{ state: "suppressed", reason: "switched_off" }]);
    expect(lettersOf(one)).toEqual([]);
  });
});

describe("the settings", () => {
  test("refuse who may not, and begin by Waypost's clock whatever a client sends", async () => {
    await expect(changeSetting(desk.ctx, desk.person, { name: "notices", value: {} })).rejects.toMatchObject({
      code: "forbidden",
    });
    const wish = noticesSchema.parse({ enabled: true, company: "ACME", occasions: { delivered: { sinceMs: 1 } } });
    await set(wish, at(0));
    const { notices } = await readSettings(desk.ctx);
    expect(notices.occasions.delivered.sinceMs).toBeGreaterThan(Date.now() - MINUTE);
  });

  test("send a sample to whoever asks, and refuse those who may not", async () => {
    const words = { subject: "{{order}} for {{company}}", body: "{{tracking_number}}" };
    await parcel();
    await sendNoticeSample(desk.ctx, admin, { company: "ACME", zone: "UTC", ...words });
    expect(server.letters).toMatchObject([
      { to: "ada@example.com", subject: expect.stringMatching(/^S\d+ for ACME$/) },
    ]);
    await expect(
      sendNoticeSample(desk.ctx, desk.person, { company: "ACME", zone: "UTC", ...words }),
    ).rejects.toMatchObject({ code: "forbidden" });
    await expect(
      sendNoticeSample(desk.ctx, admin, { company: "", zone: "UTC", ...words, body: "{{nope}}" }),
    ).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("what was told", () => {
  test("stands on the shipment's page and in the export, without an address for those who may not see customers", async () => {
    await set({});
    const one = await parcel();
    desk.sandbox.change("res.partner", one.partnerId, { email: "jane@example.com" });
    await desk.scan(one.code, "in_transit", 0);
    await tell();
    const seen = await getShipmentPage(desk.ctx, desk.person, one.shipmentId);
    expect(seen.notices).toMatchObject([{ occasion: "dispatched", state: "sent", address: "j…@example.com" }]);
    const key = { kind: "api_key" as const, id: v7(), name: "k", scopes: ["shipments:read" as const] };
    const blind = await getShipmentPage(desk.ctx, key as never, one.shipmentId);
    expect(blind.notices).toMatchObject([{ occasion: "dispatched", state: "sent", address: null }]);
    let csv = "";
    for await (const part of await exportNotices(desk.ctx, admin, { state: null })) csv += part;
    expect(csv).toContain("j…@example.com");
    expect(csv.split("\n").filter((line) => line.includes(one.shipmentId)).length).toBe(1);
    await expect(exportNotices(desk.ctx, desk.person, { state: null })).rejects.toMatchObject({ code: "forbidden" });
  });
});
