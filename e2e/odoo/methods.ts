import { accessError, notFound, OdooError, typeError, unprocessable, userError, valueError } from "./faults";
import { actionFeedback, activitySchedule, checkObjectReference, messagePost } from "./mail";
import {
  allow,
  browse,
  byExternalId,
  create,
  displayName,
  type Env,
  load,
  printRows,
  type SearchArgs,
  search,
  unlink,
  type Values,
  write,
} from "./orm";
import "./account";
import "./own-fields";
import { confirmOrders, createInvoices } from "./sale";
import { MODELS } from "./schema";
import { assign, buttonValidate, cancel, createReturns } from "./stock";

/** One call as both protocols hand it over: `ids` for a recordset, all else by name. */
export type Call = { model: string; method: string; ids: number[]; args: Values };

const MODEL_METHODS = new Set([
  "search",
  "search_read",
  "search_count",
  "create",
  "load",
  "fields_get",
  "context_get",
  "check_object_reference",
  "check_access_rights",
]);

const CHANGES = new Set([
  "write",
  "create",
  "unlink",
  "load",
  "message_post",
  "activity_schedule",
  "action_feedback",
  "button_validate",
  "action_confirm",
  "action_assign",
  "action_cancel",
  "create_invoices",
  "create_returns",
  "action_create_returns",
]);

/** Says whether a method changes data; the "be broken" switch tells reads and writes apart by it. */
export function changes(method: string): boolean {
  return CHANGES.has(method);
}

function recordset(env: Env, model: string, ids: number[]): unknown {
  return env.store.version === "14" ? `${model}(${ids.join(", ")}${ids.length === 1 ? "," : ""})` : ids;
}

function fieldsGet(env: Env, model: string, args: Values): Values {
  const wanted = Array.isArray(args.allfields) && args.allfields.length > 0 ? new Set(args.allfields) : null;
  const known = Object.entries(env.store.fields(model)).filter(([name]) => !wanted || wanted.has(name));
  return Object.fromEntries(
    known.map(([name, field]) => [name, { type: field.type, string: name, ...(field.to && { relation: field.to }) }]),
  );
}

function may(env: Env, model: string, operation: unknown): boolean {
  const action = (["read", "write", "create", "unlink"] as const).find((name) => name === operation);
  if (!action) throw valueError(`no such operation: ${String(operation)}`);
  return env.admin || !MODELS[model]?.adminOnly?.includes(action);
}

function strings(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string"))
    throw typeError(`missing a required argument: '${name}'`);
  return value;
}

function object(value: unknown, name: string): Values {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw unprocessable(`missing a required argument: '${name}'`);
  return value as Values;
}

function own(env: Env, { model, method, ids, args }: Call): unknown {
  switch (`${model}.${method}`) {
    case "sale.order.action_confirm":
      return confirmOrders(env, ids);
    case "stock.picking.action_confirm":
    case "stock.picking.action_assign":
      return assign(env, ids);
    case "stock.picking.action_cancel":
      return cancel(env, ids);
    case "stock.picking.button_validate":
      return buttonValidate(env, ids);
    case "stock.return.picking.create_returns":
      return env.store.version === "14" ? createReturns(env, ids) : undefined;
    case "stock.return.picking.action_create_returns":
      return env.store.version === "14" ? undefined : createReturns(env, ids);
    case "sale.advance.payment.inv.create_invoices":
      return createInvoices(env, ids);
    case "mail.activity.action_feedback":
      return actionFeedback(env, ids, args);
    case "ir.model.data.check_object_reference":
      return checkObjectReference(env, args);
    case "res.users.context_get":
      return { lang: "en_US", tz: "UTC", ...(env.store.version === "19" && { uid: env.uid }) };
    case "res.users.has_group": {
      const group = byExternalId(env, String(args.group_ext_id ?? ""));
      const groups = env.store.get("res.users", env.uid)?.[env.store.version === "14" ? "groups_id" : "group_ids"];
      return Array.isArray(groups) && group !== null && groups.includes(group.id);
    }
    default:
      return undefined;
  }
}

function common(env: Env, { model, method, ids, args }: Call): unknown {
  switch (method) {
    case "search":
      return search(env, model, args as SearchArgs).map((row) => row.id);
    case "search_count":
      return search(env, model, args as SearchArgs).length;
    case "search_read":
      return printRows(env, model, search(env, model, args as SearchArgs), args.fields as string[] | undefined);
    case "read":
      allow(env, model, "read");
      return printRows(env, model, browse(env, model, ids, "skip"), args.fields as string[] | undefined);
    case "fields_get":
      allow(env, model, "read");
      return fieldsGet(env, model, args);
    case "has_access":
      return env.store.version === "14" ? undefined : may(env, model, args.operation);
    case "check_access_rights":
      return may(env, model, args.operation);
    case "name_get":
      return browse(env, model, ids, "skip").map((row) => [row.id, displayName(env, model, row.id)]);
    case "write":
      allow(env, model, "write");
      write(env, model, ids, object(args.vals, "vals"));
      return true;
    case "unlink":
      allow(env, model, "unlink");
      unlink(env, model, ids);
      return true;
    case "create": {
      allow(env, model, "create");
      const list = Array.isArray(args.vals_list) ? args.vals_list : [object(args.vals_list, "vals_list")];
      const made = list.map((values: unknown) => create(env, model, object(values, "vals_list")).id);
      return env.store.version === "14" && !Array.isArray(args.vals_list) ? made[0] : made;
    }
    case "load":
      return load(env, model, strings(args.fields, "fields"), (args.data ?? []) as string[][]);
    case "message_post":
      return messagePost(env, model, ids, args);
    case "activity_schedule":
      return recordset(
        env,
        "mail.activity",
        activitySchedule(env, model, ids, args).map((row) => row.id),
      );
    default:
      return undefined;
  }
}

/** Runs one call as one transaction. Throws `OdooError`, named as the version names it. */
export function run(env: Env, call: Call): unknown {
  const is14 = env.store.version === "14";
  const { model, method, ids } = call;
  if (!MODELS[model])
    throw is14 ? userError(`Object ${model} doesn't exist`) : notFound(`the model '${model}' does not exist`);
  if (method.startsWith("_"))
    throw accessError(`Private methods (such as '${model}.${method}') cannot be called remotely.`);
  if (!is14 && MODEL_METHODS.has(method) && ids.length > 0)
    throw unprocessable(`cannot call ${model}.${method} with ids`);
  if (ids.some((id) => typeof id !== "number")) return method === "read" ? [] : true;
  env.effects.called(`${model}.${method}`);
  return env.store.transaction(() => {
    const result = own(env, call) ?? common(env, call);
    if (result !== undefined) return result;
    throw is14
      ? new OdooError("builtins.AttributeError", `'${model}' object has no attribute '${method}'`, 500)
      : notFound(`The method '${model}.${method}' does not exist`);
  });
}

/** Reads a list of ids as a caller sent it; a bare id is a list of one. */
export function readIds(value: unknown): number[] {
  if (value === undefined || value === null) return [];
  if (typeof value === "number") return [value];
  if (Array.isArray(value)) return value as number[];
  throw valueError("ids must be a list");
}
