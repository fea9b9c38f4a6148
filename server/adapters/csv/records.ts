/** One record of a delimited file; `row` counts records from 1, as a spreadsheet shows them, the header included. */
export type FileRecord = {
  row: number;
  fields: string[];
  fault: string | null;
  /** Where it stands in the text, its line end included. */
  start: number;
  end: number;
};

export const DELIMITERS = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** A quoted field longer than this, or over more lines, is a quote that somebody forgot to close. */
const LONGEST_QUOTED = 32_768;
const MOST_LINES = 200;
const MOST_FIELDS = 1_000;
/** Characters read in vain behind quotes that are never closed, over a whole file, before quotes are taken for letters. */
const PATIENCE = 4_000_000;

/**
 * Reads records one by one. Quotes as in RFC 4180; a stray quote inside a field is a letter. A quote that is never closed spoils its own
 * line only (`fault`), which is why this is not a strict library parser: those lose all that follows.
 */
export function* readRecords(text: string, delimiter: string): Generator<FileRecord> {
  let at = skipSeparatorLine(text);
  const patience = { left: PATIENCE };
  for (let row = 1; at < text.length; row++) {
    const start = at;
    const record = readRecord(text, at, delimiter, patience);
    at = record.next;
    if (record.fields.length === 1 && record.fields[0]?.trim() === "" && record.fault === null) {
      continue; // a blank line is counted, as in a spreadsheet, and says nothing
    }
    yield { row, fields: record.fields, fault: record.fault, start, end: at };
  }
}

/** Spreadsheets may start with a line "sep=;" that is no row. */
function skipSeparatorLine(text: string): number {
  return /^sep=.(\r\n|\n|\r)/i.exec(text)?.[0].length ?? 0;
}

type Read = { fields: string[]; next: number; fault: string | null };

function readRecord(text: string, start: number, delimiter: string, patience: { left: number }): Read {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const quoted = text[at] === '"' && patience.left > 0 ? readQuoted(text, at, delimiter, patience) : null;
    if (quoted === "unclosed") return spoilt(text, start, delimiter, "a quote that is never closed");
    if (fields.length >= MOST_FIELDS) return spoilt(text, start, delimiter, `more than ${MOST_FIELDS} columns`);
    const field = quoted ?? readPlain(text, at, delimiter);
    fields.push(field.value);
    at = field.next;
    if (text.startsWith(delimiter, at)) at += delimiter.length;
    else return { fields, next: afterLineEnd(text, at), fault: null };
  }
}

type Field = { value: string; next: number };

function readPlain(text: string, start: number, delimiter: string): Field {
  let end = start;
  while (end < text.length) {
    const char = text[end];
    if (char === "\n" || char === "\r" || char === delimiter) break;
    end++;
  }
  return { value: text.slice(start, end), next: end };
}

/** Reads a field in quotes; null when the quote turns out to be a letter of an unquoted field. */
function readQuoted(
  text: string,
  start: number,
  delimiter: string,
  patience: { left: number },
): Field | "unclosed" | null {
  const limit = Math.min(text.length, start + LONGEST_QUOTED);
  for (let at = start + 1; at < limit; at++) {
    if (text[at] !== '"') continue;
    if (text[at + 1] === '"') {
      at++;
      continue;
    }
    const next = text[at + 1];
    const inner = text.slice(start + 1, at);
    if (next === undefined || next === delimiter || next === "\n" || next === "\r") {
      if (countLines(inner) > MOST_LINES) return "unclosed";
      return { value: inner.replaceAll('""', '"'), next: at + 1 };
    }
    patience.left -= at - start;
    // Text goes on behind a quote: a letter when the line is still the same, else the opening quote was never closed.
    if (/[\r\n]/.test(inner)) return "unclosed";
    return null;
  }
  patience.left -= limit - start;
  const line = text.slice(start + 1, limit).search(/[\r\n]/);
  return line < 0 && limit === text.length ? null : "unclosed";
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

function spoilt(text: string, start: number, delimiter: string, fault: string): Read {
  const found = text.slice(start, start + LONGEST_QUOTED).search(/[\r\n]/);
  const end = found >= 0 ? start + found : nextLineEnd(text, start);
  return {
    fields: text.slice(start, Math.min(end, start + 500)).split(delimiter),
    next: afterLineEnd(text, end),
    fault,
  };
}

function nextLineEnd(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

function afterLineEnd(text: string, at: number): number {
  return text.startsWith("\r\n", at) ? at + 2 : at + 1;
}

/** Finds the delimiter: the one that cuts the first records into most columns of equal number; null where none cuts. */
export function detectDelimiter(text: string): Delimiter | null {
  const head = text.slice(0, 200_000);
  const told = /^sep=(.)(?:\r\n|\n|\r)/i.exec(head)?.[1];
  const named = DELIMITERS.find((delimiter) => delimiter === told);
  if (named) return named;
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, score: scoreOf(head, delimiter) }));
  const best = scored.sort((a, b) => b.score - a.score)[0];
  return best && best.score > 0 ? best.delimiter : null;
}

function scoreOf(head: string, delimiter: Delimiter): number {
  const widths: number[] = [];
  for (const { fields } of readRecords(head, delimiter)) {
    widths.push(fields.length);
    if (widths.length >= 60) break;
  }
  // The last one may be cut in the middle.
  if (widths.length > 2 && head.length === 200_000) widths.pop();
  const usual = usualOf(widths);
  if (usual < 2) return 0;
  const share = widths.filter((width) => width === usual).length / widths.length;
  return share * share * Math.log2(usual + 1);
}

/** The most frequent number of columns. */
export function usualOf(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}
