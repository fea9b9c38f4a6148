import { CLOSINGS, EXCEPTION_KINDS, EXCEPTION_SPECS, EXCEPTION_STATES } from "@/core/exceptions/kinds";
import { PLAYBOOKS } from "@/core/exceptions/playbooks";
import { EXCEPTION_ACTS } from "@/core/exceptions/transitions";
import { CROSSWALK_KINDS, FEED_CLASSES, FEED_STATES } from "@/core/feeds/feed";
import { HOLD_REASONS, POSTING_KINDS, POSTING_ORDER, POSTING_STATES, POSTING_TYPE } from "@/core/postings/kinds";
import { POSTING_TRANSITIONS } from "@/core/postings/transitions";
import { RUN_ACTS, RUN_KINDS, RUN_RESULTS, RUN_STATES } from "@/core/runs/run";
import { DEFAULT_OBJECTIVES, LEGS, WORKFLOWS } from "@/core/service-levels/objectives";
import { ATTRIBUTES } from "@/core/shipments/attributes";
import { DOMAIN_OF } from "@/core/shipments/domains";
import { CLASSIFIERS, PRECISIONS, TIME_BASES } from "@/core/shipments/event";
import {
  CONDITIONS,
  MILESTONES,
  NON_EVENTS,
  RANK,
  STAGE_OF,
  STAGES,
  SUMMARIES,
  summaryOf,
  TERMINALS,
} from "@/core/shipments/milestones";
import { MISMATCH_ATTRIBUTES, type Ownership } from "@/core/shipments/ownership";
import { isStrong, REFERENCE_KINDS } from "@/core/shipments/references";

export type Cell = string | number | boolean | string[];
/** One word of Waypost with what there is to say of it; the cells stand in the order of the chapter's columns. */
export type Word = { name: string; cells: Cell[] };
export type Chapter = { id: string; title: string; note: string; columns: string[]; words: Word[] };

/**
 * The data dictionary, made from the very lists that the code, the database and the API use: nothing in it is written a second time. `ownership` is the
 * order that holds.
 */
export function dictionary(ownership: Ownership): Chapter[] {
  return [...ofShipments(ownership), ...ofExceptions(), ...ofPostings(), ...ofWork()];
}

function chapter<T extends string>(
  id: string,
  title: string,
  note: string,
  columns: string[],
  names: readonly T[],
  cells: (name: T, at: number) => Cell[],
): Chapter {
  return { id, title, note, columns, words: names.map((name, at) => ({ name, cells: cells(name, at) })) };
}

function ofShipments(ownership: Ownership): Chapter[] {
  const ends = new Set<string>(TERMINALS);
  return [
    chapter(
      "stages",
      "Stages",
      "The ten steps of the bar, in order.",
      ["Place", "Milestones in it"],
      STAGES,
      (stage, at) => [at + 1, MILESTONES.filter((milestone) => STAGE_OF[milestone] === stage)],
    ),
    chapter(
      "milestones",
      "Milestones",
      "Steps on the way. The highest rank reached counts; the earliest actual of each gives its time; an end never goes back without a later fact.",
      ["Rank", "Stage", "Summary", "Ends a shipment"],
      MILESTONES,
      (milestone) => [
        RANK[milestone] || "beside the track",
        STAGE_OF[milestone],
        summaryOf(milestone),
        ends.has(milestone),
      ],
    ),
    chapter(
      "conditions",
      "Conditions",
      "Troubles: they never advance a shipment, and open and close exceptions.",
      ["Summary while it stands"],
      CONDITIONS,
      (condition) => [summaryOf(condition)],
    ),
    chapter(
      "news",
      "Other events",
      "Kept and shown; they move nothing but the expected arrival.",
      [],
      NON_EVENTS,
      () => [],
    ),
    chapter(
      "summaries",
      "Summaries",
      "The coarse words that users of tracking APIs know.",
      ["Told by"],
      SUMMARIES,
      (summary) => [[...MILESTONES, ...CONDITIONS].filter((kind) => summaryOf(kind) === summary)],
    ),
    chapter(
      "time",
      "Event time",
      "How exact a time is, where its instant comes from, and whether it happened.",
      ["Sort"],
      [...PRECISIONS, ...TIME_BASES, ...CLASSIFIERS],
      (word) => [
        (PRECISIONS as readonly string[]).includes(word)
          ? "precision"
          : (TIME_BASES as readonly string[]).includes(word)
            ? "basis"
            : "classifier",
      ],
    ),
    chapter(
      "fields",
      "Fields",
      "What sources claim of a shipment; the owner decides, the others are advice.",
      ["Domain", "Order of owners", "Raises a mismatch"],
      ATTRIBUTES.filter((attribute) => attribute !== "ruled_out"),
      (attribute) => [DOMAIN_OF[attribute], [...ownership[attribute]], MISMATCH_ATTRIBUTES.has(attribute)],
    ),
    chapter(
      "references",
      "References",
      "Numbers that name shipments. A strong one names one, a weak one may name several.",
      ["Strength"],
      REFERENCE_KINDS,
      (kind) => [isStrong(kind) ? "strong" : "weak"],
    ),
  ];
}

