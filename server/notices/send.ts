import { emailsIn } from "@/core/lookup/email";
import { judge } from "@/core/notices/judge";
import type { NoticeReason, NoticeState } from "@/core/notices/occasions";
import type { NoticesSettings } from "@/core/notices/settings";
import { compose, maskAddress } from "@/core/notices/template";
import type { Tx } from "@/db/client";
import { notifyLive } from "@/db/queries/live";
import { claimNotices, type DueNotice, listToldShipments, settleNotice, type ToldShipment } from "@/db/queries/notices";
import { workingConnections } from "@/db/queries/odoo-work";
import { fetchRecipients } from "../adapters/odoo/contact-changes";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Mailer } from "../alerts/mailer";
import type { Context } from "../context";
import type { OdooClients } from "../odoo/clients";
import { readSettings } from "../settings/read";
import { measureNotice } from "./measure";
import { valuesOf } from "./values";

const BATCH = 50;
const LEASE_MS = 300_000;
/** No mail is begun so late that the lease could end on its way. */
const SENDING_MS = 200_000;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;

type Case = { notice: DueNotice; shipment: ToldShipment };
type End = { state: NoticeState; reason: NoticeReason | null; dueAt?: Date; address?: string | null };

/**
 * Tells customers what is due: judged by what holds now, addresses read from Odoo in one set per connection, then one mail after another.
 * What cannot be done now waits and is tried again until it is too old. Returns true when more may be due.
 */
export async function sendNotices(
  ctx: Context,
  clients: OdooClients,
  mailer: Mailer | null,
  slot: number,
): Promise<boolean> {
  const now = ctx.now();
  const begun = performance.now();
  const { notices: settings, objectives } = await readSettings(ctx);
  const due = await claimNotices(ctx.sql, now, new Date(now.getTime() + LEASE_MS), BATCH);
  if (due.length === 0) return false;
  const shipments = await listToldShipments(
    ctx.sql,
    due.map(({ shipmentId }) => shipmentId),
  );
  const byId = new Map(shipments.map((one) => [one.id, one]));
  const ready: Case[] = [];
  for (const notice of due) {
    const shipment = byId.get(notice.shipmentId);
    if (!shipment) await settle(ctx, notice, { state: "suppressed", reason: "withdrawn" });
    else if (await isReady(ctx, notice, shipment, settings)) ready.push({ notice, shipment });
  }
  if (mailer === null) {
    for (const { notice } of ready) await later(ctx, notice, "mail_down");
    return false;
  }
  let down = false;
  for (const { notice, shipment, address } of await withAddresses(ctx, clients, ready)) {
    if (address === null) {
      await settle(ctx, notice, { state: "suppressed", reason: "no_address" });
      continue;
    }
    if (down || performance.now() - begun > SENDING_MS) {
      await later(ctx, notice, "mail_down");
      continue;
    }
    const letter = compose(settings.occasions[notice.occasion], valuesOf(shipment, settings));
    const { end } = await mailer.send({ id: notice.id, address, ...letter });
    if (end === "later") {
      down = true;
      ctx.log.warn({ notice: notice.id }, "mail server does not take mail; customers are told later");
      await later(ctx, notice, "mail_down");
    } else if (end === "refused")
      await settle(ctx, notice, { state: "failed", reason: "refused", address: maskAddress(address) });
    else {
      const sent: End = { state: "sent", reason: null, address: maskAddress(address) };
      await settle(ctx, notice, sent, (tx, at) => measureNotice(ctx, tx, slot, notice, at, objectives));
    }
  }
  await notifyLive(
    ctx.sql,
    "shipments",
    due.map(({ shipmentId }) => shipmentId),
  );
  return !down && due.length === BATCH;
}

/** Whether a notice can be sent now; else it is put off, or ended with the reason. */
async function isReady(
  ctx: Context,
  notice: DueNotice,
  { told, connectionId, pickingId }: ToldShipment,
  settings: NoticesSettings,
): Promise<boolean> {
  const at = { told, occasion: notice.occasion, occurredAtMs: notice.occurredAt.getTime(), nowMs: ctx.now().getTime() };
  const verdict = judge(at, settings);
  if (verdict.act === "suppress") {
    const tried = verdict.reason === "too_old" && notice.reason !== null && notice.reason !== "quiet_hours";
    await settle(
      ctx,
      notice,
      tried ? { state: "given_up", reason: notice.reason } : { state: "suppressed", reason: verdict.reason },
    );
    return false;
  }
  if (verdict.act === "wait") {
    const { reason, untilMs } = verdict;
    await settle(ctx, { ...notice, held: true }, { state: "planned", reason, dueAt: new Date(untilMs) });
    return false;
  }
  if (connectionId !== null && pickingId !== null) return true;
  await later(ctx, notice, "no_transfer");
  return false;
}

/** The address of each: that of the transfer's delivery address, else of the order's customer. Those whose Odoo cannot be asked wait. */
async function withAddresses(
  ctx: Context,
  clients: OdooClients,
  cases: readonly Case[],
): Promise<(Case & { address: string | null })[]> {
  if (cases.length === 0) return [];
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  const found: (Case & { address: string | null })[] = [];
  for (const [id, group] of Map.groupBy(cases, ({ shipment }) => shipment.connectionId)) {
    const connection = id === null ? undefined : connections.get(id);
    try {
      if (connection?.state !== "active") throw new Paused();
      const client = await clients.get(ctx, connection);
      const pickings = [...new Set(group.flatMap(({ shipment }) => shipment.pickingId ?? []))];
      const recipients = new Map((await fetchRecipients(client, pickings)).map((one) => [one.pickingId, one.partners]));
      for (const one of group) {
        const partners = recipients.get(one.shipment.pickingId ?? 0) ?? [];
        const address = partners.flatMap(({ email }) => emailsIn(email ?? "", 1))[0] ?? null;
        found.push({ ...one, address });
      }
    } catch (error) {
      if (!(error instanceof OdooFailure || error instanceof Paused)) throw error;
      ctx.log.warn({ connection: id, waiting: group.length, err: error.message }, "customers are told later");
      for (const { notice } of group) await later(ctx, notice, "odoo_down");
    }
  }
  return found;
}

class Paused extends Error {
  constructor() {
    super("the connection is paused or archived");
  }
}

/** Puts a notice off, longer with each try. It is given up when it has become too old, which the next look finds. */
async function later(ctx: Context, notice: DueNotice, reason: NoticeReason): Promise<void> {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(notice.attempts - 1, 10));
  await settle(ctx, notice, { state: "planned", reason, dueAt: new Date(ctx.now().getTime() + wait) });
}

async function settle(
  ctx: Context,
  notice: DueNotice,
  { state, reason, dueAt, address = null }: End,
  also?: (tx: Tx, at: Date) => Promise<void>,
): Promise<void> {
  const now = ctx.now();
  const { shipmentId, occasion, held } = notice;
  const endedAt = state === "planned" ? null : now;
  await ctx.sql.begin(async (tx) => {
    await settleNotice(tx, { shipmentId, occasion, state, reason, held, dueAt: dueAt ?? now, endedAt, address });
    await also?.(tx, now);
  });
}
