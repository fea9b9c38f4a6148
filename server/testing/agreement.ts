import { STATUS_FIELD } from "@/core/odoo/status-field";
import type { DesiredPosting } from "@/core/postings/desired";
import type { PostingKind, PostingState } from "@/core/postings/kinds";
import { idOf, idsOf } from "../adapters/odoo/call";
import type { OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";

/** What was acknowledged, what became of it, and what Odoo holds; `disagreements` is empty where all of it agrees. */
export type Agreement = {
  acknowledged: number;
  interpreted: number;
  events: number;
  postings: Partial<Record<PostingKind, number>>;
  effects: Partial<Record<PostingKind, number>>;
  disagreements: string[];
};

type Posting = {
  key: string;
  kind: PostingKind;
  state: PostingState;
  model: string;
  record: number;
  desired: DesiredPosting;
};

const ENDED: ReadonlySet<PostingState> = new Set(["verified", "superseded", "cancelled", "held"]);
const CHUNK = 200;

/**
 * Counts the whole way of acknowledged messages: stored, interpreted, their events, the postings, and the effects that Odoo really holds, read by
 * plain calls of its own and not by the code under test. `odoo` null: nothing was to be posted.
 */
export async function countAgreement(
  ctx: Context,
  odoo: OdooClient | null,
  receipts: readonly string[],
): Promise<Agreement> {
  const disagreements: string[] = [];
  const ids = [...new Set(receipts)];
  const [told] = await ctx.sql<
    { stored: number; interpreted: number; waiting: number; events: number; said: number }[]
  >`
    with told as (select unnest(${ids}::uuid[]) as id)
    select (select count(*) from message m join told t on t.id = m.id)::int as stored,
      (select count(distinct i.message_id) from interpretation i join told t on t.id = i.message_id)::int as interpreted,
      (select count(*) from inbox i join told t on t.id = i.message_id)::int as waiting,
      (select count(*) from event e join told t on t.id = e.message_id)::int as events,
      (select coalesce(sum(i.events), 0) from interpretation i join told t on t.id = i.message_id)::int as said`;
  const { stored = 0, interpreted = 0, waiting = 0, events = 0, said = 0 } = told ?? {};
  const equal = (what: string, is: number, should: number) => {
    if (is !== should) disagreements.push(`${what}: ${is} instead of ${should}`);
  };
  equal("acknowledged messages that are stored", stored, ids.length);
  equal("stored messages that were interpreted", interpreted, stored);
  equal("messages that still wait", waiting, 0);
  equal("events", events, said);
  const postings = await ctx.sql<Posting[]>`
    select key, kind, state, record_model as model, record_id as record, desired from posting`;
  for (const { key, state } of postings) if (!ENDED.has(state)) disagreements.push(`${key} is ${state}`);
  const verified = postings.filter(({ state }) => state === "verified");
  const effects: Agreement["effects"] = {};
  if (odoo) {
    for (const [kind, found] of await findEffects(odoo, verified, disagreements)) effects[kind] = found;
    for (const [kind, count] of Object.entries(tally(verified))) {
      equal(`effects of ${kind}`, effects[kind as PostingKind] ?? 0, count);
    }
  }
  return { acknowledged: ids.length, interpreted, events, postings: tally(verified), effects, disagreements };
}

function tally(postings: readonly Posting[]): Agreement["postings"] {
  const counts: Agreement["postings"] = {};
  for (const { kind } of postings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Effects by kind. A level that a newer one replaced counts with it: the field holds the newest. */
async function findEffects(
  odoo: OdooClient,
  verified: readonly Posting[],
  disagreements: string[],
): Promise<Map<PostingKind, number>> {
  const found = new Map<PostingKind, number>();
  const add = (kind: PostingKind, count = 1) => found.set(kind, (found.get(kind) ?? 0) + count);
  const byRecord = Map.groupBy(
    verified.filter(({ model }) => model === "stock.picking"),
    ({ record }) => record,
  );
  const records = [...byRecord.keys()];
  for (let at = 0; at < records.length; at += CHUNK) {
    const chunk = records.slice(at, at + CHUNK);
    const withStatus = verified.some(({ kind }) => kind === "status_field");
    const held = await read(odoo, chunk, withStatus ? [STATUS_FIELD] : []);
    for (const record of chunk) {
      const mine = byRecord.get(record) ?? [];
      const of = (kind: PostingKind) => mine.filter((posting) => posting.kind === kind);
      const here = {
        picking: held.pickings.find((row) => row.id === record),
        notes: held.notes.filter((row) => row.res_id === record),
        files: held.files.filter((row) => row.res_id === record),
        activities: held.activities.filter((row) => row.res_id === record),
        backorders: held.backorders.filter((row) => Array.isArray(row.backorder_id) && row.backorder_id[0] === record),
        returns: new Set(held.returned.filter((row) => row.of === record).map((row) => row.picking)),
      };
      const newest = of("tracking_number").sort((a, b) => numberOf(b.key) - numberOf(a.key))[0]?.desired;
      if (newest?.kind === "tracking_number" && here.picking?.carrier_tracking_ref === newest.trackingReference)
        add("tracking_number", of("tracking_number").length);
      const status = of("status_field").sort((a, b) => numberOf(b.key) - numberOf(a.key))[0]?.desired;
      if (status?.kind === "status_field" && here.picking?.[STATUS_FIELD] === status.status)
        add("status_field", of("status_field").length);
      for (const { desired } of of("transfer_validated")) {
        if (here.picking?.state === "done") add("transfer_validated");
        if (desired.kind === "transfer_validated" && desired.quantities === null && here.backorders.length > 0)
          disagreements.push(`transfer ${record} has ${here.backorders.length} backorders that nobody asked for`);
      }
      if (here.returns.size > 0) add("return_transfer", here.returns.size);
      if (here.returns.size > 1) disagreements.push(`transfer ${record} has ${here.returns.size} returns`);
      add("status_note", here.notes.length);
      if (new Set(here.notes.map((row) => row.message_id)).size !== here.notes.length)
        disagreements.push(`transfer ${record} has a note twice`);
      for (const { key, desired } of of("proof_of_delivery")) {
        const copies = here.files.filter(
          (row) => desired.kind === "proof_of_delivery" && row.checksum === desired.sha1,
        );
        add("proof_of_delivery", copies.length);
        if (copies.length > 1) disagreements.push(`${key} is attached ${copies.length} times`);
      }
      for (const { key, desired } of of("exception_activity")) {
        if (desired.kind !== "exception_activity") continue;
        const copies = here.activities.filter((row) => String(row.summary).includes(desired.marker));
        // Odoo 14 deletes an activity when it is done
        add("exception_activity", desired.state === "closed" ? 1 : copies.length);
        if (copies.length > 1) disagreements.push(`${key} stands ${copies.length} times`);
      }
    }
  }
  for (const { id, invoices } of await invoicesOf(odoo, verified)) {
    add("customer_invoice", invoices);
    if (invoices > 1) disagreements.push(`order ${id} has ${invoices} invoices`);
  }
  return found;
}

/** How many invoices the orders have that were invoiced. */
async function invoicesOf(odoo: OdooClient, verified: readonly Posting[]) {
  const ids = verified.filter(({ kind }) => kind === "customer_invoice").map(({ record }) => record);
  if (ids.length === 0) return [];
  const orders = await odoo.searchRead("sale.order", [["id", "in", ids]], ["invoice_ids"]);
  return orders.map((row) => ({ id: row.id, invoices: idsOf(row.invoice_ids).length }));
}

async function read(odoo: OdooClient, ids: readonly number[], fields: readonly string[]) {
  const ofPicking = ["res_model", "=", "stock.picking"] as const;
  const [pickings, notes, files, activities, backorders, moves] = await Promise.all([
    odoo.searchRead("stock.picking", [["id", "in", ids]], ["state", "carrier_tracking_ref", ...fields]),
    odoo.searchRead(
      "mail.message",
      [
        ["model", "=", "stock.picking"],
        ["res_id", "in", ids],
        ["message_id", "ilike", "@waypost"],
      ],
      ["message_id", "res_id"],
    ),
    odoo.searchRead("ir.attachment", [[...ofPicking], ["res_id", "in", ids]], ["res_id", "checksum"]),
    odoo.searchRead("mail.activity", [[...ofPicking], ["res_id", "in", ids]], ["res_id", "summary"], {
      context: { active_test: false },
    }),
    odoo.searchRead("stock.picking", [["backorder_id", "in", ids]], ["backorder_id"]),
    odoo.searchRead("stock.move", [["picking_id", "in", ids]], ["picking_id"]),
  ]);
  const pickingOf = new Map(moves.map((row) => [row.id, idOf(row.picking_id)]));
  const back = await odoo.searchRead(
    "stock.move",
    [
      ["origin_returned_move_id", "in", moves.map(({ id }) => id)],
      ["state", "!=", "cancel"],
    ],
    ["picking_id", "origin_returned_move_id"],
  );
  const returned = back.map((row) => ({
    picking: idOf(row.picking_id),
    of: pickingOf.get(idOf(row.origin_returned_move_id) ?? 0) ?? null,
  }));
  return { pickings, notes, files, activities, backorders, returned };
}

function numberOf(key: string): number {
  return Number(key.slice(key.lastIndexOf("-") + 1));
}
