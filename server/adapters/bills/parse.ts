import { type Outcome, read, unread } from "@/core/outcome";
import { shown } from "@/core/raw-text";

export type Item = { at: string; value: unknown };

/** Names that a list of bills stands under. */
const LISTS = ["bills", "invoices", "items", "data"];

/** The bills of a document, each with its place: a list, an object that holds one, or a single bill. */
export function parseBills(bytes: Uint8Array): Outcome<Item[]> {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return parsed;
  const value = parsed.value;
  if (Array.isArray(value)) return read(value.map((one, index) => ({ at: `/${index}`, value: one })));
  if (typeof value !== "object" || value === null)
    return unread({ kind: "schema", at: "", found: shown(value), expected: "an object or a list of bills" });
  for (const name of LISTS) {
    const list = (value as Record<string, unknown>)[name];
    if (Array.isArray(list)) return read(list.map((one, index) => ({ at: `/${name}/${index}`, value: one })));
  }
  return read([{ at: "", value }]);
}

function parseJson(bytes: Uint8Array): Outcome<unknown> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return unread({ kind: "unreadable", at: "", found: null, expected: "JSON in UTF-8" });
  }
  try {
    return read(JSON.parse(text));
  } catch {
    return unread({ kind: "unreadable", at: "", found: shown(text.trim().slice(0, 60)) || null, expected: "JSON" });
  }
}
