import { CHARGE_WORDS } from "@/core/freight/charge-words";
import { type Outcome, read, unread } from "@/core/outcome";
import { shown } from "@/core/raw-text";
import type { Facts, InvoiceFacts, ShipmentFacts } from "@/core/shipments/facts";
import type { Cut, FeedAdapter, RawMessage, TranslateContext } from "../feed";
import { BillReader } from "./bills";
import { CSV_STATUS } from "./codes";
import { detectLayout, type Layout } from "./layout";
import { type CsvSettings, type Mapping, settingsSchema } from "./mapping";
import { detectDelimiter, readRecords } from "./records";
import { cutText } from "./split";
import { SURE } from "./suggest";
import { decodeText } from "./text";
import { RowReader } from "./translate";

export const csv: FeedAdapter = {
  name: "csv",
  version: 3,
  label: "Delimited file (CSV): warehouse export, freight bills",
  contentTypes: ["text/csv", "text/plain", "text/tab-separated-values", "application/csv", "application/vnd.ms-excel"],
  packs: { status: CSV_STATUS, charge: CHARGE_WORDS },
  parseSettings: (raw) => settingsSchema.parse(raw ?? {}),
  peek: () => ({ deliveryId: null, laneKey: null }),
  recognise: recogniseCsv,
  interpret: interpretCsv,
  split: splitCsv,
  sample: sampleCsv,
};

const NO_ROWS = "the file has a header and no rows";

function interpretCsv(message: RawMessage, context: TranslateContext): Outcome<Facts> {
  if (message.bytes.length === 0)
    return unread({ kind: "unreadable", at: "", found: null, expected: "a delimited file" });
  const settings = context.settings as CsvSettings;
  const chosen = settings.mapping === null ? suggested(message.bytes) : read(settings.mapping);
  if (!chosen.ok) return chosen;
  if (chosen.value === null) return read({ shipments: [], invoices: [], problems: [], ignored: NO_ROWS, records: 0 });
  return readFile(message, chosen.value, context);
}

/** The mapping the file itself suggests, where nothing about it is doubtful; null for a file without rows. */
function suggested(bytes: Uint8Array): Outcome<Mapping | null> {
  const layout = detectLayout(bytes);
  if (layout === null) return unread(notDelimited(bytes));
  if (layout.rows === 0) return read(null);
  const { mapping, confidence, doubts } = layout.suggestedMapping;
  if (mapping !== null && confidence >= SURE) return read(mapping);
  const found = shown(layout.header.join(layout.delimiter));
  const why = doubts.length > 0 ? `: ${doubts.join("; ")}` : "";
  return unread({ kind: "schema", at: "header", found, expected: `a saved column mapping${why}` });
}

function readFile({ bytes, rows: places }: RawMessage, mapping: Mapping, context: TranslateContext): Outcome<Facts> {
  const decoded = decodeText(bytes, mapping.encoding);
  if (decoded === null) return unread(notDelimited(bytes));
  const delimiter = mapping.delimiter ?? detectDelimiter(decoded.text);
  if (delimiter === null) return unread(notDelimited(bytes));
  const wanted = [...new Set(mapping.columns.flatMap(columnNames))];
  let header: string[] | null = null;
  let reader: RowReader | BillReader | null = null;
  let rows = 0;
  const shipments: ShipmentFacts[] = [];
  for (const record of readRecords(decoded.text, delimiter)) {
    if (header === null || reader === null) {
      const names = record.fields.map((field) => field.trim());
      const missing = wanted.filter((name) => !names.includes(name));
      // Titles may stand above the header; a file whose header never comes is refused as a whole, and nothing is guessed.
      if (missing.length > 0 && record.row < 20 && !looksLikeHeader(names, wanted)) continue;
      const problem = headerProblem(names, wanted, missing);
      if (problem !== null) return unread(problem);
      header = names;
      reader = new (mapping.rows === "shipment" ? RowReader : BillReader)(mapping, header, context);
      continue;
    }
    const facts = reader.read(record, places?.[rows] ?? record.row, header.length);
    rows++;
    if (facts) shipments.push(facts);
  }
  if (reader === null) return unread(headerProblem([], wanted, wanted) ?? notDelimited(bytes));
  const invoices: InvoiceFacts[] = reader.finish() ?? [];
  const ignored = rows === 0 ? NO_ROWS : null;
  const { problems } = reader;
  if (mapping.rows !== "shipment" && invoices.length === 0 && problems.length > 0) return { ok: false, problems };
  return read({ shipments, invoices, problems, ignored, records: rows }, problems);
}

