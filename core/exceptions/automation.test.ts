import { describe, expect, test } from "vitest";
import {
  type NamedRule,
  type PastException,
  type RuleSays,
  refusalsOfRule,
  rightOfRule,
  ruleFits,
  ruleSays,
  wouldHaveDone,
} from "./automation";
import { EXCEPTION_KINDS } from "./kinds";
import { LEARN_TIMES, plainReason, type SameAnswer, suggestionOf } from "./learn";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const PETR = "00000000-0000-4000-8000-000000000001";
const JANA = "00000000-0000-4000-8000-000000000002";
const GROUP = "00000000-0000-4000-8000-0000000000aa";
const HOUR = 3_600_000;

const says = (over: Record<string, unknown> = {}): RuleSays =>
  ruleSays.parse({ when: { kind: ["scan_late"] }, does: { act: "acknowledge" }, ...over });
const rule = (name: string, of: RuleSays): NamedRule => ({ id: name, name, says: of });
const subject: PastException = {
  kind: "scan_late",
  severity: "medium",
  state: "open",
  feedId: 3,
  carrier: "DHL",
  groupId: GROUP,
  assigneeId: null,
  text: "No scan since Leipzig",
  openedAtMs: NOW - 2 * HOUR,
  resolvedAtMs: null,
  byPerson: false,
  hasMessage: false,
};

test.each<[string, Record<string, unknown>, Partial<PastException>, boolean]>([
  ["its kind", {}, {}, true],
  ["another kind", {}, { kind: "held" }, false],
  ["its severity", { when: { kind: ["scan_late"], severity: ["medium"] } }, {}, true],
  ["another severity", { when: { kind: ["scan_late"], severity: ["high"] } }, {}, false],
  ["its feed", { when: { kind: ["scan_late"], feed: [3] } }, {}, true],
  ["no feed", { when: { kind: ["scan_late"], feed: [3] } }, { feedId: null }, false],
  ["its carrier in other letters", { when: { kind: ["scan_late"], carrier: ["dhl "] } }, {}, true],
  ["no carrier", { when: { kind: ["scan_late"], carrier: ["DHL"] } }, { carrier: null }, false],
  ["another cause", { when: { kind: ["scan_late"], group: PETR } }, {}, false],
  ["old enough", { given: { olderThanMinutes: 120 } }, {}, true],
  ["too young", { given: { olderThanMinutes: 121 } }, {}, false],
  ["nobody's", { given: { owner: "nobody" } }, {}, true],
  ["somebody's", { given: { owner: "nobody" } }, { assigneeId: PETR }, false],
  ["Petr's", { given: { owner: PETR } }, { assigneeId: PETR }, true],
  ["words of it", { given: { says: "LEIPZIG" } }, {}, true],
  ["other words", { given: { says: "Prague" } }, {}, false],
  ["snoozed", {}, { state: "snoozed" }, false],
  ["resolved", {}, { state: "resolved" }, false],
  ["acknowledged where it asks for open", { given: { state: ["open"] } }, { state: "acknowledged" }, false],
])("a rule fits or not: %s", (_, over, of, expected) => {
  expect(ruleFits(says(over), { ...subject, ...of }, NOW)).toBe(expected);
});

test.each<[string, RuleSays, Partial<PastException>, string]>([
  ["stands", says(), {}, "act"],
  [
    "cleared before the age it asks for",
    says({ given: { olderThanMinutes: 60 } }),
    { resolvedAtMs: NOW - 1.5 * HOUR },
    "cleared_before",
  ],
  [
    "cleared after it",
    says({ given: { olderThanMinutes: 60 } }),
    { resolvedAtMs: NOW - 0.5 * HOUR, state: "resolved" },
    "act",
  ],
  ["not old enough yet", says({ given: { olderThanMinutes: 240 } }), {}, "not_concerned"],
  ["no message to replay", says({ does: { act: "replay" } }), {}, "refused"],
  ["a message to replay", says({ does: { act: "replay" } }), { hasMessage: true }, "act"],
  [
    "a required step",
    says({ when: { kind: ["lost"] }, does: { act: "resolve", reason: "all is well" } }),
    { kind: "lost" },
    "refused",
  ],
])("a dry run says what it would have done: %s", (_, of, past, expected) => {
  expect(wouldHaveDone(of, { ...subject, ...past }, NOW)).toBe(expected);
});

