import type { Problem } from "@/core/outcome";

export type Place = { line: number; from: number; to: number; problem: Problem };

/** Position behind the value that a JSON text holds at a pointer, found by walking the text; null where it does not lead anywhere. */
function findPointer(text: string, pointer: string): { from: number; to: number } | null {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  let at = 0;
  const blank = () => {
    while (/\s/.test(text[at] ?? "")) at++;
  };
  const string = (): string | null => {
    const match = /^"(?:[^"\\]|\\.)*"/.exec(text.slice(at));
    if (!match) return null;
    at += match[0].length;
    try {
      return JSON.parse(match[0]) as string;
    } catch {
      return null;
    }
  };
  const skip = (depth = 0): boolean => {
    blank();
    const c = text[at];
    if (depth > 200 || c === undefined) return false;
    if (c === '"') return string() !== null;
    if (c !== "{" && c !== "[") {
      const match = /^[^,\]}\s]+/.exec(text.slice(at));
      at += match?.[0].length ?? 0;
      return match !== null;
    }
    at++;
    for (;;) {
      blank();
      if (text[at] === "}" || text[at] === "]") {
        at++;
        return true;
      }
      if (text[at] === ",") {
        at++;
        continue;
      }
      if (c === "{") {
        if (string() === null) return false;
        blank();
        if (text[at++] !== ":") return false;
      }
      if (!skip(depth + 1)) return false;
    }
  };
  for (const step of steps) {
    blank();
    const open = text[at++];
    if (open !== "{" && open !== "[") return null;
    let index = 0;
    for (;;) {
      blank();
      if (text[at] === ",") {
        at++;
        continue;
      }
      if (text[at] === undefined || text[at] === "}" || text[at] === "]") return null;
      if (open === "{") {
        const key = string();
        blank();
        if (key === null || text[at++] !== ":") return null;
        if (key === step) break;
      } else if (String(index++) === step) break;
      if (!skip()) return null;
    }
  }
  blank();
  const from = at;
  return skip() ? { from, to: at } : null;
}

function lineAt(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return { line, column: at - (before.lastIndexOf("\n") + 1) };
}

/** Start of the n-th segment of an id ("AT7[3]") in an X12 text, and its end. */
function findSegment(text: string, id: string, nth: number): { from: number; to: number } | null {
  const end = text.startsWith("ISA") ? (text[105] ?? "~") : "~";
  let at = 0;
  let seen = 0;
  for (const part of text.split(end)) {
    const lead = part.length - part.trimStart().length;
    if (
      part.trimStart().startsWith(id) &&
      /^[A-Z0-9]{2,3}$/.test(id) &&
      !/[A-Z0-9]/.test(part.trimStart()[id.length] ?? "*")
    ) {
      if (++seen === nth) return { from: at + lead, to: at + part.length };
    }
    at += part.length + end.length;
  }
  return null;
}

/**
 * Finds where in the raw text a problem points to: a JSON pointer, a segment ("AT7[3]/5"), a row ("row 17/ship_date"), else the words that
 * were found. Lines count from 1, columns from 0. Null where nothing of it stands in the text, as when the text is only the beginning.
 */
export function placeOf(text: string, problem: Problem): Place | null {
  const at = (range: { from: number; to: number } | null): Place | null => {
    if (range === null) return null;
    const start = lineAt(text, range.from);
    const lineEnd = text.indexOf("\n", range.from);
    const to = Math.min(range.to, lineEnd < 0 ? text.length : lineEnd);
    return { line: start.line, from: start.column, to: start.column + Math.max(1, to - range.from), problem };
  };
  if (problem.at.startsWith("/")) {
    const found = at(findPointer(text, problem.at));
    if (found) return found;
  }
  const row = /^row (\d+)/.exec(problem.at);
  if (row) {
    const lines = text.split("\n");
    const line = Number(row[1]);
    const content = (lines[line - 1] ?? "").replace(/\r$/, "");
    if (content !== "") {
      const within = problem.found === null ? -1 : content.indexOf(problem.found);
      return within >= 0 && problem.found
        ? { line, from: within, to: within + problem.found.length, problem }
        : { line, from: 0, to: content.length, problem };
    }
  }
  const segment = /^([A-Z0-9]{2,3})(?:\[(\d+)\])?/.exec(problem.at);
  if (segment?.[1]) {
    const found = at(findSegment(text, segment[1], Number(segment[2] ?? 1)));
    if (found) return found;
  }
  if (problem.found === null || problem.found === "") return null;
  const word = text.indexOf(problem.found);
  return word < 0 ? null : at({ from: word, to: word + problem.found.length });
}
