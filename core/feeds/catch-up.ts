import { z } from "zod";

/** RFC 6901: "" is the whole, "/trackers" a member of it. */
const pointer = z
  .string()
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, "a JSON pointer, such as /trackers")
  .max(200);
const parameter = z.string().regex(/^[A-Za-z0-9_.~-]{1,60}$/, "a name of a parameter");

/** How a source hands out what does not fit into one answer. */
const paging = z.discriminatedUnion("by", [
  z.object({ by: z.literal("none") }),
  /** The answer holds the address of the next page. */
  z.object({ by: z.literal("link"), at: pointer.min(1) }),
  /** The next page begins behind the last item: its id goes into a parameter while `more` is true. */
  z.object({ by: z.literal("last_id"), parameter, id: pointer.min(1), more: pointer.min(1) }),
  /** Pages are counted from 1; an empty one is the end. */
  z.object({ by: z.literal("page"), parameter }),
]);

const filled = (url: string) => url.replaceAll("{since}", "0").replaceAll("{until}", "0");

/** Where and how often a source is asked for what its feed may have missed. */
export const catchUpSettings = z.object({
  /** May hold {since} and {until}: instants in ISO 8601, UTC. */
  url: z
    .string()
    .trim()
    .max(1_000)
    .refine(
      (url) => /^https?:\/\/[^/\s]/.test(url) && URL.canParse(filled(url)),
      "an address that begins with https://",
    )
    .refine((url) => !/^https?:\/\/[^/?#]*@/.test(url), "no login in the address: give it as a header"),
  /** Header that carries the key; null: none is needed. */
  header: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9-]{1,60}$/, "a name of a header")
    .nullable(),
  /** Where the list of updates stands in the answer; null: the answer as it is, is one message, whatever its format. */
  items: pointer.nullable(),
  /** Where an item says when it last changed; what changed in the last minutes may still come by itself. */
  updated: pointer.min(1).nullable(),
  paging,
  everyMinutes: z.int().min(5).max(10_080),
  /** How far before the last asking to ask again. */
  overlapMinutes: z.int().min(0).max(129_600),
});
export type CatchUpSettings = z.infer<typeof catchUpSettings>;

export const catchUpInput = catchUpSettings
  .extend({
    id: z.int().positive(),
    /** As it was seen; null: there was none. */
    seen: z.date().nullable(),
    /** Value of the header; null keeps the one that is stored. */
    key: z
      .string()
      .min(4)
      .max(2_000)
      .regex(/^[\x20-\x7e]+$/, "printable characters")
      .nullable(),
  })
  .refine(({ items, paging: { by } }) => items !== null || by === "none", {
    path: ["paging"],
    message: "an answer that is one message has no pages",
  });

/** Asks now; `from` reaches further back than the last asking. */
export const askNowInput = z.object({ id: z.int().positive(), from: z.date().nullable() });

/** What changed within this time is left for the next asking: it may be on its way. */
export const GRACE_MS = 10 * 60_000;
/** The first asking reaches back so far where nobody says otherwise. */
export const FIRST_SPAN_MS = 24 * 3_600_000;

/** The address of the first page of a span of time. */
export function addressOf(url: string, sinceMs: number, untilMs: number): string {
  const instant = (ms: number) => encodeURIComponent(`${new Date(ms).toISOString().slice(0, 19)}Z`);
  return new URL(url.replaceAll("{since}", instant(sinceMs)).replaceAll("{until}", instant(untilMs))).href;
}

/** Value at a JSON pointer; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const part of path.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

export type Page =
  | { ok: true; items: unknown[]; next: string | null }
  /** What the source answered is not what the settings say. */
  | { ok: false; why: string };

/** Reads one answer: its items, and the address of the next page where there is one. `address` and `number` are those of this page. */
export function readPage(
  answer: unknown,
  settings: Pick<CatchUpSettings, "items" | "paging">,
  address: string,
  number: number,
): Page {
  const items = valueAt(answer, settings.items ?? "");
  if (!Array.isArray(items)) return { ok: false, why: `The answer holds no list at ${settings.items || "its top"}.` };
  const next = nextOf(answer, items, settings.paging, address, number);
  if (next !== null && new URL(next).origin !== new URL(address).origin)
    return { ok: false, why: `The next page is at another server (${new URL(next).origin}), which is not asked.` };
  return { ok: true, items, next };
}

function nextOf(
  answer: unknown,
  items: readonly unknown[],
  paging: CatchUpSettings["paging"],
  address: string,
  number: number,
): string | null {
  const withParameter = (name: string, value: string) => {
    const url = new URL(address);
    url.searchParams.set(name, value);
    return url.href;
  };
  if (paging.by === "link") {
    const link = valueAt(answer, paging.at);
    return typeof link === "string" && link !== "" && URL.canParse(link, address) ? new URL(link, address).href : null;
  }
  if (items.length === 0) return null;
  if (paging.by === "page") return withParameter(paging.parameter, String(number + 1));
  if (paging.by === "last_id") {
    const id = valueAt(items.at(-1), paging.id);
    const isId = typeof id === "string" || typeof id === "number";
    return valueAt(answer, paging.more) === true && isId ? withParameter(paging.parameter, String(id)) : null;
  }
  return null;
}

/** Whether an item changed so short ago that it may still come by its ordinary way. */
export function mayStillCome(item: unknown, updated: string | null, nowMs: number): boolean {
  const said = updated === null ? null : valueAt(item, updated);
  const atMs = typeof said === "string" ? Date.parse(said) : Number.NaN;
  return Number.isFinite(atMs) && atMs > nowMs - GRACE_MS;
}

/** When to ask again after so many failures in a row: soon at first, never more rarely than in the ordinary rhythm. */
export function nextAskMs(nowMs: number, everyMinutes: number, failures: number): number {
  const minutes = failures === 0 ? everyMinutes : Math.min(everyMinutes, 2 ** Math.min(failures, 12));
  return nowMs + minutes * 60_000;
}
