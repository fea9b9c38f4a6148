import type { Context } from "../context";
import { receive } from "../messages/receive";
import type { TestFeed } from "./workspace";

/** Sends one EasyPost scan through the verb of the door. */
export async function sendScan(
  ctx: Context,
  feed: TestFeed<"easypost">,
  scan: { id: string; code: string; status: string; minutesAgo: number },
): Promise<string> {
  const at = new Date(Date.now() - scan.minutesAgo * 60_000).toISOString();
  const { status } = scan;
  const detail = {
    object: "TrackingDetail",
    message: status,
    status,
    datetime: at,
    tracking_location: { city: "X", country: "US" },
  };
  const result = {
    object: "Tracker",
    tracking_code: scan.code,
    carrier: "UPS",
    status,
    updated_at: at,
    tracking_details: [detail],
  };
  const bytes = Buffer.from(
    JSON.stringify({ id: `evt_${scan.id}`, object: "Event", description: "tracker.updated", result }),
  );
  const [kept] = await receive(ctx, [
    {
      feed,
      bytes,
      contentType: "application/json",
      headers: null,
      name: null,
      correlationId: `corr-${scan.id}`,
      verdict: "verified",
    },
  ]);
  if (!kept?.ok) throw kept?.error ?? new Error("not stored");
  return kept.receipt;
}

/** Makes a tracking number a package of the shipment that an order reference names, as a warehouse would tell. */
export async function tellTracking(
  ctx: Context,
  feedId: number,
  orderReference: string,
  tracking: string,
): Promise<string | null> {
  const [row] = await ctx.sql<{ id: string }[]>`
    insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
    select ${tracking}, 'tracking_number', 'ups', shipment_id, ${tracking}, ${feedId}, true, gen_random_uuid() from reference
    where kind = 'customer_po' and said = ${orderReference} returning shipment_id as id`;
  return row?.id ?? null;
}