/** Rows of one part; a shipment's rows stay together, so a part may hold a few more. */
const ROWS_OF_A_PART = 1_000;

function splitCsv(message: RawMessage, settings: unknown): Cut | null {
  const saved = (settings as CsvSettings).mapping;
  const chosen = saved === null ? suggested(message.bytes) : read(saved);
  const mapping = chosen.ok ? chosen.value : null;
  const decoded = mapping === null ? null : decodeText(message.bytes, mapping.encoding);
  if (mapping === null || decoded === null) return null;
  const delimiter = mapping.delimiter ?? detectDelimiter(decoded.text);
  const cut = delimiter === null ? null : cutText(decoded.text, delimiter, mapping, ROWS_OF_A_PART);
  if (delimiter === null || cut === null || cut.count < 2) return null;
  // Each part is read as the whole file was understood: it might look otherwise by itself.
  const fixed: CsvSettings = { mapping: { ...mapping, encoding: "utf-8", delimiter } };
  return { settings: fixed, count: cut.count, parts: partsOf(message, cut.parts) };
}

function* partsOf(message: RawMessage, parts: Iterable<{ text: string; rows: number[] }>): Generator<RawMessage> {
  for (const { text, rows } of parts) yield { ...message, bytes: new TextEncoder().encode(text), rows };
}

function columnNames(column: Mapping["columns"][number]): string[] {
  return "clock" in column && column.clock ? [column.column, column.clock] : [column.column];
}

/** A line with half of the mapped names is the header, though some of it was renamed. */
function looksLikeHeader(names: readonly string[], wanted: readonly string[]): boolean {
  return wanted.filter((name) => names.includes(name)).length * 2 >= wanted.length;
}

function headerProblem(names: readonly string[], wanted: readonly string[], missing: readonly string[]) {
  if (missing.length > 0) {
    const expected = `the mapped column${missing.length > 1 ? "s" : ""} ${missing.join(", ")}`;
    return { kind: "schema" as const, at: "header", found: shown(names.join(", ")) || null, expected };
  }
  const twice = wanted.filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice.length === 0) return null;
  const expected = `the mapped column ${twice.join(", ")} once`;
  return { kind: "schema" as const, at: "header", found: shown(names.join(", ")), expected };
}

function notDelimited(bytes: Uint8Array) {
  const start = Buffer.from(bytes.subarray(0, 60))
    .toString("latin1")
    .replace(/[^\x20-\x7e]+/g, " ");
  return { kind: "unreadable" as const, at: "", found: start.trim() || null, expected: "a delimited text file" };
}

function recogniseCsv({ bytes, contentType, name }: RawMessage): number {
  const head = bytes.subarray(0, 200_000);
  const start = Buffer.from(head.subarray(0, 200))
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .trimStart();
  if (start === "" || /^[{[<]|^(ISA|UNA|UNB|%PDF)/.test(start)) return 0;
  const layout: Layout | null = detectLayout(lastLineCut(head, bytes.length));
  if (layout === null) return 0;
  const named = /csv|tab-separated/.test(contentType ?? "") || /\.(csv|tsv|txt)$/i.test(name ?? "");
  return Math.min(0.9, (named ? 0.6 : 0.3) + layout.suggestedMapping.confidence * 0.3);
}

/** The part of a file up to its last whole line, so that a cut row does not look like a fault. */
function lastLineCut(head: Uint8Array, whole: number): Uint8Array {
  if (head.length === whole) return head;
  const end = head.lastIndexOf(0x0a);
  return end > 0 ? head.subarray(0, end + 1 + (head[end + 1] === 0 ? 1 : 0)) : head;
}

/** A made-up export of one row. */
function sampleCsv({ atMs, number }: { atMs: number; number: string }) {
  const at = new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
  const rows = [
    "Shipment Number,Tracking Number,Carrier,Status,Status Date",
    `SAMPLE-${number},${number},UPS,Shipped,${at}Z`,
  ];
  return { bytes: new TextEncoder().encode(`${rows.join("\r\n")}\r\n`), contentType: "text/csv" };
}
