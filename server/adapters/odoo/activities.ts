import { instantOf, linkOf, type OdooRow, textOf } from "./call";
import type { OdooClient } from "./client";
import { type Dialect, hasField, present } from "./dialect";
import { activityMark } from "./postings/exception-activity";

export type WatchedActivity = { pickingId: number; marker: string; activityId: number | null };

/** How an activity stands in Odoo. `unknown` where its transfer is not to be seen either, so that nothing can be said. */
export type ActivityState =
  | { is: "open"; activityId: number }
  | { is: "done"; by: string | null; at: string | null; feedback: string | null }
  | { is: "deleted" }
  | { is: "unknown" };

const ANY_STATE = { active_test: false };

/**
 * Says how activities stand: on newer versions a done one is archived, on older ones it is gone and has left a message; what is gone without a
 * message was deleted. Three bounded reads for each batch of transfers.
 */
export async function fetchActivities(
  client: OdooClient,
  watched: readonly WatchedActivity[],
  limit = 200,
): Promise<ActivityState[]> {
  const dialect = await client.dialect();
  const pickings = [...new Set(watched.map(({ pickingId }) => pickingId))].sort((a, b) => a - b);
  const [activities, messages, there]: [OdooRow[], OdooRow[], Set<number>] = [[], [], new Set()];
  for (let at = 0; at < pickings.length; at += limit) {
    const ids = pickings.slice(at, at + limit);
    const [found, said, standing] = await Promise.all([
      client.searchRead(
        "mail.activity",
        [
          ["res_model", "=", "stock.picking"],
          ["res_id", "in", ids],
        ],
        ["res_id", "summary", "write_uid", "write_date", ...present(dialect, "mail.activity", ["active", "feedback"])],
        { context: ANY_STATE, order: "id" },
      ),
      client.searchRead(
        "mail.message",
        [
          ["model", "=", "stock.picking"],
          ["res_id", "in", ids],
          ["mail_activity_type_id", "!=", false],
          ["body", "ilike", "[WP-"],
        ],
        ["res_id", "body", "author_id", "date"],
        { order: "id desc" },
      ),
      client.searchRead("stock.picking", [["id", "in", ids]], ["id"], { context: ANY_STATE }),
    ]);
    activities.push(...found);
    messages.push(...said);
    for (const { id } of standing) there.add(id);
  }
  const read: ReadActivities = {
    activities: Map.groupBy(activities, (row) => Number(row.res_id)),
    messages: Map.groupBy(messages, (row) => Number(row.res_id)),
    there,
  };
  return watched.map((one) => stateOf(one, read, dialect));
}

type ReadActivities = {
  activities: ReadonlyMap<number, readonly OdooRow[]>;
  messages: ReadonlyMap<number, readonly OdooRow[]>;
  there: ReadonlySet<number>;
};

function stateOf(
  { pickingId, marker, activityId }: WatchedActivity,
  read: ReadActivities,
  dialect: Dialect,
): ActivityState {
  const mark = activityMark(marker);
  const mine = (read.activities.get(pickingId) ?? []).filter(
    (row) => row.id === activityId || String(row.summary).includes(mark),
  );
  const showsDone = hasField(dialect, "mail.activity", "active");
  const open = mine.find((row) => !showsDone || row.active !== false);
  if (open) return { is: "open", activityId: open.id };
  const message = (read.messages.get(pickingId) ?? []).find((row) => String(row.body).includes(mark));
  const archived = mine[0];
  if (message === undefined && archived === undefined)
    return read.there.has(pickingId) ? { is: "deleted" } : { is: "unknown" };
  const who = linkOf(message?.author_id) ?? linkOf(archived?.write_uid);
  return {
    is: "done",
    by: who?.name ?? null,
    at: instantOf(message?.date ?? archived?.write_date),
    feedback: textOf(archived?.feedback),
  };
}
