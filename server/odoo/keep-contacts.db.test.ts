import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertConnection } from "@/db/testing/rows";
import { fetchChanges } from "../adapters/odoo/poll";
import { initialWatermarks } from "../adapters/odoo/watermark";
import { type OdooTarget, sandboxTarget } from "../testing/odoo-target";
import { makeTestContext } from "../testing/workspace";
import { contactHash, hashesToSearch } from "./contact-hash";
import { catchUpContacts, keepRecipients } from "./keep-contacts";

const CONNECTION = { id: 1 };

describe.each(["19", "14"] as const)("customers of Odoo %s", (version) => {
  let database: TestDatabase;
  let target: OdooTarget;
  beforeAll(async () => {
    database = await testDatabase(`contacts${version}`);
    target = await sandboxTarget(version);
    expect(await insertConnection(database.sql)).toBe(CONNECTION.id);
  });
  afterAll(async () => {
    await target?.close();
    await database?.drop();
  });

  const context = () => makeTestContext(database);
  async function found(keys: { emails?: string[]; phones?: string[] }): Promise<number[]> {
    const hash = contactHash(context().config.secretKey);
    const hashes = hashesToSearch(hash, { emails: keys.emails ?? [], phones: keys.phones ?? [] })
      .flatMap((one) => one.hashes)
      .map((one) => one.toString("hex"));
    const rows = await database.sql<{ id: number }[]>`
      select r.picking_id as id from odoo_contact c join odoo_recipient r using (connection_id, partner_id)
      where c.hash in (select decode(h, 'hex') from unnest(${hashes}::text[]) h) order by 1`;
    return rows.map((row) => row.id);
  }

  test("are found by e-mail and telephone number, whatever the spelling, and no value is kept", async () => {
    const ctx = context();
    await target.orders(["C-1"]);
    const [partner] = await target.client.searchRead(
      "res.partner",
      [["is_company", "=", true]],
      ["name", "country_id"],
    );
    await target.client.write("res.partner", [partner?.id ?? 0], {
      email: '"Jane Doe" <Jane.Doe@Example.com>, desk@example.com',
      phone: "(555) 010-0177",
      ...(version === "14" && { mobile: "+1 555 010 0178" }),
    });
    const changes = await fetchChanges(target.client, initialWatermarks("2020-01-01T00:00:00Z"), {
      overlapSeconds: 0,
      limit: 50,
      nowMs: Date.now(),
    });
    expect(JSON.stringify([changes.orders, changes.pickings])).not.toMatch(/example\.com|0177/i);
    await keepRecipients(ctx, CONNECTION.id, changes.recipients);
    await keepRecipients(ctx, CONNECTION.id, changes.recipients);
    const pickings = changes.pickings.filter((one) => one.partner?.id === partner?.id).map((one) => one.id);
    expect(pickings.length).toBeGreaterThan(0);
    expect(await found({ emails: ["jane.doe@example.com"] })).toEqual(pickings);
    expect(await found({ emails: ["desk@example.com"] })).toEqual(pickings);
    for (const phone of ["+1 555 010 0177", "555-010-0177", "1 (555) 0100177"])
      expect(await found({ phones: [phone] })).toEqual(pickings);
    if (version === "14") expect(await found({ phones: ["+1 555 010 0178"] })).toEqual(pickings);
    expect(await found({ emails: ["other@example.com"], phones: ["+1 555 010 9999"] })).toEqual([]);
    const kept = await database.sql`select hash::text from odoo_contact`;
    expect(kept.every((row) => /^\\x[0-9a-f]{32}$/.test(row.hash))).toBe(true);
  });

  test("follow a changed address within the next look, and lose it when Odoo does", async () => {
    const ctx = context();
    const start = new Date(Date.now() - 60_000);
    await catchUpContacts({ ...ctx, now: () => start }, target.client, CONNECTION);
    const [partner] = await target.client.searchRead("res.partner", [["is_company", "=", true]], ["name"]);
    const [other] = await target.client.searchRead("res.partner", [["is_company", "=", false]], ["name"]);
    await target.client.write("res.partner", [partner?.id ?? 0], { email: "new@example.com", phone: false });
    await target.client.write("res.partner", [other?.id ?? 0], { email: "nobody-we-ship-to@example.com" });
    await catchUpContacts(ctx, target.client, CONNECTION);
    expect((await found({ emails: ["new@example.com"] })).length).toBeGreaterThan(0);
    expect(await found({ emails: ["jane.doe@example.com"], phones: ["+1 555 010 0177"] })).toEqual([]);
    const strangers = await database.sql`select 1 from odoo_contact where partner_id = ${other?.id ?? 0}`;
    expect(strangers.length).toBe(0);
  });

  test("of transfers stored before are read once, a stretch at a time", async () => {
    const ctx = context();
    await target.client.write(
      "res.partner",
      (await target.client.searchRead("res.partner", [["is_company", "=", true]], ["id"])).map((row) => row.id),
      { email: "old@example.com" },
    );
    const rows = await target.client.searchRead("stock.picking", [], ["name"]);
    await database.sql`delete from odoo_recipient`;
    await database.sql`delete from odoo_contact`;
    for (const row of rows)
      await database.sql`insert into odoo_mirror (connection_id, model, record_id, "values", open, seen_at)
        values (${CONNECTION.id}, 'stock.picking', ${row.id}, '{}', true, now()) on conflict do nothing`;
    await catchUpContacts(ctx, target.client, CONNECTION);
    expect(await found({ emails: ["old@example.com"] })).toEqual(rows.map((row) => row.id).sort((a, b) => a - b));
    const [mark] = await database.sql`select watermark from odoo_watermark where model = 'contacts'`;
    expect(Number(mark?.watermark)).toBe(Math.max(...rows.map((row) => row.id)));
  });
});

test("another key of the installation makes other hashes", () => {
  const [one, other] = [contactHash(Buffer.alloc(32, 1)), contactHash(Buffer.alloc(32, 2))];
  expect(one("email", "a@b.example").equals(other("email", "a@b.example"))).toBe(false);
  expect(one("email", "a@b.example").equals(one("phone", "a@b.example"))).toBe(false);
  expect(one("email", "a@b.example").length).toBe(16);
});
