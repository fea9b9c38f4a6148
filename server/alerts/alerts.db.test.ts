import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Role } from "@/core/access/roles";
import type { Finding } from "@/core/exceptions/finding";
import type { ExceptionKind } from "@/core/exceptions/kinds";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { countUnread, listNotifications, markRead } from "@/db/queries/notifications";
import { insertPerson } from "@/db/queries/people";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { PersonActor } from "../access/actor";
import { acknowledgeExceptions } from "../exceptions/acknowledge";
import { assignExceptions } from "../exceptions/assign";
import { commentException } from "../exceptions/comment";
import { clear, raise } from "../exceptions/raise";
import { type TestContext, testContext } from "../testing/context";
import { type MailServer, startMailServer } from "../testing/mail-server";
import { changeWishes } from "./change-wishes";
import { makeMailer } from "./mailer";
import { sendMails } from "./send-mails";
import { sendTestMail } from "./test-mail";
import { watchException } from "./watch";
import { watchCauses } from "./watch-causes";

let database: TestDatabase;
let server: MailServer;
let ctx: TestContext;
beforeAll(async () => {
  database = await testDatabase("alerts");
  server = await startMailServer();
});
afterAll(async () => {
  await server?.close();
  await database?.drop();
});

beforeEach(async () => {
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
  ctx.config.smtp = { url: server.url, from: "Waypost <waypost@example.test>" };
  await ctx.sql`truncate exception, exception_group, exception_group_count, exception_note, person, audit, alert_group, alert_clock, notification, mail, exception_watch cascade`;
  server.letters.length = 0;
  server.behave("take");
  await watchCauses(ctx);
});

