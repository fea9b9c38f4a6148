/** What a message to a customer may name. */
export const VARIABLES = ["order", "tracking_number", "carrier", "promised", "delivered_at", "company"] as const;
export type Variable = (typeof VARIABLES)[number];
export type Values = Readonly<Record<Variable, string | null>>;

const NAMED = /\{\{\s*([^{}]*?)\s*\}\}/g;
const LONGEST_SUBJECT = 200;

function isVariable(name: string): name is Variable {
  return VARIABLES.some((one) => one === name);
}

/** Says what is wrong with a template in a sentence; null where nothing is. */
export function problemOf(template: string): string | null {
  for (const [said, name = ""] of template.matchAll(NAMED)) {
    if (!isVariable(name)) return `${said} is no variable. Use ${VARIABLES.map((one) => `{{${one}}}`).join(", ")}.`;
  }
  return /\{\{|\}\}/.test(template.replace(NAMED, "")) ? "A {{ or }} stands without its other half." : null;
}

function fill(line: string, values: Values): string | null {
  let empty = false;
  const filled = line.replace(NAMED, (_, name: string) => {
    const value = isVariable(name) ? (values[name] ?? "").replace(/\s+/g, " ").trim() : "";
    if (value === "") empty = true;
    return value;
  });
  return empty ? null : filled;
}

/** Fills a template: a line of the body that names something unknown of this shipment is left out, in the subject it is a gap. */
export function compose(
  { subject, body }: { subject: string; body: string },
  values: Values,
): { subject: string; text: string; html: string } {
  const known = subject.replace(NAMED, (_, name: string) => (isVariable(name) ? (values[name] ?? "") : ""));
  const text = body
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .flatMap((line) => fill(line, values) ?? [])
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  const paragraphs = text.split(/\n\n/).map((part) => `<p style="margin:0 0 14px">${withBreaks(part)}</p>`);
  return {
    subject: known.replace(/\s+/g, " ").trim().slice(0, LONGEST_SUBJECT),
    text,
    html: `<div style="font:15px/1.5 system-ui,sans-serif;color:#1a1d21;max-width:36em">${paragraphs.join("")}</div>`,
  };
}

function withBreaks(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`).replace(/\n/g, "<br>");
}

/** An instant as a customer reads it in a zone: the day, and the time of day where it is asked for. */
export function sayInstant(atMs: number | null, zone: string, how: "day" | "time"): string | null {
  if (atMs === null) return null;
  const time = how === "time" ? ({ timeStyle: "short" } as const) : {};
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: zone, ...time }).format(atMs);
}

/** An address of which only enough is left to be recognised: `j…@example.com`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 1 ? "…" : `${[...address][0]}…${address.slice(at)}`;
}
