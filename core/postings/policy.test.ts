import { describe, expect, test } from "vitest";
import { heldByRules } from "./degraded";
import { POSTING_KINDS } from "./kinds";
import { CLASS_SHARE, holdByPolicy, inTurns, kindsThatMayLeave, type PostingClass, readPolicies } from "./policy";

const now = Date.parse("2026-11-28T12:00:00Z");
const night = { mode: "windows", zone: "UTC", windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "18:00", to: "06:00" }] };
const note = (some: object) => ({ status_note: { class: "bulk", timing: { mode: "real_time" }, ...some } });

describe("what policy holds back", () => {
  const cases: [string, unknown, unknown, string[], ReturnType<typeof holdByPolicy>][] = [
    ["nothing unless somebody said so", {}, [], [], null],
    [
      "what comes outside of its window, until it opens",
      note({ timing: night }),
      [],
      [],
      { because: "window", untilMs: Date.parse("2026-11-28T18:00:00Z") },
    ],
    [
      "what is gathered, until the next batch",
      note({ timing: { mode: "interval", minutes: 30 } }),
      [],
      [],
      { because: "interval", untilMs: Date.parse("2026-11-28T12:30:00Z") },
    ],
    [
      "a paused class, before the calendar",
      note({ timing: night }),
      ["bulk"],
      [],
      { because: "paused", untilMs: null },
    ],
    [
      "what a rule names, before all else",
      note({ timing: night }),
      ["bulk"],
      ["status_note"],
      { because: "degraded", untilMs: null },
    ],
    ["nothing while a person let it go", note({ timing: night, openUntil: "2026-11-28T12:00:01.000Z" }), [], [], null],
    [
      "again when that time is over",
      note({ timing: night, openUntil: "2026-11-28T12:00:00.000Z" }),
      [],
      [],
      { because: "window", untilMs: Date.parse("2026-11-28T18:00:00Z") },
    ],
    ["nothing of another class", note({}), ["urgent"], [], null],
  ];
  for (const [name, stored, paused, degraded, expected] of cases)
    test(name, () => {
      expect(holdByPolicy("status_note", readPolicies(stored, paused, degraded), now)).toEqual(expected);
    });

  test("what a batch has let go may leave; what a window closed may not", () => {
    const gathered = readPolicies(note({ timing: { mode: "interval", minutes: 30 } }), [], []);
    expect(kindsThatMayLeave(gathered, now)).toEqual([...POSTING_KINDS]);
    const closed = readPolicies(note({ timing: night }), ["urgent"], []);
    expect(kindsThatMayLeave(closed, now)).not.toContain("status_note");
    expect(kindsThatMayLeave(closed, now)).not.toContain("tracking_number");
  });

  test("what is stored and does not fit counts as not given", () => {
    expect(readPolicies({ status_note: { timing: "never" } }, "urgent", ["nonsense"])).toEqual(
      readPolicies({}, [], []),
    );
  });

  test("a rule holds what it queues, skips or leaves to a person, and not what goes another way", () => {
    const rule = { id: 1, connectionId: 1, feedId: null, viaConnectionId: null, personId: null };
    expect(
      heldByRules(
        [
          { ...rule, rule: "queue", kinds: ["tracking_number"] },
          { ...rule, rule: "skip", kinds: ["status_note"], connectionId: 2 },
          { ...rule, rule: "reroute", kinds: ["proof_of_delivery"], viaConnectionId: 2 },
          { ...rule, rule: "reroute", kinds: ["exception_activity"], personId: "0190a" },
        ],
        1,
      ),
    ).toEqual(["tracking_number", "exception_activity"]);
  });
});

describe("the order in which classes leave", () => {
  const items = (count: number, name: PostingClass) => Array.from({ length: count }, (_, i) => ({ name, i }));
  const order = (...lists: { name: PostingClass; i: number }[][]) => inTurns(lists.flat(), (item) => item.name);

  test("one urgent posting overtakes a thousand of bulk", () => {
    expect(order(items(1_000, "bulk"), items(1, "urgent"))[0]).toEqual({ name: "urgent", i: 0 });
  });

  test("bulk gets its share however much is urgent, and every class keeps its order", () => {
    const all = order(items(800, "urgent"), items(300, "normal"), items(100, "bulk"));
    expect(all.length).toBe(1_200);
    for (let from = 0; from < 1_200; from += 12) {
      const count = (name: PostingClass) => all.slice(from, from + 12).filter((item) => item.name === name).length;
      expect([count("urgent"), count("normal"), count("bulk")]).toEqual([
        CLASS_SHARE.urgent,
        CLASS_SHARE.normal,
        CLASS_SHARE.bulk,
      ]);
    }
    for (const name of ["urgent", "normal", "bulk"] as const) {
      const own = all.filter((item) => item.name === name).map((item) => item.i);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  test("a class alone has every turn", () => {
    expect(order(items(5, "bulk")).length).toBe(5);
    expect(order()).toEqual([]);
  });
});