async function person(name: string, role: Role): Promise<PersonActor> {
  const id = ctx.uuid();
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.test`;
  await insertPerson(ctx.sql, { id, email, name, role, state: "active", passwordHash: null, createdAt: ctx.now() });
  return { kind: "person", id, name, role };
}

const HOME = "00000000-0000-4000-8000-00000000000";

function open(kind: ExceptionKind, count: number, first = 0): Promise<number> {
  const rows = Array.from({ length: count }, (_, i) => {
    const finding: Finding = {
      kind,
      subject: `s${first + i}`,
      severity: EXCEPTION_SPECS[kind].severity,
      occurrence: "1",
      cause: { source: "carrier:ups", what: "invalid postcode" },
      text: "UPS: invalid postcode",
      evidence: {},
      feedId: null,
      messageId: null,
    };
    return { homeId: `${HOME}1`, shipmentId: null, finding, correlationId: null };
  });
  return ctx.sql.begin((tx) => raise(ctx, tx, rows, 1));
}

function later(seconds: number): void {
  ctx.clock.at = new Date(ctx.clock.at.getTime() + seconds * 1000);
}

async function sendAll(): Promise<void> {
  const mailer = makeMailer({ url: server.url, from: "Waypost <waypost@example.test>" });
  while (await sendMails(ctx, mailer));
  mailer.close();
}

const titles = async (who: PersonActor) =>
  (await listNotifications(ctx.sql, who.id, { before: null, limit: 50 })).map((n) => n.title).toReversed();

describe("alerts of causes", () => {
  test("a thousand failures of one cause make one mail that says 999 were suppressed, and a recovery makes another", async () => {
    const support = await person("Petr", "support");
    const executive = await person("Eva", "executive");
    await open("label_failed", 1);
    await watchCauses(ctx);
    await open("label_failed", 999, 1);
    later(30);
    await watchCauses(ctx);
    await watchCauses(ctx);
    await sendAll();
    expect(server.letters.map((letter) => [letter.to, letter.subject])).toEqual([
      ["petr@example.test", "[Waypost] Label refused: 1,000 new"],
    ]);
    expect(server.letters[0]?.text).toContain("999 more of the same were suppressed");
    expect(await titles(executive)).toEqual([]);

    later(60);
    const subjects = await ctx.sql<{ subject: string }[]>`select subject from exception`;
    await ctx.sql.begin((tx) =>
      clear(
        ctx,
        tx,
        subjects.map(({ subject }) => ({ homeId: `${HOME}1`, kind: "label_failed" as const, subject, why: "mended" })),
        1,
      ),
    );
    await watchCauses(ctx);
    await watchCauses(ctx);
    await sendAll();
    expect(server.letters.map((letter) => letter.subject).slice(1)).toEqual(["[Waypost] Recovered: Label refused"]);
    expect(await titles(support)).toEqual(["Label refused: 1,000 new", "Recovered: Label refused"]);
  });

  test("what stood before the first look is told to nobody", async () => {
    const support = await person("Petr", "support");
    await ctx.sql`truncate alert_clock`;
    await open("label_failed", 3);
    later(600);
    await watchCauses(ctx);
    later(600);
    await watchCauses(ctx);
    expect(await titles(support)).toEqual([]);
  });

  test("a person who wants no mail gets none, and sees it in the app", async () => {
    const support = await person("Petr", "support");
    expect(await changeWishes(ctx, support, { mailFrom: "none", mailPersonal: true })).toEqual({ changed: true });
    await open("label_failed", 1);
    await watchCauses(ctx);
    later(30);
    await watchCauses(ctx);
    await sendAll();
    expect(server.letters).toEqual([]);
    expect(await countUnread(ctx.sql, support.id, 100)).toBe(1);
  });
});

describe("what nobody takes", () => {
  test("goes to the next role once, with a note on each; what was acknowledged does not", async () => {
    await person("Petr", "support");
    const logistics = await person("Lena", "logistics");
    await open("label_failed", 3);
    const [first] = await ctx.sql<{ id: string }[]>`select id from exception order by subject`;
    await acknowledgeExceptions(ctx, logistics, { target: { ids: [first?.id ?? ""] } });
    later(61 * 60);
    await watchCauses(ctx);
    later(600);
    await watchCauses(ctx);
    const [lapse] = (await listNotifications(ctx.sql, logistics.id, { before: null, limit: 9 })).filter(
      (n) => n.kind === "escalated",
    );
    expect(lapse?.title).toBe("Not acknowledged in time: Label refused");
    expect(lapse?.text).toContain("2 passed the due time");
    expect(await ctx.sql`select 1 from exception_note where kind = 'escalated'`).toHaveLength(2);
  });

  test("more than one look can take in are told over several, each once", async () => {
    const logistics = await person("Lena", "logistics");
    await open("label_failed", 1000);
    later(60);
    await open("label_failed", 500, 1000);
    later(61 * 60);
    for (let i = 0; i < 4; i++) await watchCauses(ctx);
    const [notes] = await ctx.sql<{ n: number; distinct: number }[]>`
      select count(*)::int as n, count(distinct exception_id)::int as distinct from exception_note where kind = 'escalated'`;
    expect(notes).toEqual({ n: 1500, distinct: 1500 });
    expect(
      (await titles(logistics)).filter((title) => title.startsWith("Not acknowledged")).length,
    ).toBeLessThanOrEqual(3);
  });
});

describe("what colleagues do", () => {
  test("a person hears of what is given to them and of comments that name them; the doer hears nothing", async () => {
    const petr = await person("Petr", "support");
    const jana = await person("Jana Nová", "support");
    const lena = await person("Lena", "logistics");
    await open("label_failed", 1);
    const [row] = await ctx.sql<{ id: string }[]>`select id from exception`;
    const id = row?.id ?? "";
    await assignExceptions(ctx, petr, { target: { ids: [id] }, assigneeId: jana.id });
    expect(await watchException(ctx, lena, { id, on: true })).toEqual({ watching: true });
    await commentException(ctx, petr, { id, text: "@jana nová please call the customer" });
    expect(await titles(jana)).toEqual(["Petr gave you an exception", "Petr named you on Label refused"]);
    expect(await titles(lena)).toEqual(["Petr commented on Label refused"]);
    expect(await titles(petr)).toEqual([]);
    await sendAll();
    expect(server.letters.map((letter) => letter.to)).toEqual(["jana.nová@example.test", "jana.nová@example.test"]);
    await watchException(ctx, lena, { id, on: false });
    await commentException(ctx, petr, { id, text: "done" });
    expect(await titles(lena)).toHaveLength(1);
    const [newest] = await listNotifications(ctx.sql, jana.id, { before: null, limit: 1 });
    expect(await markRead(ctx.sql, jana.id, { upTo: newest?.id ?? "" }, ctx.now())).toBe(3);
    expect(await countUnread(ctx.sql, jana.id, 100)).toBe(0);
  });
});

describe("the mail server", () => {
  async function oneAlert(): Promise<void> {
    await open("label_failed", 1);
    await watchCauses(ctx);
    later(30);
    await watchCauses(ctx);
  }
  const mails = () =>
    ctx.sql<
      { state: string; attempts: number; error: string | null }[]
    >`select state, attempts, error from mail order by id`;

  test("that is down keeps nothing from going on: mail waits, is tried again later, and goes once", async () => {
    await person("Petr", "support");
    await oneAlert();
    server.behave("busy");
    await sendAll();
    await sendAll();
    expect(await mails()).toEqual([{ state: "waiting", attempts: 1, error: expect.stringContaining("421") }]);
    server.behave("take");
    later(31);
    await sendAll();
    await sendAll();
    expect(server.letters).toHaveLength(1);
    expect(await mails()).toEqual([{ state: "sent", attempts: 2, error: null }]);
  });

  test("that refuses an address ends that mail with its words, and the next goes", async () => {
    await person("Petr", "support");
    await person("Nobody", "support");
    await oneAlert();
    server.behave("refuse", "nobody@example.test");
    await sendAll();
    expect(server.letters.map((letter) => letter.to)).toEqual(["petr@example.test"]);
    expect((await mails()).map((mail) => mail.state).sort()).toEqual(["refused", "sent"]);
  });

  test("that never comes back is given up on after a day", async () => {
    await person("Petr", "support");
    await oneAlert();
    server.behave("busy");
    for (let hour = 0; hour < 30; hour++) {
      await sendAll();
      later(3601);
    }
    expect((await mails())[0]?.state).toBe("given_up");
  });

  test("of a person who was disabled meanwhile no mail goes out", async () => {
    await person("Petr", "support");
    await oneAlert();
    await ctx.sql`update person set state = 'disabled'`;
    await sendAll();
    expect(server.letters).toEqual([]);
    expect((await mails())[0]?.state).toBe("refused");
  });

  test("can be tried by an administrator, and says in its own words what is wrong", async () => {
    const admin = await person("Ada", "administrator");
    expect(await sendTestMail(ctx, admin)).toMatchObject({ address: "ada@example.test" });
    server.behave("busy");
    await expect(sendTestMail(ctx, admin)).rejects.toThrow(/421/);
    const support = await person("Petr", "support");
    await expect(sendTestMail(ctx, support)).rejects.toMatchObject({ code: "forbidden" });
  });
});
