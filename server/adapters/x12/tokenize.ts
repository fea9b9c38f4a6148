import { type Outcome, type Problem, read, unread } from "@/core/outcome";
import { shown, storable } from "@/core/raw-text";

export type Delimiters = { element: string; component: string; repetition: string | null; segment: string };

/** One segment: `elements[1]` is its first element, `elements[0]` its name; `position` counts from ST = 1 inside a set. */
export type Segment = { name: string; elements: string[]; position: number };

export type TransactionSet = {
  /** How problems and facts name it: "ST 5598". */
  at: string;
  code: string;
  control: string;
  segments: Segment[];
  /** What the trailer says; null where it is missing. */
  trailer: { count: string; control: string } | null;
};

export type Group = {
  id: string;
  control: string;
  header: string[];
  sets: TransactionSet[];
  trailer: { count: string; control: string } | null;
};

export type Interchange = {
  delimiters: Delimiters;
  isa: string[];
  control: string;
  groups: Group[];
  trailer: { count: string; control: string } | null;
};

const MOST_SEGMENTS = 200_000;

/** Cuts bytes into interchanges, groups and transaction sets. What does not fit the envelopes is a problem and the rest goes on. */
export function tokenize(bytes: Uint8Array): Outcome<Interchange[]> {
  const text = decode(bytes);
  const start = text.indexOf("ISA");
  if (start < 0 || text.slice(0, start).trim() !== "") {
    return unread({
      kind: "unreadable",
      at: "",
      found: shown(visible(text)) || null,
      expected: "an X12 interchange (ISA)",
    });
  }
  const problems: Problem[] = [];
  const interchanges: Interchange[] = [];
  const names = new Map<string, number>();
  for (let at = start; at >= 0 && at < text.length; ) {
    const opened = openInterchange(text, at);
    if (!opened.ok) return interchanges.length > 0 ? read(interchanges, [...problems, ...opened.problems]) : opened;
    const { interchange, next } = opened.value;
    interchanges.push(interchange);
    const end = fillInterchange(text, next, interchange, problems, names);
    const rest = text.slice(end).search(/\S/);
    if (rest < 0) break;
    at = text.indexOf("ISA", end);
    if (at !== end + rest) {
      const found = shown(visible(text.slice(end + rest, end + rest + 60)));
      problems.push({ kind: "unreadable", at: "after IEA", found, expected: "the end or another ISA" });
    }
  }
  return read(interchanges, [...problems, ...interchanges.flatMap(envelopeProblems)]);
}

function decode(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Basic and extended X12 characters fit Latin-1; a broken byte does not make the interchange unreadable.
    text = new TextDecoder("latin1").decode(bytes);
  }
  return text.replace(/^[\ufeff\u00ef\u00bb\u00bf\s]+/, "");
}

function visible(text: string): string {
  return text
    .slice(0, 60)
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim();
}

/** Reads ISA by its sixteen separators, not by its width, so that a wrapped or badly padded one is read too. */
function openInterchange(text: string, at: number): Outcome<{ interchange: Interchange; next: number }> {
  const element = text[at + 3] ?? "";
  const broken = (expected: string) =>
    unread<{ interchange: Interchange; next: number }>({
      kind: "unreadable",
      at: "ISA",
      found: shown(visible(text.slice(at, at + 60))),
      expected,
    });
  if (element === "" || /[A-Za-z0-9\s\0]/.test(element)) return broken("an element separator behind ISA");
  const isa: string[] = ["ISA"];
  let from = at + 4;
  for (let index = 1; index <= 15; index++) {
    const end = text.indexOf(element, from);
    if (end < 0 || end - from > 80) return broken("sixteen elements in ISA");
    isa.push(clean(text.slice(from, end)));
    from = end + 1;
  }
  const component = text[from] ?? "";
  const after = text[from + 1] ?? "";
  const segment = after === "\r" && text[from + 2] === "\n" ? "\r\n" : after;
  if (component === "" || segment === "" || /[A-Za-z0-9]/.test(segment) || segment === element) {
    return broken("a segment terminator behind ISA16");
  }
  isa.push(component);
  const eleventh = isa[11] ?? "";
  const repetition = /^[^A-Za-z0-9\s]$/.test(eleventh) ? eleventh : null;
  const interchange: Interchange = {
    delimiters: { element, component, repetition, segment },
    isa,
    control: isa[13] ?? "",
    groups: [],
    trailer: null,
  };
  return read({ interchange, next: from + 1 + segment.length });
}

