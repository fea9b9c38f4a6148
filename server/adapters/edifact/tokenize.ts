import iconv from "iconv-lite";
import { type Outcome, type Problem, read, unread } from "@/core/outcome";
import { shown, storable } from "@/core/raw-text";
import { ENCODINGS } from "./codes";

export type Delimiters = { component: string; element: string; decimal: string; release: string; segment: string };

/** One segment: `elements[0]` is its first element as a list of components; `position` counts from UNH = 1 inside a message. */
export type Segment = { name: string; elements: string[][]; position: number };

export type Message = {
  /** How problems and facts name it: "UNH 117". */
  at: string;
  reference: string;
  /** Message type and release: "INVOIC", "D:96A". */
  type: string;
  release: string;
  segments: Segment[];
  trailer: { count: string; reference: string } | null;
};

export type Interchange = {
  delimiters: Delimiters;
  sender: string;
  control: string;
  messages: Message[];
  trailer: { count: string; control: string } | null;
};

const MOST_SEGMENTS = 200_000;
const STANDARD: Delimiters = { component: ":", element: "+", decimal: ".", release: "?", segment: "'" };

/** Cuts bytes into interchanges and messages, by the signs that UNA names. What does not fit the envelopes is a problem and the rest goes on. */
export function tokenize(bytes: Uint8Array): Outcome<Interchange[]> {
  const text = decode(bytes);
  const reader = new Reader(text);
  if (!/^(UNA|UNB)/.test(text)) return unread(notEdifact(text));
  const refused = reader.readAll();
  if (refused !== null) return unread(refused);
  if (reader.interchanges.length === 0) return unread(notEdifact(text));
  return read(reader.interchanges, [...reader.problems, ...reader.interchanges.flatMap(envelopeProblems)]);
}

/** Component of a segment, trimmed; null where it is empty or missing. Elements count from 1, components too. */
export function component(segment: Segment | undefined, element: number, part = 1): string | null {
  const value = segment?.elements[element - 1]?.[part - 1]?.trim() ?? "";
  return value === "" ? null : value;
}

function notEdifact(text: string): Problem {
  return { kind: "unreadable", at: "", found: shown(visible(text)) || null, expected: "an EDIFACT interchange (UNB)" };
}

function decode(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const named = /UNB.(UNO[A-Z])/.exec(buffer.subarray(0, 60).toString("latin1"))?.[1];
  const encoding = named === undefined ? undefined : ENCODINGS[named];
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(buffer);
  } catch {
    text = iconv.decode(buffer, encoding ?? "iso-8859-1");
  }
  return text.replace(/^[\ufeff\s]+/, "");
}

function visible(text: string): string {
  return text
    .slice(0, 60)
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim();
}

class Reader {
  readonly interchanges: Interchange[] = [];
  readonly problems: Problem[] = [];
  private readonly text: string;
  private readonly names = new Map<string, number>();
  private delimiters = STANDARD;
  private interchange: Interchange | null = null;
  private message: Message | null = null;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Reads to the end; gives what stopped it, where nothing can be read at all. */
  readAll(): Problem | null {
    for (let count = 0; ; count++) {
      this.at += this.text.slice(this.at, this.at + 1_000).search(/\S|$/);
      if (this.at >= this.text.length) return null;
      if (this.text.startsWith("UNA", this.at)) {
        const broken = this.readSigns();
        if (broken !== null) return this.stop(broken);
        continue;
      }
      if (count >= MOST_SEGMENTS)
        return this.stop({ ...this.here(), found: null, expected: `at most ${MOST_SEGMENTS} segments` });
      const elements = this.readSegment();
      if (elements === null) return null;
      const name = elements.shift()?.[0]?.trim() ?? "";
      if (name !== "" || elements.length > 0) this.take(name, elements);
      if (this.problems.length > 1_000) return null;
    }
  }

  /** What stops a later interchange leaves those before it good. */
  private stop(problem: Problem): Problem | null {
    if (this.interchanges.length === 0) return problem;
    this.problems.push(problem);
    return null;
  }

  private here(): { kind: "unreadable"; at: string } {
    return { kind: "unreadable", at: this.interchange === null ? "UNB" : `UNB ${this.interchange.control}` };
  }

