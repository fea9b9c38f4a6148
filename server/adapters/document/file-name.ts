import { z } from "zod";
import { REFERENCE_KINDS, type Reference, type ReferenceKind, reference } from "@/core/shipments/references";

const MOST_STARS = 3;
const PLACE = "{reference}";

/**
 * How the name of a file names its shipment. `pattern` is compared with the name without its ending, in any case: `{reference}` stands for
 * the number (up to a blank or `_`), `*` for anything or nothing. `kind` says what number it is; `auto` tells it by its shape. `slash` is what
 * stands for the `/` of Odoo's transfer names, which no file name can hold.
 */
export const documentSettings = z.object({
  pattern: z
    .string()
    .min(PLACE.length)
    .max(100)
    .refine((text) => text.split(PLACE).length === 2, `name the number once, as ${PLACE}`)
    .refine((text) => text.split("*").length - 1 <= MOST_STARS, `at most ${MOST_STARS} stars`)
    .default(`POD_${PLACE}*`),
  kind: z.enum(["auto", ...REFERENCE_KINDS]).default("auto"),
  slash: z
    .string()
    .regex(/^[^A-Za-z0-9_\s/]$/, "one sign that is no letter, digit, blank, _ or /")
    .default("-"),
});
export type DocumentSettings = z.infer<typeof documentSettings>;

const LONGEST_NAME = 200;

/** The reference that a file name gives under these settings; null where the name does not fit the pattern. */
export function referenceInName(name: string, settings: DocumentSettings): Reference | null {
  const said = stem(name).match(expressionOf(settings.pattern))?.[1];
  if (said === undefined) return null;
  const kind = settings.kind === "auto" ? kindOf(said, settings.slash) : settings.kind;
  return reference(kind, null, kind === "odoo_picking" ? said.replaceAll(settings.slash, "/") : said);
}

/** The last part of a path as a sender may give it, without what no name holds; null when nothing is left. */
export function plainName(name: string | null): string | null {
  const last = (name ?? "").split(/[/\\]/).at(-1) ?? "";
  const plain = last.replace(/[\p{Cc}\p{Cs}]/gu, "").trim();
  return plain === "" ? null : plain.slice(0, LONGEST_NAME);
}

function stem(name: string): string {
  return name.slice(0, LONGEST_NAME).replace(/\.[A-Za-z0-9]{1,5}$/, "");
}

/** A star is lazy and there are few of them, so that no name of 200 characters takes long. */
function expressionOf(pattern: string): RegExp {
  const source = pattern
    .split(/(\{reference\}|\*)/)
    .map((part) => (part === PLACE ? "([^_\\s]{1,100})" : part === "*" ? ".*?" : part.replace(/[^\w\s]/g, "\\$&")))
    .join("");
  return new RegExp(`^${source}$`, "i");
}

/** Odoo names transfers WH/OUT/00012 and orders S00012, unless its sequences were changed; all else is a tracking number. */
function kindOf(said: string, slash: string): ReferenceKind {
  const parts = said.split(slash);
  if (
    parts.length === 3 &&
    /^[A-Za-z]/.test(said) &&
    /^[A-Za-z]{2,6}$/.test(parts[1] ?? "") &&
    /^\d{3,10}$/.test(parts[2] ?? "")
  )
    return "odoo_picking";
  return /^S\d{5,8}$/i.test(said) ? "sales_order" : "tracking_number";
}
