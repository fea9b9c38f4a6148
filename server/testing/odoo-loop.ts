import { OPT_IN_KINDS, POSTING_KINDS, type PostingKind } from "@/core/postings/kinds";
import type { TestDatabase } from "@/db/testing/database";
import type { Sandbox } from "@/e2e/odoo/server";
import type { Context } from "../context";
import { Leadership } from "../jobs/leadership";
import { OdooClients } from "../odoo/clients";
import { pollDue, sendDue } from "../odoo/work";
import { type Worker, workDue } from "../pipeline/work";
import { makeSender, type Sender } from "../postings/sender-state";
import { seal } from "../seal";
import { sendScan } from "./scans";
import { makeTestContext, makeTestFeed, type TestFeed } from "./workspace";

/** The whole loop in one process: what a worker does, turn by turn, against sandboxes. */
export type OdooLoop = {
  ctx: Context;
  carrier: TestFeed<"easypost">;
  clients: OdooClients;
  sender: Sender;
  /** Connects a sandbox, with every kind on that needs no choice, and the chosen ones. */
  connect: (sandbox: Sandbox, name: string, chosen?: readonly PostingKind[]) => Promise<number>;
  /** Works until nothing is left to do now. */
  settle: () => Promise<void>;
  scan: (id: string, code: string, status: string, minutesAgo: number) => Promise<void>;
  /** Gives the shipment of a picking a tracking number; its id. */
  track: (pickingId: number, tracking: string) => Promise<string>;
  end: () => Promise<void>;
};

/** Makes a loop over a test database. */
export async function makeOdooLoop(database: TestDatabase): Promise<OdooLoop> {
  const ctx = makeTestContext(database);
  const clients = new OdooClients();
  const leadership = new Leadership(ctx);
  const sender = makeSender("test", 1, clients);
  const worker: Worker = { slot: 0, environment: undefined };
  const polls = new Map();
  const never = new AbortController().signal;
  const carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  return {
    ctx,
    carrier,
    clients,
    sender,
    connect: async (sandbox, name, chosen = []) => {
      const on = POSTING_KINDS.filter((kind) => !OPT_IN_KINDS.has(kind) || chosen.includes(kind));
      const kinds = ctx.sql.json(Object.fromEntries(on.map((kind) => [kind, "on"])));
      const [row] = await ctx.sql<{ id: number }[]>`
        insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since, poll_seconds, timeout_ms, settle_ms, rate_per_second)
        values (${name}, ${sandbox.url}, ${sandbox.db}, ${sandbox.login}, ${seal(ctx.config.secretKey, sandbox.key)}, '', false, ${kinds}, now(), 0,
          2000, 500, 500) returning id`;
      if (!row) throw new Error("no connection was made");
      return row.id;
    },
    settle: async () => {
      for (let round = 0; round < 40; round++) {
        await pollDue(ctx, clients, leadership, polls);
        const worked = await workDue(ctx, worker, never);
        const sent = await sendDue(ctx, sender, leadership, never);
        if (worked === 0 && !sent) return;
      }
    },
    scan: async (id, code, status, minutesAgo) => {
      await sendScan(ctx, carrier, { id, code, status, minutesAgo });
    },
    track: async (pickingId, tracking) => {
      const [row] = await ctx.sql<{ id: string }[]>`
        insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
        select ${tracking}, 'tracking_number', 'ups', shipment_id, ${tracking}, ${carrier.id}, true, gen_random_uuid() from shipment
        where picking_id = ${pickingId} and head_id is null returning shipment_id as id`;
      if (!row) throw new Error(`no shipment of picking ${pickingId}`);
      return row.id;
    },
    end: () => leadership.release(),
  };
}
