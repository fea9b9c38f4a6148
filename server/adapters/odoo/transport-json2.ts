import type { OdooCall } from "./call";
import type { CallManner, Transport, TransportSettings } from "./client";
import { fromOdooError, fromStrangeAnswer } from "./errors";

/** JSON-2, Odoo 19 and later: `POST /json/2/<model>/<method>`, named arguments, the bare value or an error object as answer. */
export function json2Transport(settings: TransportSettings): Transport {
  return {
    name: "json2",
    async call(call: OdooCall, { timeoutMs, correlationId, urgency, onLeave }: CallManner) {
      const { model, method } = call;
      const body = { ...call.args, ...(call.ids && { ids: call.ids }), ...(call.context && { context: call.context }) };
      const answer = await settings.send(
        {
          method: "POST",
          url: `${settings.base}/json/2/${encodeURIComponent(model)}/${encodeURIComponent(method)}`,
          headers: {
            authorization: `bearer ${settings.key}`,
            "x-odoo-database": settings.db,
            "content-type": "application/json",
            ...(correlationId && { "x-correlation-id": correlationId }),
          },
          body: JSON.stringify(body),
          timeoutMs,
          maxBytes: settings.maxBytes,
          urgency,
          onLeave,
        },
        { model, method },
      );
      if (answer.status === 200 && answer.json !== undefined) return answer.json;
      const isOdoos = typeof answer.json === "object" && answer.json !== null && "name" in answer.json;
      throw isOdoos
        ? fromOdooError(call, answer.json, answer.status)
        : fromStrangeAnswer(call, answer.status, answer.text.slice(0, 4_000));
    },
  };
}
