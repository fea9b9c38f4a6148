import { type Outcome, type Problem, read, unread } from "@/core/outcome";
import { shown, storable } from "@/core/raw-text";
import { type OdooSnapshot, odooSnapshot } from "./record";

const MOST_ISSUES = 20;

/** Reads one stored record as the poll wrote it. */
export function parseSnapshot(bytes: Uint8Array): Outcome<OdooSnapshot> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes), storableTexts);
  } catch {
    const start = Buffer.from(bytes.subarray(0, 60))
      .toString("latin1")
      .replace(/[^\x20-\x7e]+/g, " ");
    return unread({ kind: "unreadable", at: "", found: start.trim() || null, expected: "one Odoo record as JSON" });
  }
  const parsed = odooSnapshot.safeParse(json);
  if (parsed.success) return read(parsed.data);
  const problems = parsed.error.issues.slice(0, MOST_ISSUES).map(({ path, message }): Problem => {
    const at = path.map((step) => `/${String(step)}`).join("");
    return { kind: "schema", at, found: shown(path.reduce(stepInto, json)), expected: message };
  });
  return unread(...problems);
}

function storableTexts(_key: string, value: unknown): unknown {
  return typeof value === "string" ? storable(value) : value;
}

function stepInto(value: unknown, step: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined;
}
