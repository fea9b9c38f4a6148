import type { Context } from "../context";
import { type Arrival, receive } from "../messages/receive";
import type { TestFeed } from "./workspace";

type Scan = { id: string; code: string; status: string; minutesAgo: number };

/** One EasyPost scan as the door hands it on. */
export function scanOf(feed: TestFeed<"easypost">, scan: Scan): Arrival {
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
  return {
    feed,
    bytes,
    contentType: "application/json",
    headers: null,
    name: null,
    correlationId: `corr-${scan.id}`,
    verdict: "verified",
  };
}

/** Sends one EasyPost scan through the verb of the door. */
export async function sendScan(ctx: Context, feed: TestFeed<"easypost">, scan: Scan): Promise<string> {
  const [kept] = await receive(ctx, [scanOf(feed, scan)]);
  if (!kept?.ok) throw kept?.error ?? new Error("not stored");
  return kept.receipt;
}