describe("a rule is refused with the reason", () => {
  test("when it names no kind, or nearly all without a further condition", () => {
    expect(refusalsOfRule(rule("a", says({ when: {} })), [])[0]).toContain("match everything");
    expect(refusalsOfRule(rule("a", says({ when: { kind: [...EXCEPTION_KINDS] } })), [])[0]).toContain(
      "nearly everything",
    );
    const narrow = says({ when: { kind: [...EXCEPTION_KINDS], carrier: ["DHL"] } });
    expect(refusalsOfRule(rule("a", narrow), [])).toEqual([]);
  });

  test("when owners would be passed in a ring, through any number of rules", () => {
    const TOM = "00000000-0000-4000-8000-000000000003";
    const give = (from: string, to: string) =>
      says({ given: { owner: from }, does: { act: "assign", assigneeId: to } });
    const ab = rule("to Jana", give(PETR, JANA));
    const bc = rule("to Tom", give(JANA, TOM));
    const ca = rule("to Petr", give(TOM, PETR));
    expect(refusalsOfRule(bc, [ab])).toEqual([]);
    expect(refusalsOfRule(ca, [ab, bc])).toEqual([
      "It would loop: “to Petr” leads to “to Jana” leads to “to Tom” leads to “to Petr”.",
    ]);
    const elsewhere = { ...ca, says: { ...ca.says, when: { ...ca.says.when, kind: ["held" as const] } } };
    expect(refusalsOfRule(elsewhere, [ab, bc])).toEqual([]);
  });

  test("when a person must tick steps first, or another rule does the same", () => {
    const resolve = says({ when: { kind: ["lost"] }, does: { act: "resolve", reason: "all is well" } });
    expect(refusalsOfRule(rule("a", resolve), [])[0]).toContain("no rule can resolve it");
    expect(refusalsOfRule(rule("a", says()), [rule("b", says())])).toEqual(["“b” does the same already."]);
    expect(refusalsOfRule(rule("b", says()), [rule("b", says())])).toEqual([]);
  });
});

test("who switches a rule on needs the right of what it does", () => {
  expect(rightOfRule(says({ does: { act: "replay" } }))).toBe("messages:replay");
  expect(rightOfRule(says({ does: { act: "resolve", reason: "abc" } }))).toBe("exceptions:resolve");
});

describe("a rule is suggested", () => {
  const answer: SameAnswer = {
    groupId: GROUP,
    kind: "scan_late",
    reason: "Settled with the carrier.",
    times: LEARN_TIMES,
    people: 2,
    all: LEARN_TIMES,
    firstAt: new Date(NOW),
    lastAt: new Date(NOW),
    examples: [],
  };
  test("when people closed one cause the same way often enough", () => {
    expect(suggestionOf(answer)).toMatchObject({
      times: 12,
      share: 100,
      says: { when: { kind: ["scan_late"], group: GROUP } },
    });
    const other = suggestionOf({ ...answer, reason: "  settled with the  CARRIER" });
    expect(other?.fingerprint).toBe(suggestionOf(answer)?.fingerprint);
  });
  test.each<[string, Partial<SameAnswer>]>([
    ["too few", { times: LEARN_TIMES - 1 }],
    ["too many other answers", { all: 20 }],
    ["a kind with required steps", { kind: "lost" }],
  ])("but not of %s", (_, over) => {
    expect(suggestionOf({ ...answer, ...over })).toBeNull();
  });
  test("reasons are the same without case, blanks and a full stop", () => {
    expect(plainReason(" No harm,  nothing to do. ")).toBe("no harm, nothing to do");
  });
});