function ofExceptions(): Chapter[] {
  const acts = Object.entries(EXCEPTION_ACTS);
  return [
    chapter(
      "exception-kinds",
      "Exception kinds",
      "What should not be so. Thresholds and owners are settings; these are the defaults.",
      ["Called", "Severity", "Owner", "Answer within (min)", "Closes", "Touches", "Steps"],
      EXCEPTION_KINDS,
      (kind) => {
        const { label, severity, owner, respondWithinMinutes, closing, impacts } = EXCEPTION_SPECS[kind];
        return [label, severity, owner, respondWithinMinutes, closing, [...impacts], PLAYBOOKS[kind].length];
      },
    ),
    chapter(
      "exception-states",
      "Exception states",
      "Recovery resolves those that clear by themselves, from any state.",
      ["What a person may do"],
      EXCEPTION_STATES,
      (state) => [
        acts
          .filter(([, { from }]) => (from as readonly string[]).includes(state))
          .map(([act, { to }]) => (to === null ? act : `${act} → ${to}`)),
      ],
    ),
    chapter("closings", "How exceptions close", "Who or what ends one.", [], CLOSINGS, () => []),
  ];
}

function ofPostings(): Chapter[] {
  return [
    chapter(
      "posting-kinds",
      "Posting kinds",
      "Effects in Odoo. A level states what a field holds, the newest replaces those that wait; an edge happens once.",
      ["Type", "Place in the order of a record"],
      POSTING_KINDS,
      (kind) => [POSTING_TYPE[kind], POSTING_ORDER[kind]],
    ),
    chapter(
      "posting-states",
      "Posting states",
      "No posting has more than one effect: what was not answered is looked up before anything is sent again.",
      ["Leads to"],
      POSTING_STATES,
      (state) => [POSTING_TRANSITIONS.filter(({ from }) => from === state).map(({ to, when }) => `${to}: ${when}`)],
    ),
    chapter("holds", "Why postings wait", "A held posting says which.", [], HOLD_REASONS, () => []),
  ];
}

function ofWork(): Chapter[] {
  return [
    chapter(
      "feed-classes",
      "Kinds of feed",
      "Whose word counts how much is decided by kind.",
      [],
      FEED_CLASSES,
      () => [],
    ),
    chapter("feed-states", "Feed states", "", [], FEED_STATES, () => []),
    chapter(
      "crosswalks",
      "Crosswalks",
      "Tables from a feed's word to ours, by version.",
      [],
      CROSSWALK_KINDS,
      () => [],
    ),
    chapter(
      "run-kinds",
      "Runs",
      "Bulk work with scope, dry run, progress and a result per item.",
      [],
      RUN_KINDS,
      () => [],
    ),
    chapter("run-states", "Run states", "", ["What a person may do"], RUN_STATES, (state) => [
      Object.entries(RUN_ACTS)
        .filter(([, from]) => (from as readonly string[]).includes(state))
        .map(([act]) => act),
    ]),
    chapter("run-results", "Results of items", "", [], RUN_RESULTS, () => []),
    chapter(
      "workflows",
      "Workflows with a clock",
      "Objectives as shipped; those that hold stand under service levels.",
      ["Objective (%)", "Within (s)"],
      WORKFLOWS,
      (workflow) => [DEFAULT_OBJECTIVES[workflow].percent, DEFAULT_OBJECTIVES[workflow].withinSeconds],
    ),
    chapter("legs", "Legs of latency", "", [], LEGS, () => []),
  ];
}
