import { idOf, type OdooRow, textOf } from "../call";
import { hasField } from "../dialect";
import {
  companiesContext,
  companyContext,
  escapeHtml,
  externalId,
  type PostingKindOf,
  type Readback,
  type RequestOf,
  recordIds,
} from "./kind";

type Activity = RequestOf<"exception_activity">;

/** What stands in the summary to find the activity again, whatever its external id has become. */
export function activityMark(marker: string): string {
  return `[WP-${marker}]`;
}

function find(request: Activity, [activities = [], messages = []]: Readback, showsDone: boolean) {
  const mark = activityMark(request.desired.marker);
  const mine = activities.filter((row) => row.res_id === request.record.id && String(row.summary).includes(mark));
  const isOpen = (row: OdooRow) => !showsDone || row.active !== false;
  return {
    open: mine.filter(isOpen),
    // a done activity is archived since 17 or so and deleted before; on both it leaves a message that quotes its summary
    done:
      mine.some((row) => !isOpen(row)) ||
      messages.some((row) => row.res_id === request.record.id && String(row.body).includes(mark)),
  };
}

/**
 * Keeps an exception as an activity on the picking. Opened by `load` with an external id made from the exception, so at most once;
 * closed by `action_feedback`, which is not repeatable and therefore always looks first.
 */
export const exceptionActivity: PostingKindOf<"exception_activity"> = {
  kind: "exception_activity",
  looksFirst: true,
  together: { most: 50, like: (request) => request.desired.state },
  read: (requests, dialect) => [
    {
      model: "mail.activity",
      method: "search_read",
      args: {
        domain: [
          ["res_model", "=", "stock.picking"],
          ["res_id", "in", recordIds(requests)],
          ["summary", "ilike", "[WP-"],
        ],
        fields: [
          "res_id",
          "summary",
          "user_id",
          "date_deadline",
          ...(hasField(dialect, "mail.activity", "active") ? ["active"] : []),
        ],
      },
      context: { ...companiesContext(requests), active_test: false },
    },
    {
      model: "mail.message",
      method: "search_read",
      args: {
        domain: [
          ["model", "=", "stock.picking"],
          ["res_id", "in", recordIds(requests)],
          ["mail_activity_type_id", "!=", false],
          ["body", "ilike", "[WP-"],
        ],
        fields: ["res_id", "body"],
      },
      context: companiesContext(requests),
    },
  ],
  call: (request, seen, dialect) => {
    const { marker, state, summary, note, dueOn, userId, feedback } = request.desired;
    const { open, done } = find(request, seen, hasField(dialect, "mail.activity", "active"));
    const context = companyContext(request);
    if (state === "closed") {
      if (open.length === 0) return { do: "nothing", reason: "No activity of this exception is open in Odoo." };
      const args = { feedback: `${feedback ?? "Resolved in Waypost."} (${request.correlationId})` };
      return {
        do: "send",
        calls: [{ model: "mail.activity", method: "action_feedback", ids: open.map((row) => row.id), args, context }],
      };
    }
    if (open.length > 0) return { do: "nothing", reason: "The activity is open in Odoo already." };
    if (done) return { do: "nothing", reason: "The activity was opened and has been marked done in Odoo." };
    const owner = userId ?? dialect.userId;
    const row: Record<string, string> = {
      id: externalId(`activity-${request.record.id}-${marker}`),
      "res_model_id/id": "stock.model_stock_picking",
      res_id: String(request.record.id),
      "activity_type_id/id": "mail.mail_activity_data_warning",
      summary: `${summary} ${activityMark(marker)}`,
      note: `<p>${note.split("\n").map(escapeHtml).join("<br>")}</p><p><small>Waypost ${escapeHtml(request.correlationId)}</small></p>`,
      date_deadline: dueOn,
      ...(owner !== null && { "user_id/.id": String(owner) }),
    };
    const args = { fields: Object.keys(row), data: [Object.values(row)] };
    return { do: "send", calls: [{ model: "mail.activity", method: "load", args, context }] };
  },
  verify: (request, seen, dialect) => {
    const { open, done } = find(request, seen, hasField(dialect, "mail.activity", "active"));
    const first = open[0];
    const found = {
      open: open.map((row) => row.id),
      done,
      summary: textOf(first?.summary),
      userId: idOf(first?.user_id),
    };
    if (request.desired.state === "closed")
      return open.length === 0
        ? { verdict: "holds", reason: "No activity of this exception is open in Odoo.", found }
        : { verdict: "absent", reason: "The activity is still open in Odoo.", found };
    if (open.length > 1) return { verdict: "differs", reason: `The activity stands ${open.length} times.`, found };
    if (first) return { verdict: "holds", reason: "The activity is open in Odoo.", found };
    if (done) return { verdict: "holds", reason: "The activity was opened and has been marked done in Odoo.", found };
    return { verdict: "absent", reason: "The activity is not in Odoo.", found };
  },
};