/** Reads segments up to IEA, the next ISA or the end, and gives where it stopped. */
function fillInterchange(
  text: string,
  start: number,
  interchange: Interchange,
  problems: Problem[],
  names: Map<string, number>,
): number {
  const { segment: terminator, element } = interchange.delimiters;
  let group: Group | null = null;
  let set: TransactionSet | null = null;
  let at = start;
  for (let count = 0; at < text.length; count++) {
    if (count >= MOST_SEGMENTS) {
      problems.push({
        kind: "unreadable",
        at: `ISA ${interchange.control}`,
        found: null,
        expected: `at most ${MOST_SEGMENTS} segments`,
      });
      return text.length;
    }
    const found = text.indexOf(terminator, at);
    const end = found < 0 ? text.length : found;
    const body = clean(text.slice(at, end)).trimStart();
    const next = found < 0 ? text.length : end + terminator.length;
    if (body.startsWith(`ISA${element}`)) return at;
    at = next;
    if (body.trim() === "") continue;
    const elements = body.split(element);
    const name = (elements[0] ?? "").trim();
    if (found < 0 && !/^(SE|GE|IEA)$/.test(name)) {
      problems.push({
        kind: "unreadable",
        at: `ISA ${interchange.control}`,
        found: shown(body),
        expected: "the end of this segment",
      });
      return at;
    }
    const value = (index: number) => (elements[index] ?? "").trim();
    if (name === "IEA") {
      interchange.trailer = { count: value(1), control: value(2) };
      return at;
    }
    if (name === "GS") {
      group = { id: value(1), control: value(6), header: elements.map((part) => part.trim()), sets: [], trailer: null };
      set = null;
      interchange.groups.push(group);
    } else if (name === "GE" && group) {
      group.trailer = { count: value(1), control: value(2) };
      group = null;
      set = null;
    } else if (name === "ST") {
      if (group === null) {
        group = { id: "", control: "", header: [], sets: [], trailer: null };
        interchange.groups.push(group);
        problems.push({ kind: "control_mismatch", at: `ST ${value(2)}`, found: null, expected: "a GS before ST" });
      }
      set = { at: nameOf(value(2), names), code: value(1), control: value(2), segments: [], trailer: null };
      group.sets.push(set);
      set.segments.push({ name, elements, position: 1 });
    } else if (set) {
      const segment = { name, elements, position: set.segments.length + 1 };
      set.segments.push(segment);
      if (name === "SE") {
        set.trailer = { count: value(1), control: value(2) };
        set = null;
      }
    } else {
      problems.push({
        kind: "unreadable",
        at: `ISA ${interchange.control}`,
        found: shown(body),
        expected: "a segment inside ST and SE",
      });
      if (problems.length > 1_000) return text.length;
    }
  }
  return at;
}

/** Control numbers repeat from group to group: the second of one name is "ST 0001 (2)". */
function nameOf(control: string, names: Map<string, number>): string {
  const seen = (names.get(control) ?? 0) + 1;
  names.set(control, seen);
  return seen === 1 ? `ST ${control}` : `ST ${control} (${seen})`;
}

/** Lines wrapped inside a segment mean nothing. */
function clean(text: string): string {
  return storable(/[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, "") : text);
}

/** Compares the counts and control numbers of trailers with what came. */
function envelopeProblems(interchange: Interchange): Problem[] {
  const problems: Problem[] = [];
  const at = `ISA ${interchange.control}`;
  const check = (where: string, found: string | null, expected: string) => {
    if (found !== expected) problems.push({ kind: "control_mismatch", at: where, found, expected });
  };
  const number = (text: string) => (/^\d{1,9}$/.test(text) ? String(Number(text)) : text);
  if (interchange.trailer === null) check(at, null, "an IEA at the end");
  else {
    check(`${at}/IEA/1`, number(interchange.trailer.count), String(interchange.groups.length));
    check(`${at}/IEA/2`, interchange.trailer.control, interchange.control);
  }
  for (const group of interchange.groups) {
    const place = `GS ${group.control}`;
    if (group.trailer === null) check(place, null, "a GE at the end");
    else {
      check(`${place}/GE/1`, number(group.trailer.count), String(group.sets.length));
      check(`${place}/GE/2`, group.trailer.control, group.control);
    }
    for (const set of group.sets) {
      if (set.trailer === null) {
        check(set.at, null, "an SE at the end");
        continue;
      }
      check(`${set.at}/SE/1`, number(set.trailer.count), String(set.segments.length));
      check(`${set.at}/SE/2`, set.trailer.control, set.control);
    }
  }
  return problems;
}

/** Element of a segment, trimmed; null where it is empty or missing. */
export function element(segment: Segment | undefined, index: number): string | null {
  const value = segment?.elements[index]?.trim() ?? "";
  return value === "" ? null : value;
}
