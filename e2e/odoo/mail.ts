import { Buffer } from "node:buffer";
import { missingError, typeError, valueError } from "./faults";
import { browse, byExternalId, create, displayName, type Env, HOOKS, search, sha1, type Values, write } from "./orm";
import type { Row } from "./store";

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function at(env: Env): string {
  return new Date(env.store.tick() / 1_000).toISOString();
}

HOOKS["mail.message"] = {
  defaults: (env) => ({
    author_id: env.store.get("res.users", env.uid)?.partner_id ?? false,
    message_id: `<${env.store.tick()}-openerp@sandbox>`,
    message_type: "notification",
  }),
  created: (env, row) => {
    env.store.update("mail.message", row.id, { date: env.store.tick() });
    if (row.mail_activity_type_id) return;
    const note = {
      kind: "note",
      model: String(row.model),
      id: Number(row.res_id),
      mark: String(row.message_id),
    } as const;
    env.effects.add({ at: at(env), ...note, correlationId: env.correlationId });
  },
};

HOOKS["ir.attachment"] = {
  created: (env, row) => {
    const bytes = Buffer.from(String(row.datas ?? ""), "base64");
    const checksum = sha1(bytes);
    env.store.update("ir.attachment", row.id, { checksum, file_size: bytes.length });
    const effect = {
      kind: "attachment",
      model: String(row.res_model),
      id: Number(row.res_id),
      mark: checksum,
    } as const;
    env.effects.add({ at: at(env), ...effect, correlationId: env.correlationId });
  },
};

HOOKS["mail.activity"] = {
  defaults: (env, values) => ({
    ...(env.store.version === "14" && { user_id: env.uid }),
    ...(typeof values.res_model_id === "number" && {
      res_model: env.store.get("ir.model", values.res_model_id)?.model ?? false,
    }),
    date_deadline: new Date(env.store.tick() / 1_000).toISOString().slice(0, 10),
  }),
  created: (env, row) => {
    env.store.update("mail.activity", row.id, {
      res_name: displayName(env, String(row.res_model), Number(row.res_id)),
    });
    const effect = { kind: "activity_opened", model: String(row.res_model), id: Number(row.res_id) } as const;
    env.effects.add({ at: at(env), ...effect, mark: String(row.summary), correlationId: env.correlationId });
  },
};

/** `message_post`: exactly one record; 19 escapes a plain body, 14 takes it as HTML. Does not touch the record's write_date. */
export function messagePost(env: Env, model: string, ids: readonly number[], args: Values): unknown {
  const [record] = browse(env, model, ids, "error");
  if (!record || ids.length !== 1) throw valueError(`Expected singleton: ${model}(${ids.join(", ")})`);
  const body = String(args.body ?? "");
  const html = env.store.version === "14" || args.body_is_html === true ? body : `<p>${escapeHtml(body)}</p>`;
  const row = create(env, "mail.message", {
    model,
    res_id: record.id,
    body: html,
    ...(typeof args.message_id === "string" && { message_id: args.message_id }),
    subtype_id: byExternalId(env, String(args.subtype_xmlid ?? "mail.mt_note"))?.id ?? false,
    ...(Array.isArray(args.attachment_ids) && { attachment_ids: [[6, 0, args.attachment_ids]] }),
  });
  return env.store.version === "14" ? row.id : [row.id];
}

/** `activity_schedule` on records; an unknown type becomes a to-do. */
export function activitySchedule(env: Env, model: string, ids: readonly number[], args: Values): Row[] {
  const type =
    byExternalId(env, String(args.act_type_xmlid ?? "")) ?? byExternalId(env, "mail.mail_activity_data_todo");
  const target = env.store.all("ir.model").find((row) => row.model === model);
  return browse(env, model, ids, "error").map((record) =>
    create(env, "mail.activity", {
      res_model_id: target?.id ?? false,
      res_model: model,
      res_id: record.id,
      activity_type_id: type?.id ?? false,
      summary: args.summary ?? false,
      note: args.note ?? false,
      user_id: args.user_id ?? env.uid,
      ...(typeof args.date_deadline === "string" && { date_deadline: args.date_deadline }),
    }),
  );
}

/** `action_feedback`: posts a message that quotes the activity, then archives (19) or deletes (14) it. Not idempotent. */
export function actionFeedback(env: Env, ids: readonly number[], args: Values): unknown {
  let last: number | false = false;
  for (const activity of browse(env, "mail.activity", ids, "error")) {
    const type = displayName(env, "mail.activity.type", Number(activity.activity_type_id));
    const feedback = escapeHtml(String(args.feedback ?? ""));
    const body = `<div><p><span>${type}</span> done<span>: </span><span>${escapeHtml(String(activity.summary ?? ""))}</span></p><div>${String(activity.note ?? "")}</div><div>${feedback}</div></div>`;
    last = create(env, "mail.message", {
      model: String(activity.res_model),
      res_id: Number(activity.res_id),
      body,
      mail_activity_type_id: activity.activity_type_id ?? false,
    }).id;
    const effect = { kind: "activity_closed", model: String(activity.res_model), id: Number(activity.res_id) } as const;
    env.effects.add({ at: at(env), ...effect, mark: String(activity.summary), correlationId: env.correlationId });
    if (env.store.version === "14") removeActivity(env, activity);
    else write(env, "mail.activity", [activity.id], { active: false, feedback: String(args.feedback ?? "") });
  }
  return last;
}

function removeActivity(env: Env, activity: Row): void {
  env.store.remove("mail.activity", activity.id);
  for (const entry of env.store.all("ir.model.data"))
    if (entry.model === "mail.activity" && entry.res_id === activity.id) env.store.remove("ir.model.data", entry.id);
}

/** `check_object_reference(module, xml_id)`: the record behind an external id, readable without right on the table of them. */
export function checkObjectReference(env: Env, args: Values): [string, number] {
  const { module, xml_id: xmlId } = args;
  if (typeof module !== "string" || typeof xmlId !== "string") throw typeError("missing a required argument: 'module'");
  const found = byExternalId(env, `${module}.${xmlId}`);
  if (!found) throw valueError(`External ID not found in the system: ${module}.${xmlId}`);
  if (!env.store.get(found.model, found.id)) throw missingError();
  return [found.model, found.id];
}

/** Messages of a record, newest first: what its chatter shows. */
export function chatter(env: Env, model: string, id: number): Row[] {
  const domain = [
    ["model", "=", model],
    ["res_id", "=", id],
  ];
  return search(env, "mail.message", { domain, order: "id desc" });
}
