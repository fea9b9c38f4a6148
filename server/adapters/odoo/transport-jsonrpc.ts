import type { OdooCall } from "./call";
import type { CallManner, Transport, TransportSettings } from "./client";
import { type CallName, fromOdooError, fromStrangeAnswer, OdooFailure } from "./errors";

const RECORDSET = /^[a-z][a-z0-9_.]*\(((?:\d+, ?)*\d*)\)$/;

/** Turns a recordset that Odoo 14 prints as text, `mail.activity(17,)`, into its ids; leaves any other value alone. */
export function withoutRecordsetText(value: unknown): unknown {
  const inside = typeof value === "string" ? RECORDSET.exec(value)?.[1] : undefined;
  return inside === undefined ? value : (inside.match(/\d+/g) ?? []).map(Number);
}

/** Asks one of the services behind /jsonrpc; a method that returns None answers without a `result` key. */
export async function askJsonrpc(
  settings: TransportSettings,
  call: CallName,
  service: "common" | "object",
  method: string,
  args: unknown[],
  { timeoutMs, correlationId, urgency, onLeave }: CallManner,
): Promise<unknown> {
  const answer = await settings.send(
    {
      method: "POST",
      url: `${settings.base}/jsonrpc`,
      headers: { "content-type": "application/json", ...(correlationId && { "x-correlation-id": correlationId }) },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "call", params: { service, method, args } }),
      timeoutMs,
      maxBytes: settings.maxBytes,
      urgency,
      onLeave,
    },
    call,
  );
  const json = answer.json;
  if (answer.status !== 200 || typeof json !== "object" || json === null || !("jsonrpc" in json))
    throw fromStrangeAnswer(call, answer.status, answer.text.slice(0, 4_000));
  if ("error" in json) {
    const error = json.error as { data?: unknown; message?: unknown } | null;
    throw fromOdooError(call, error?.data ?? { name: "unnamed", message: error?.message }, answer.status);
  }
  return "result" in json ? json.result : null;
}

/** JSON-RPC, Odoo 14 to 18: ids are the first positional argument, all else goes by name, except what only goes by place. */
export function jsonrpcTransport(settings: TransportSettings): Transport {
  let user: Promise<number> | null = null;
  const signIn = async (call: CallName, { timeoutMs, urgency }: CallManner): Promise<number> => {
    const args = [settings.db, settings.login, settings.key, {}];
    const id = await askJsonrpc(settings, call, "common", "authenticate", args, {
      timeoutMs,
      urgency,
      correlationId: null,
    });
    if (typeof id === "number") return id;
    throw new OdooFailure("auth", call, { message: "Odoo did not accept the login and key.", code: "authenticate" });
  };
  // one sign-in for all calls under way; a failed one is forgotten, so that the next call tries again
  const userId = (call: CallName, manner: CallManner): Promise<number> => {
    user ??= signIn(call, manner).catch((error: unknown) => {
      user = null;
      // the sign-in changes nothing: the call itself was never sent
      if (error instanceof OdooFailure && error.kind === "unknown")
        throw new OdooFailure("unreachable", call, { message: error.message, code: error.code, status: error.status });
      throw error;
    });
    return user;
  };
  return {
    name: "jsonrpc",
    async call(call: OdooCall, manner: CallManner) {
      const name = { model: call.model, method: call.method };
      const uid = await userId(name, manner);
      const { vals_list, vals, ...others } = call.args ?? {};
      const { domain, ...withoutDomain } = others;
      const counts = call.method === "search_count";
      const positional: unknown[] = call.ids ? [call.ids] : [];
      // `create` of 14 takes its values only by place, `write` of some models and `search_count` name theirs otherwise than 19
      if (vals_list !== undefined) positional.push(vals_list);
      if (vals !== undefined) positional.push(vals);
      if (counts) positional.push(domain ?? []);
      const kwargs = { ...(counts ? withoutDomain : others), ...(call.context && { context: call.context }) };
      const args = [settings.db, uid, settings.key, call.model, call.method, positional, kwargs];
      try {
        return withoutRecordsetText(await askJsonrpc(settings, name, "object", "execute_kw", args, manner));
      } catch (error) {
        if (error instanceof OdooFailure && error.kind === "auth") user = null;
        throw error;
      }
    },
  };
}
