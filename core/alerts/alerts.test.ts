import { describe, expect, test } from "vitest";
import { mentionedIn } from "./mentions";
import { type Colleague, escalatedTo, recipientsOf } from "./recipients";
import { alertRulesSchema, alertWishesSchema, mails, wishesOf } from "./rules";
import { type AlertMemory, watchGroups } from "./watch-groups";
import { mailOf, noticeOfCause, noticeOfRecovery } from "./write";

const RULES = alertRulesSchema.parse({});
const MINUTE = 60_000;
const NEW: AlertMemory = { told: 0, pendingSinceMs: null, alertedAtMs: null, standing: false };

/** Plays a cause through instants; each entry is [minute, opened, open]. */
function play(...story: [minute: number, opened: number, open: number][]) {
  let memory = NEW;
  return story.flatMap(([minute, opened, open]) => {
    const [step] = watchGroups([{ groupId: "g", opened, open, memory }], RULES, minute * MINUTE);
    if (step) memory = step.memory;
    return step?.alert ? [{ minute, ...step.alert }] : [];
  });
}

describe("what is told of a cause", () => {
  test("a thousand failures at once are one alert", () => {
    expect(play([0, 1, 1], [0.1, 400, 400], [0.5, 1000, 1000], [1, 1000, 1000])).toEqual([
      { minute: 0.5, kind: "opened", fresh: 1000 },
    ]);
  });

  test("what comes within the throttle is counted and told after it", () => {
    expect(play([0, 1, 1], [1, 1, 1], [2, 50, 50], [10, 80, 80], [16, 90, 90])).toEqual([
      { minute: 1, kind: "opened", fresh: 1 },
      { minute: 16, kind: "opened", fresh: 89 },
    ]);
  });

  test("what cleared by itself before its alert is never told, and does not count later", () => {
    expect(play([0, 5, 5], [0.2, 5, 0], [30, 6, 1], [31, 6, 1])).toEqual([{ minute: 31, kind: "opened", fresh: 1 }]);
  });

  test("a recovery is told once, and only after an alert", () => {
    expect(play([0, 3, 3], [1, 3, 3], [5, 3, 0], [6, 3, 0])).toEqual([
      { minute: 1, kind: "opened", fresh: 3 },
      { minute: 5, kind: "recovered", afterMs: 4 * MINUTE },
    ]);
  });

  test("a cause that flaps stays within the throttle", () => {
    const flapping = Array.from({ length: 28 }, (_, i): [number, number, number] => [
      i / 2,
      i + 1,
      i % 2 === 0 ? 1 : 0,
    ]);
    expect(play(...flapping).filter((told) => told.kind === "opened").length).toBeLessThanOrEqual(1);
  });
});

describe("who is told", () => {
  const person = (id: string, role: Colleague["role"], wishes = alertWishesSchema.parse({})): Colleague => ({
    id,
    role,
    wishes,
  });
  const team = [
    person("a", "administrator"),
    person("s", "support"),
    person("l", "logistics"),
    person("e", "executive"),
  ];

  test("the role that owns the kind; for critical ones the administrators too", () => {
    expect(recipientsOf("label_failed", team)).toEqual([{ personId: "s", mail: true }]);
    expect(recipientsOf("unmapped_code", team)).toEqual([{ personId: "s", mail: false }]);
    expect(recipientsOf("odoo_unreachable", team).map((t) => t.personId)).toEqual(["a"]);
  });

  test("nobody in the role means the administrators", () => {
    expect(recipientsOf("label_failed", [person("a", "administrator")]).map((t) => t.personId)).toEqual(["a"]);
  });

  test("what lapses goes to the next role", () => {
    expect(escalatedTo("label_failed", team).map((t) => t.personId)).toEqual(["l"]);
    expect(escalatedTo("dispatch_late", team).map((t) => t.personId)).toEqual(["a"]);
  });

  test("wishes decide what is mailed, and stored nonsense counts as the defaults", () => {
    expect(mails(alertWishesSchema.parse({ mailFrom: "none" }), "critical")).toBe(false);
    expect(mails(alertWishesSchema.parse({ mailFrom: "low" }), "low")).toBe(true);
    expect(wishesOf({ alerts: { mailFrom: "loud" } })).toEqual({ mailFrom: "high", mailPersonal: true });
    expect(wishesOf(null)).toEqual(wishesOf({}));
  });
});

describe("the words", () => {
  const thousand = noticeOfCause({
    label: "Label refused",
    cause: "UPS: invalid postcode",
    severity: "high",
    fresh: 1000,
    open: 1000,
    groupId: "g",
  });

  test("a thousand of one cause say that 999 were suppressed", () => {
    expect(thousand.title).toBe("Label refused: 1,000 new");
    expect(thousand.text).toContain("999 more of the same were suppressed");
  });

  test("a mail holds each notice with its link, as text and as HTML with nothing unescaped", () => {
    const odd = { ...thousand, text: `<script>"x"&` };
    const mail = mailOf(
      [odd, noticeOfRecovery({ label: "L", cause: "c", afterMs: 2 * MINUTE, groupId: "h" })],
      "https://w.example",
    );
    expect(mail.subject).toBe("[Waypost] Label refused: 1,000 new and 1 more");
    expect(mail.text).toContain("https://w.example/exceptions?view=list&group=g");
    expect(mail.html).not.toContain("<script>");
    expect(mail.html).toContain("https://w.example/exceptions?view=list&#38;group=h");
  });

  test("a subject has no line break and an end", () => {
    const { subject } = mailOf([{ ...thousand, title: `a\r\nBcc: x ${"y".repeat(400)}` }], "");
    expect(subject).not.toMatch(/[\r\n]/);
    expect(subject.length).toBeLessThanOrEqual(150);
  });
});

describe("who is named in a comment", () => {
  const people = [
    { id: "1", name: "Jan" },
    { id: "2", name: "Jan Novák" },
    { id: "3", name: "Eva" },
  ];
  test.each<[string, string[]]>([
    ["@Jan look", ["1"]],
    ["@jan novák, and @Eva.", ["2", "3"]],
    ["@Janet is nobody, a@eva is", ["3"]],
    ["nobody", []],
    ["@@Eva @Eva", ["3"]],
  ])("%s", (text, ids) => {
    expect(mentionedIn(text, people)).toEqual(ids);
  });
});
