import { z } from "zod";
import type { Right } from "../access/rights";
import { RIGHT_OF_ACT } from "./bulk";
import {
  EXCEPTION_KINDS,
  EXCEPTION_SPECS,
  type ExceptionKind,
  type ExceptionState,
  SEVERITIES,
  type Severity,
} from "./kinds";
import { missingSteps } from "./playbooks";

/** How far a dry run looks back, in days. */
export const DRY_RUN_DAYS = 30;
/** A rule that has closed the same thing so often within a day stops at it: a person should look. */
export const COMES_BACK = 3;

const names = z.array(z.string().trim().min(1).max(200)).max(50).default([]);

export const ruleWhen = z.object({
  kind: z.array(z.enum(EXCEPTION_KINDS)).max(60).default([]),
  severity: z.array(z.enum(SEVERITIES)).max(4).default([]),
  feed: z.array(z.number().int().positive()).max(50).default([]),
  carrier: names,
  /** One cause, as learnt suggestions have it. */
  group: z.guid().nullable().default(null),
});

export const ruleGiven = z.object({
  olderThanMinutes: z.number().int().min(0).max(129_600).default(0),
  owner: z.union([z.enum(["anybody", "nobody"]), z.uuid()]).default("anybody"),
  state: z
    .array(z.enum(["open", "acknowledged"]))
    .max(2)
    .default([]),
  /** Words that its text must hold, without case. */
  says: z.string().trim().max(200).default(""),
});

export const ruleDoes = z.discriminatedUnion("act", [
  z.object({ act: z.literal("acknowledge") }),
  z.object({ act: z.literal("assign"), assigneeId: z.uuid() }),
  z.object({ act: z.literal("snooze"), hours: z.number().int().min(1).max(2_160) }),
  z.object({ act: z.literal("resolve"), reason: z.string().trim().min(3).max(1000) }),
  z.object({ act: z.literal("comment"), text: z.string().trim().min(1).max(4000) }),
  z.object({ act: z.literal("replay") }),
]);

/** When, given, then: a rule as data. */
export const ruleSays = z.object({
  when: ruleWhen,
  given: ruleGiven.default({ olderThanMinutes: 0, owner: "anybody", state: [], says: "" }),
  does: ruleDoes,
});
export type RuleSays = z.infer<typeof ruleSays>;

export type RuleSubject = {
  kind: ExceptionKind;
  severity: Severity;
  state: ExceptionState;
  feedId: number | null;
  carrier: string | null;
  groupId: string;
  assigneeId: string | null;
  text: string;
  openedAtMs: number;
};

/** Says whether a rule acts on an exception at an instant. */
export function ruleFits(says: RuleSays, of: RuleSubject, nowMs: number): boolean {
  const { when, given } = says;
  const states = given.state.length > 0 ? given.state : ["open", "acknowledged"];
  return (
    concerns(when, of) &&
    states.includes(of.state) &&
    (given.owner === "anybody" || of.assigneeId === (given.owner === "nobody" ? null : given.owner)) &&
    (given.says === "" || of.text.toLowerCase().includes(given.says.toLowerCase())) &&
    nowMs - of.openedAtMs >= given.olderThanMinutes * 60_000
  );
}

function concerns({ kind, severity, feed, carrier, group }: RuleSays["when"], of: RuleSubject): boolean {
  return (
    kind.includes(of.kind) &&
    (severity.length === 0 || severity.includes(of.severity)) &&
    (feed.length === 0 || (of.feedId !== null && feed.includes(of.feedId))) &&
    (carrier.length === 0 || (of.carrier !== null && carrier.some((one) => plain(one) === plain(of.carrier ?? "")))) &&
    (group === null || group === of.groupId)
  );
}

/** An exception of the past as the dry run sees it; who had it then is not known any more. */
export type PastException = RuleSubject & { resolvedAtMs: number | null; byPerson: boolean; hasMessage: boolean };
export type WouldHave = "act" | "refused" | "cleared_before" | "not_concerned";

/**
 * Says what a rule would have done to an exception of the past: at the age it asks for it still stood, or had gone before. It is taken to have
 * been open and, where the rule asks for one, with the owner it has now.
 */