  private readSigns(): Problem | null {
    const signs = this.text.slice(this.at + 3, this.at + 9);
    const [component = "", element = "", decimal = "", release = "", , segment = ""] = signs;
    const parting = [component, element, segment];
    if (signs.length < 6 || new Set(parting).size < 3 || parting.some((sign) => /[A-Za-z0-9 ]/.test(sign)))
      return { kind: "unreadable", at: "UNA", found: shown(visible(signs)), expected: "six service characters" };
    this.delimiters = { component, element, decimal, release, segment };
    this.at += 9;
    return null;
  }

  /** The next segment as elements of components, name first; null where its end is missing. */
  private readSegment(): string[][] | null {
    const { component, element, release, segment } = this.delimiters;
    const elements: string[][] = [];
    let parts: string[] = [];
    let word = "";
    for (let at = this.at; at < this.text.length; at++) {
      const sign = this.text[at] as string;
      if (sign === release && release !== " ") {
        at++;
        word += this.text[at] ?? "";
      } else if (sign === component || sign === element || sign === segment) {
        parts.push(clean(word));
        word = "";
        if (sign === component) continue;
        elements.push(parts);
        parts = [];
        if (sign !== segment) continue;
        this.at = at + 1;
        return elements;
      } else word += sign;
    }
    const found = shown(visible(this.text.slice(this.at)));
    this.problems.push({ ...this.here(), found, expected: "the end of this segment" });
    this.at = this.text.length;
    return null;
  }

  private take(name: string, elements: string[][]): void {
    const value = (element: number, part = 1) => elements[element - 1]?.[part - 1]?.trim() ?? "";
    if (name === "UNB") {
      const { delimiters } = this;
      this.interchange = { delimiters, sender: value(2), control: value(5), messages: [], trailer: null };
      this.interchanges.push(this.interchange);
      this.message = null;
    } else if (name === "UNZ" && this.interchange) {
      this.interchange.trailer = { count: value(1), control: value(2) };
      this.interchange = null;
      this.message = null;
      this.delimiters = STANDARD;
    } else if (name === "UNH" && this.interchange) {
      const release = `${value(2, 2)}:${value(2, 3)}`;
      const at = this.nameOf(value(1));
      this.message = { at, reference: value(1), type: value(2), release, segments: [], trailer: null };
      this.message.segments.push({ name, elements, position: 1 });
      this.interchange.messages.push(this.message);
    } else if (this.message) {
      this.message.segments.push({ name, elements, position: this.message.segments.length + 1 });
      if (name === "UNT") {
        this.message.trailer = { count: value(1), reference: value(2) };
        this.message = null;
      }
    } else if (name !== "UNG" && name !== "UNE") {
      this.problems.push({ ...this.here(), found: shown(name), expected: "a segment inside UNH and UNT" });
    }
  }

  /** Message references repeat from interchange to interchange: the second of one name is "UNH 1 (2)". */
  private nameOf(reference: string): string {
    const seen = (this.names.get(reference) ?? 0) + 1;
    this.names.set(reference, seen);
    return seen === 1 ? `UNH ${reference}` : `UNH ${reference} (${seen})`;
  }
}

/** Lines wrapped inside a segment mean nothing. */
function clean(text: string): string {
  return storable(/[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, "") : text);
}

/** Compares the counts and references of trailers with what came. */
function envelopeProblems({ control, messages, trailer }: Interchange): Problem[] {
  const problems: Problem[] = [];
  const check = (at: string, found: string | null, expected: string) => {
    if (found !== expected) problems.push({ kind: "control_mismatch", at, found, expected });
  };
  const number = (text: string) => (/^\d{1,9}$/.test(text) ? String(Number(text)) : text);
  if (trailer === null) check(`UNB ${control}`, null, "a UNZ at the end");
  else {
    check(`UNB ${control}/UNZ/1`, number(trailer.count), String(messages.length));
    check(`UNB ${control}/UNZ/2`, trailer.control, control);
  }
  for (const message of messages) {
    if (message.trailer === null) {
      check(message.at, null, "a UNT at the end");
      continue;
    }
    check(`${message.at}/UNT/1`, number(message.trailer.count), String(message.segments.length));
    check(`${message.at}/UNT/2`, message.trailer.reference, message.reference);
  }
  return problems;
}
