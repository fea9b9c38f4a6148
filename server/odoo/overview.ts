import { type Breaker, CLOSED } from "@/core/postings/breaker";
import type { Json } from "@/core/shipments/attributes";
import {
  type Backlog,
  type ConnectionRow,
  countPostedSince,
  listBacklog,
  listConnections,
  listWatermarks,
  type WatermarkRow,
} from "@/db/queries/odoo";
import type { Context } from "../context";
import { AppError } from "../errors";

export type ConnectionOverview = {
  connection: ConnectionRow;
  breaker: Breaker;
  watermarks: WatermarkRow[];
  backlog: Backlog[];
  /** Postings that are due or under way, and the seconds in which they drain at the pace of the last minutes, or at the rate limit. */
  due: number;
  drainSeconds: number | null;
  postedLast5Minutes: number;
};

const WINDOW_MS = 5 * 60_000;

/** Reads a stored breaker; anything else counts as closed. */
function breakerOf(stored: Json): Breaker {
  const state = stored !== null && typeof stored === "object" && !Array.isArray(stored) ? stored.state : null;
  return state === "open" || state === "half_open" || state === "closed" ? (stored as unknown as Breaker) : CLOSED;
}

/** Every connection with what it reads, what waits for it, and how long that will take. */
export async function readConnections(ctx: Pick<Context, "sql" | "now">): Promise<ConnectionOverview[]> {
  const since = new Date(ctx.now().getTime() - WINDOW_MS);
  const [connections, watermarks, backlog, posted] = await Promise.all([
    listConnections(ctx.sql),
    listWatermarks(ctx.sql),
    listBacklog(ctx.sql),
    countPostedSince(ctx.sql, since),
  ]);
  return connections.map((connection) => {
    const own = backlog.filter((row) => row.connectionId === connection.id);
    const due = own
      .filter((row) => row.state === "planned" || row.state === "sending" || row.state === "unconfirmed")
      .reduce((sum, row) => sum + row.count, 0);
    const done = posted.find((row) => row.connectionId === connection.id)?.posted ?? 0;
    const pace = done > 0 ? (done * 1000) / WINDOW_MS : connection.ratePerSecond;
    return {
      connection,
      breaker: breakerOf(connection.breaker),
      watermarks: watermarks.filter((row) => row.connectionId === connection.id),
      backlog: own,
      due,
      drainSeconds: due === 0 || connection.state !== "active" ? null : due / pace,
      postedLast5Minutes: done,
    };
  });
}

/** One connection; throws `not_found`. */
export async function getConnection(ctx: Pick<Context, "sql" | "now">, id: number): Promise<ConnectionOverview> {
  const found = (await readConnections(ctx)).find((one) => one.connection.id === id);
  if (!found) throw new AppError("not_found", "There is no such connection.");
  return found;
}
