import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import type { Condition } from "@/core/shipments/milestones";
import type { Shipment } from "@/core/shipments/shipment";
import type { Verdict } from "./aspects";

/** An exception that Waypost has of a shipment; `decided`: a person resolved it, so that what the source reports is answered. */
export type KeptException = {
  id: string;
  kind: ExceptionKind;
  subject: string;
  feedId: number | null;
  open: boolean;
  decided: boolean;
};

/** What a source reports, and the exception that answers to it (core/exceptions/rules); other conditions open none. */
const KIND_OF: Partial<Record<Condition, ExceptionKind>> = {
  delivery_attempted: "delivery_failed",
  refused: "delivery_failed",
  unclaimed: "delivery_failed",
  held: "held",
  customs_hold: "customs_hold",
  address_issue: "address_mismatch",
  damaged: "damaged",
  misrouted: "misrouted",
  short: "short",
  label_failed: "label_failed",
};
const REPORTED: ReadonlySet<ExceptionKind> = new Set([...Object.values(KIND_OF), "lost" as const]);

export type ExceptionSides = {
  shipment: Shipment | null;
  /** Marks of the activities that were posted as open and not closed since. */
  posted: readonly string[];
  /** Marks of the activities that are open in Odoo. */
  held: readonly string[];
  kept: readonly KeptException[];
};

/** Kinds of exceptions that some sources report of a shipment now, sorted. */
export function reportedBy(shipment: Shipment | null, isOf: (feedId: number) => boolean): ExceptionKind[] {
  if (shipment === null) return [];
  const lost = shipment.reached.lost ?? shipment.reached.destroyed;
  const kinds = shipment.conditions.flatMap(({ kind, feedId }) => (isOf(feedId) ? (KIND_OF[kind] ?? []) : []));
  if (lost && lost.feedId !== null && isOf(lost.feedId)) kinds.push("lost");
  return [...new Set(kinds)].sort();
}

/** Kinds that other evidence raises too: an open one does not say that a source reported it. */
const ALSO_FOUND: ReadonlySet<ExceptionKind> = new Set(["address_mismatch"]);
const isLatched = (kind: ExceptionKind) => EXCEPTION_SPECS[kind].closing === "latched";

/** Kinds that are open here by the word of some sources and would close by it; a latched one waits for a person, whatever is reported. */
function openBy(kept: readonly KeptException[], isOf: (feedId: number) => boolean): Set<ExceptionKind> {
  return new Set(
    kept.flatMap(({ kind, feedId, open }) =>
      open && feedId !== null && isOf(feedId) && REPORTED.has(kind) && !ALSO_FOUND.has(kind) && !isLatched(kind)
        ? kind
        : [],
    ),
  );
}

/** Whether an exception answers what is reported: it is open, a person resolved it, or it was latched and comes for another occurrence alone. */
function answers({ kind, open, decided }: KeptException): boolean {
  return open || decided || isLatched(kind);
}

/** What a class of sources says: what it reports, null where something of its report is still open here, undefined where it is not concerned. */
export function saidBySource(sides: ExceptionSides, isOf: (feedId: number) => boolean): string[] | null | undefined {
  const reported = reportedBy(sides.shipment, isOf);
  if (reported.length > 0) return reported;
  return openBy(sides.kept, isOf).size > 0 ? null : undefined;
}

/** Names activities by their exceptions: the kind, and the package where it is about one; a mark that nothing is known of stays as it is. */
export function namesOf(marks: readonly string[], kept: readonly KeptException[]): string[] {
  const byId = new Map(kept.map((one) => [one.id, one]));
  return marks.map((mark) => nameOf(byId.get(mark)) ?? mark).sort();
}

function nameOf(one: KeptException | undefined): string | null {
  if (!one) return null;
  return one.subject === "shipment" ? one.kind : `${one.kind} ${one.subject}`;
}

/** What Waypost has: what is open here of what sources report, and what was posted as an activity. */
export function saidByWaypost({ posted, kept }: ExceptionSides, reported: ReadonlySet<string>): string[] | null {
  const here = kept.filter((one) => REPORTED.has(one.kind) && (one.open || (answers(one) && reported.has(one.kind))));
  const names = here.map((one) => `${nameOf(one)}${one.open ? "" : ", resolved"}`);
  const all = [...new Set([...names, ...namesOf(posted, kept)])].sort();
  return all.length === 0 ? null : all;
}

/** Activities in Odoo against those that were posted, mark by mark. */
export function judgeActivities({ posted, held }: ExceptionSides): Verdict | null {
  return judgeSets(new Set(posted), new Set(held));
}

/** What a class of sources reports against what Waypost has of it, open or answered by a person. */
export function judgeReported(sides: ExceptionSides, isOf: (feedId: number) => boolean): Verdict | null {
  const reported = new Set<string>(reportedBy(sides.shipment, isOf));
  const here = sides.kept.flatMap((one) => (answers(one) && reported.has(one.kind) ? one.kind : []));
  return judgeSets(reported, new Set([...here, ...openBy(sides.kept, isOf)]));
}

/** What a class of sources reports against Odoo's activities; only kinds that were posted there, or that stand there, are Odoo's matter. */
export function judgeInOdoo(sides: ExceptionSides, isOf: (feedId: number) => boolean): Verdict | null {
  const kindOf = new Map(sides.kept.map(({ id, kind }) => [id, kind]));
  const kindsOf = (marks: readonly string[]) => marks.flatMap((mark) => kindOf.get(mark) ?? []);
  const held = kindsOf(sides.held);
  const concerned = new Set([...held, ...kindsOf(sides.posted)]);
  const reported = reportedBy(sides.shipment, isOf).filter((kind) => concerned.has(kind));
  const byTheirWord = openBy(sides.kept, isOf);
  return judgeSets(
    new Set<string>(reported),
    new Set<string>(held.filter((kind) => reported.includes(kind) || byTheirWord.has(kind))),
  );
}

function judgeSets(left: ReadonlySet<string>, right: ReadonlySet<string>): Verdict | null {
  if (left.size === 0 && right.size === 0) return null;
  if (left.size === 0) return "missing_left";
  const both = [...left].filter((one) => right.has(one)).length;
  if (both === left.size && both === right.size) return "matched";
  return both === 0 ? (right.size === 0 ? "missing_right" : "differs") : "differs";
}
