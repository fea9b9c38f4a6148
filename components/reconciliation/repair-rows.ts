import type { DiffRow } from "@/components/diff/diff";
import { diffRowsOf } from "@/components/diff/diff-rows";
import { postingRows } from "@/components/postings/fields";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import type { PostingKind } from "@/core/postings/kinds";

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** What an item of a repair posts, field by field: its values are kept by `kind id`; anything else is shown as it is. */
export function repairRows(before: unknown, after: unknown): DiffRow[] {
  const [old, next] = [fieldsOf(before), fieldsOf(after)];
  const names = Object.keys(next).filter((name) => name.includes(" "));
  if (names.length === 0) return "changes" in next || "steps" in next ? [] : diffRowsOf(before, after);
  return names.flatMap((name) => {
    const kind = name.slice(0, name.indexOf(" ")) as PostingKind;
    return postingRows(foundAs(next[name], old[name]), next[name]).map((row) => ({
      ...row,
      field: `${POSTING_KIND_WORD[kind] ?? kind}: ${String(row.field).toLowerCase()}`,
    }));
  });
}

/** What was read names its fields as Waypost does, what is posted as Odoo does: the same under the names of the latter. */
function foundAs(after: unknown, found: unknown): unknown {
  const { trackingReference, ...rest } = fieldsOf(found);
  return "carrier_tracking_ref" in fieldsOf(after) ? { carrier_tracking_ref: trackingReference ?? null } : rest;
}
