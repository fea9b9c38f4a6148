import type { Problem } from "@/core/outcome";
import { shown } from "@/core/raw-text";
import { element, type Group, type Segment, type TransactionSet } from "./tokenize";

/** One fault of a segment, for a person as a problem and for the sender as AK3/AK4 of a 997. */
export type SyntaxFault = {
  segment: Segment | null;
  segmentName: string;
  element: number | null;
  /** Element 723 (AK4) where an element is named, else element 720 (AK3). */
  code: string;
  problem: Problem;
};

/** Finds faults of a 214 that its syntax notes name; the rest of the set is good. */
export function statusFaults(set: TransactionSet, group: Group): SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  const b10 = set.segments.find(({ name }) => name === "B10");
  if (!b10) faults.push(missing(set, "B10"));
  else {
    if (!element(b10, 1) && !element(b10, 2)) {
      faults.push(fault(set, b10, 1, "2", "missing_reference", "a reference or a shipment identification"));
    }
    if (!element(b10, 3)) faults.push(fault(set, b10, 3, "1", "bad_value", "a carrier code (SCAC)"));
  }
  const reasonNeeded = releaseOf(group) <= 4030;
  for (const at7 of set.segments.filter(({ name }) => name === "AT7")) {
    const has = (index: number) => element(at7, index) !== null;
    if (has(1) && has(3))
      faults.push(fault(set, at7, 3, "10", "bad_value", "a status or an appointment status, not both"));
    if (!has(1) && !has(3)) faults.push(fault(set, at7, 1, "2", "bad_value", "a status or an appointment status"));
    if (has(1) && !has(2) && reasonNeeded)
      faults.push(fault(set, at7, 2, "2", "bad_value", "a reason beside the status"));
    if (has(3) && !has(4) && reasonNeeded)
      faults.push(fault(set, at7, 4, "2", "bad_value", "a reason beside the status"));
    if (has(2) && !has(1) && has(3)) faults.push(fault(set, at7, 1, "2", "bad_value", "a status beside the reason"));
    if (has(4) && !has(3)) faults.push(fault(set, at7, 3, "2", "bad_value", "an appointment status beside the reason"));
    if (has(6) && !has(5)) faults.push(fault(set, at7, 5, "2", "bad_value", "a date beside the time"));
    if (has(7) && !has(6)) faults.push(fault(set, at7, 6, "2", "bad_value", "a time beside the time code"));
    if (has(5) && !/^(\d{2})?\d{6}$/.test(element(at7, 5) ?? ""))
      faults.push(fault(set, at7, 5, "8", "bad_value", "a date CCYYMMDD"));
    if (has(6) && !/^(([01]\d|2[0-3])[0-5]\d([0-5]\d(\d{1,2})?)?|2400(00)?)$/.test(element(at7, 6) ?? "")) {
      faults.push(fault(set, at7, 6, "9", "bad_value", "a time HHMM"));
    }
  }
  return faults;
}

/** "004010" is 4010; a later release where the group does not say. */
function releaseOf(group: Group): number {
  const version = /^00(\d{4})/.exec(group.header[8] ?? "")?.[1];
  return version === undefined ? 9999 : Number(version);
}

/** "ST 5598/AT7[2]/5": the set, the segment among its namesakes, the element. */
export function placeIn(set: TransactionSet, segment: Segment, index: number | null): string {
  const namesakes = set.segments.filter(({ name }) => name === segment.name);
  const number = namesakes.length > 1 || segment.name === "AT7" ? `[${namesakes.indexOf(segment) + 1}]` : "";
  return `${set.at}/${segment.name}${number}${index === null ? "" : `/${index}`}`;
}

function fault(
  set: TransactionSet,
  segment: Segment,
  index: number,
  code: string,
  kind: Problem["kind"],
  expected: string,
): SyntaxFault {
  const problem = { kind, at: placeIn(set, segment, index), found: shown(element(segment, index)), expected };
  return { segment, segmentName: segment.name, element: index, code, problem };
}

function missing(set: TransactionSet, name: string): SyntaxFault {
  const problem: Problem = { kind: "schema", at: `${set.at}/${name}`, found: null, expected: `a segment ${name}` };
  return { segment: null, segmentName: name, element: null, code: "3", problem };
}
