import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import { openExceptions } from "@/db/queries/pipeline/save-judged";
import type { Context } from "../context";
import { newException } from "../pipeline/judge";

/** A shipment row that exceptions may be about. */
export async function makeShipment(ctx: Context): Promise<string> {
  const id = ctx.uuid();
  await ctx.sql`insert into shipment (shipment_id, provisional, summary, name, first_feed_id, created_at, open_exceptions, state, updated_at)
    values (${id}, false, 'in_transit', ${`WH/OUT/${id.slice(-4)}`}, 1, ${ctx.now()}, 0, '{}', ${ctx.now()})`;
  return id;
}

/** Opens one exception the way the pipeline does, for a shipment of its own unless one is named; returns its id and group. */
export async function openException(
  ctx: Context,
  kind: ExceptionKind,
  over: Partial<Pick<Finding, "subject" | "occurrence" | "evidence" | "feedId">> & {
    cause?: string;
    shipmentId?: string;
    connectionId?: number;
  } = {},
): Promise<{ id: string; groupId: string; shipmentId: string }> {
  const { cause = "what", shipmentId = await makeShipment(ctx), connectionId = null, ...rest } = over;
  const finding: Finding = {
    kind,
    subject: "shipment",
    severity: EXCEPTION_SPECS[kind].severity,
    occurrence: "1",
    cause: { source: "feed:1", what: cause },
    text: `${kind} because of ${cause}`,
    evidence: {},
    feedId: null,
    messageId: null,
    ...rest,
  };
  const touch = { messageId: null, receivedAtMs: ctx.now().getTime(), correlationId: null };
  const row = { ...newException(finding, shipmentId, shipmentId, touch, ctx.uuid()), connectionId };
  await openExceptions(ctx.sql, [row], 1, ctx.now());
  await ctx.sql`update shipment set open_exceptions = open_exceptions + 1 where shipment_id = ${shipmentId}`;
  return { id: row.id, groupId: row.groupId, shipmentId };
}