export function wouldHaveDone(says: RuleSays, past: PastException, nowMs: number): WouldHave {
  const dueMs = past.openedAtMs + says.given.olderThanMinutes * 60_000;
  const then: RuleSubject = { ...past, state: says.given.state[0] ?? "open" };
  if (dueMs > nowMs || !ruleFits(says, then, dueMs)) return "not_concerned";
  if (past.resolvedAtMs !== null && past.resolvedAtMs <= dueMs) return "cleared_before";
  if (says.does.act === "resolve" && missingSteps(past.kind, new Set()).length > 0) return "refused";
  return says.does.act === "replay" && !past.hasMessage ? "refused" : "act";
}

/** The right that who switches a rule on must hold. */
export function rightOfRule(says: RuleSays): Right {
  return says.does.act === "replay" ? "messages:replay" : RIGHT_OF_ACT[says.does.act];
}

export type NamedRule = { id: string; name: string; says: RuleSays };

/** Says in sentences why a rule cannot be kept beside those that are switched on; empty where it can. */
export function refusalsOfRule(rule: NamedRule, others: readonly NamedRule[]): string[] {
  const { when, does } = rule.says;
  const said: string[] = [];
  if (when.kind.length === 0)
    said.push("It names no kind, so it would match everything. Say which kinds of exception it is for.");
  else if (when.kind.length > EXCEPTION_KINDS.length / 2 && narrowsNothing(rule.says))
    said.push(
      `It matches ${when.kind.length} of ${EXCEPTION_KINDS.length} kinds without a further condition: nearly everything. Narrow it.`,
    );
  if (does.act === "resolve") {
    const stuck = when.kind.filter((kind) => missingSteps(kind, new Set()).length > 0);
    if (stuck.length > 0)
      said.push(
        `${stuck.map((kind) => EXCEPTION_SPECS[kind].label).join(", ")}: a person must tick required steps first, so no rule can resolve it.`,
      );
  }
  const ring = ringThrough(rule, others);
  if (ring) said.push(`It would loop: ${[...ring, rule.name].map((name) => `“${name}”`).join(" leads to ")}.`);
  const twin = others.find((other) => other.id !== rule.id && JSON.stringify(other.says) === JSON.stringify(rule.says));
  if (twin) said.push(`“${twin.name}” does the same already.`);
  return said;
}

function narrowsNothing({ when, given }: RuleSays): boolean {
  return (
    (when.severity.length === 0 || when.severity.length === SEVERITIES.length) &&
    when.feed.length + when.carrier.length === 0 &&
    when.group === null &&
    given.owner === "anybody" &&
    given.says === ""
  );
}

/** The names of the rules by which what this one does comes back to it; null where it does not. Only owners can be passed in a ring. */
function ringThrough(rule: NamedRule, others: readonly NamedRule[]): string[] | null {
  const all = [...others.filter(({ id }) => id !== rule.id), rule];
  const seen = new Set<string>();
  const walk = (at: NamedRule, path: string[]): string[] | null => {
    for (const next of all) {
      if (!leadsTo(at.says, next.says)) continue;
      if (next.id === rule.id) return path;
      if (seen.has(next.id)) continue;
      seen.add(next.id);
      const found = walk(next, [...path, next.name]);
      if (found) return found;
    }
    return null;
  };
  return walk(rule, [rule.name]);
}

/** Says whether what one rule leaves behind is what another waits for: the owner it gives is the owner the other asks for, and it changes it. */
function leadsTo(a: RuleSays, b: RuleSays): boolean {
  if (a.does.act !== "assign" || b.does.act !== "assign") return false;
  const given = a.does.assigneeId;
  if (b.does.assigneeId === given) return false;
  return (b.given.owner === "anybody" || b.given.owner === given) && overlap(a.when, b.when);
}

function overlap(a: RuleSays["when"], b: RuleSays["when"]): boolean {
  const share = (x: readonly (string | number)[], y: readonly (string | number)[]) =>
    x.length === 0 || y.length === 0 || x.some((one) => y.some((other) => plain(one) === plain(other)));
  return (
    share(a.kind, b.kind) &&
    share(a.severity, b.severity) &&
    share(a.feed, b.feed) &&
    share(a.carrier, b.carrier) &&
    (a.group === null || b.group === null || a.group === b.group)
  );
}

function plain(value: string | number): string {
  return String(value).trim().toLowerCase();
}
