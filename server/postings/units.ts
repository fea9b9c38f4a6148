import { classOfRank, inTurns } from "@/core/postings/policy";
import type { DuePosting } from "@/db/queries/outbox";
import { postingKind } from "../adapters/odoo/postings/kinds";
import { requestOf } from "./request";

/** What leaves together: postings of one class, kind and company whose calls Odoo takes as one. */
export type Unit = DuePosting[];

/**
 * Puts due postings into units and the units into the order in which they leave: the classes in weighted turns, within a class as they came.
 * `rowsOf` says how many of a kind may travel together just now.
 */
export function unitsOf(
  due: readonly DuePosting[],
  connectionId: number,
  rowsOf: (kind: DuePosting["kind"], most: number) => number,
): Unit[] {
  const open = new Map<string, Unit>();
  const units: Unit[] = [];
  for (const posting of due) {
    const { together } = postingKind(posting.kind);
    if (together === null) {
      units.push([posting]);
      continue;
    }
    const like = together.like(requestOf(connectionId, posting));
    const key = `${posting.urgency} ${posting.kind} ${posting.companyId} ${like}`;
    const unit = open.get(key);
    if (unit && unit.length < rowsOf(posting.kind, together.most)) unit.push(posting);
    else {
      const begun = [posting];
      open.set(key, begun);
      units.push(begun);
    }
  }
  return inTurns(units, (unit) => classOfRank(unit[0]?.urgency ?? 1));
}
