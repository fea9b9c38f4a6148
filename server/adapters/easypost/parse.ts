import { type Outcome, read, unread } from "@/core/outcome";
import { shown, wordOf } from "@/core/raw-text";

/** A JSON object whose members nobody has looked at yet. */
export type Fields = { readonly [key: string]: unknown };

export type EasypostMessage =
  | { kind: "tracker"; tracker: Fields; at: string }
  /** A readable message that has nothing for us, and why. */
  | { kind: "other"; why: string };

/** Reads the bytes of a webhook (an Event around a Tracker) or of the API's own Tracker object. */
export function parseEasypost(bytes: Uint8Array): Outcome<EasypostMessage> {
  const json = parseJson(bytes);
  if (!json.ok) return json;
  const body = json.value;
  if (!isFields(body)) return unread({ kind: "schema", at: "", found: shown(body), expected: "a JSON object" });
  if (body.object === "Tracker" || (body.object === undefined && "tracking_details" in body)) {
    return read({ kind: "tracker", tracker: body, at: "" });
  }
  const description = wordOf(body.description);
  if (body.object !== "Event" && description === null) {
    return unread({
      kind: "unsupported_document",
      at: "/object",
      found: shown(body.object),
      expected: "an Event or a Tracker",
    });
  }
  const result = body.result;
  const object = isFields(result) ? wordOf(result.object) : null;
  if (isFields(result) && (object === "Tracker" || (object === null && "tracking_code" in result))) {
    return read({ kind: "tracker", tracker: result, at: "/result" });
  }
  if (description?.startsWith("tracker.") && !isFields(result)) {
    return read({ kind: "other", why: `the event ${description} carries no tracker` });
  }
  return read({
    kind: "other",
    why: `the event ${description ?? object ?? "without description"} is not about a tracker`,
  });
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array): Outcome<unknown> {
  if (bytes.length === 0) return unread({ kind: "unreadable", at: "", found: null, expected: "a JSON document" });
  let text: string;
  try {
    text = UTF_8.decode(bytes);
  } catch {
    return unread({ kind: "unreadable", at: "", found: "bytes that are no UTF-8", expected: "JSON in UTF-8" });
  }
  try {
    return read(JSON.parse(text));
  } catch {
    return unread({ kind: "unreadable", at: "", found: shown(text.slice(0, 60)), expected: "a JSON document" });
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
