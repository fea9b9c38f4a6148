/** Lines of a raw message around a word: numbered from 1, the found part as [from, to) in UTF-16 units of its line. */
export type ExcerptLine = { number: number; text: string; found: [from: number, to: number] | null };
export type Excerpt = { lines: ExcerptLine[]; at: { line: number; column: number } | null; cut: boolean };

const LONGEST_LINE = 400;

/**
 * Cuts out the lines around the first place where one of the words stands, the earlier word first. JSON on one line is laid out before. Without a
 * hit it is the beginning of the text.
 */
export function excerptAround(text: string, words: readonly string[], around = 3): Excerpt {
  const lines = laidOut(text).split(/\r\n|\r|\n/);
  for (const word of words) {
    if (word === "") continue;
    const at = lines.findIndex((line) => line.includes(word));
    if (at < 0) continue;
    const column = lines[at]?.indexOf(word) ?? 0;
    const first = Math.max(0, at - around);
    const shown = lines.slice(first, at + around + 1);
    return {
      lines: shown.map((line, i) =>
        i + first === at ? windowAround(line, at + 1, column, word.length) : cutLine(line, first + i + 1),
      ),
      at: { line: at + 1, column: column + 1 },
      cut: first > 0 || first + shown.length < lines.length,
    };
  }
  const shown = lines.slice(0, around * 2 + 1);
  return { lines: shown.map((line, i) => cutLine(line, i + 1)), at: null, cut: shown.length < lines.length };
}

function cutLine(line: string, number: number): ExcerptLine {
  return { number, text: line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line, found: null };
}

/** A long line is cut to what stands around the hit. */
function windowAround(line: string, number: number, column: number, length: number): ExcerptLine {
  if (line.length <= LONGEST_LINE) return { number, text: line, found: [column, column + length] };
  const from = Math.max(0, column - LONGEST_LINE / 2);
  const part = line.slice(from, from + LONGEST_LINE);
  const lead = from > 0 ? "…" : "";
  const start = column - from + lead.length;
  const tail = from + LONGEST_LINE < line.length ? "…" : "";
  return { number, text: `${lead}${part}${tail}`, found: [start, Math.min(start + length, lead.length + part.length)] };
}

function laidOut(text: string): string {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || trimmed.includes("\n")) return text;
  try {
    return JSON.stringify(JSON.parse(trimmed), null, 2);
  } catch {
    return text;
  }
}
