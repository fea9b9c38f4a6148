import type { RuleSays } from "./automation";
import type { ExceptionKind } from "./kinds";
import { missingSteps } from "./playbooks";

/** So often must people have closed one cause with the same words, and so much of it, before a rule is suggested. */
export const LEARN_TIMES = 12;
export const LEARN_SHARE = 90;
/** How far learning looks back, in days. */
export const LEARN_DAYS = 90;

/** How often people closed one cause with the same words. */
export type SameAnswer = {
  groupId: string;
  kind: ExceptionKind;
  reason: string;
  times: number;
  people: number;
  /** All that people closed in the group, whatever the words. */
  all: number;
  firstAt: Date;
  lastAt: Date;
  examples: string[];
};

export type Suggestion = { fingerprint: string; says: RuleSays; times: number; people: number; share: number };

/** The rule that people's answers suggest, or null where they are too few, too different, or a person must act each time. */
export function suggestionOf(answer: SameAnswer): Suggestion | null {
  const share = Math.floor((answer.times * 100) / Math.max(1, answer.all));
  if (answer.times < LEARN_TIMES || share < LEARN_SHARE || missingSteps(answer.kind, new Set()).length > 0) return null;
  return {
    fingerprint: [answer.groupId, "resolve", plainReason(answer.reason)].join("\u001f"),
    says: {
      when: { kind: [answer.kind], severity: [], feed: [], carrier: [], group: answer.groupId },
      given: { olderThanMinutes: 0, owner: "anybody", state: [], says: "" },
      does: { act: "resolve", reason: answer.reason.trim() },
    },
    times: answer.times,
    people: answer.people,
    share,
  };
}

/** Words of a reason without case, marks at its end and further blanks: so far two reasons are the same. */
export function plainReason(reason: string): string {
  return reason
    .trim()
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/[.!]+$/, "");
}
