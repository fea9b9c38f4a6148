import { workingConnections } from "@/db/queries/odoo-work";
import { connectionsWithWork } from "@/db/queries/outbox";
import type { Context } from "../context";
import type { Leadership } from "../jobs/leadership";
import { letGo, restAt } from "../postings/probe";
import { workConnection } from "../postings/sender";
import type { Sender } from "../postings/sender-state";
import type { OdooClients } from "./clients";
import { type PollState, pollConnection } from "./poll";

/** Sends for every connection this process leads that has something due; true when there is more. */
export async function sendDue(
  ctx: Context,
  sender: Sender,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<boolean> {
  const busy = await connectionsWithWork(ctx.sql, ctx.now());
  let more = false;
  await Promise.all(
    (await workingConnections(ctx.sql)).map(async (connection) => {
      if (!(await leadership.lead("senders", connection.id))) {
        letGo(sender, connection.id);
        return;
      }
      if (!busy.has(connection.id)) {
        // a slow Odoo at rest holds up nothing that is due for another
        restAt(ctx, sender, connection).catch((error) => ctx.log.warn({ err: String(error) }, "pulse failed"));
        return;
      }
      if (await workConnection(ctx, sender, connection, signal)) more = true;
    }),
  );
  return more;
}

/** Polls every connection this process leads whose time has come; true when one has more to read at once. */
export async function pollDue(
  ctx: Context,
  clients: OdooClients,
  leadership: Leadership,
  states: Map<number, PollState>,
): Promise<boolean> {
  let more = false;
  for (const connection of await workingConnections(ctx.sql)) {
    if (!(await leadership.lead("polls", connection.id))) continue;
    const state = states.get(connection.id) ?? {
      polledAtMs: 0,
      deletionsAtMs: ctx.now().getTime(),
      contactsAtMs: 0,
      activitiesAtMs: 0,
    };
    states.set(connection.id, state);
    if (await pollConnection(ctx, clients, connection, state)) more = true;
  }
  return more;
}
