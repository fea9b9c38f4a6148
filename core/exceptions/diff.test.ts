import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DETECTED_KINDS } from "./detect";
import { diff, evidenceHash, type KnownException } from "./diff";
import type { Finding } from "./finding";
import { EXCEPTION_SPECS, type ExceptionKind } from "./kinds";
import { finding } from "./rule";

function made(
  kind: ExceptionKind,
  occurrence = "first",
  evidence: Finding["evidence"] = {},
  subject = "shipment",
): Finding {
  return finding(kind, { subject, occurrence, cause: { source: "feed:4", what: kind }, text: kind, evidence });
}

function row(of: Finding, extra: Partial<KnownException> = {}): KnownException {
  const { kind, subject, occurrence } = of;
  return {
    id: `${kind} ${subject}`,
    kind,
    subject,
    occurrence,
    state: "open",
    byPerson: false,
    evidenceHash: evidenceHash(of),
    ...extra,
  };
}

const NOTHING = { open: [], close: [], refresh: [] };

describe("diff", () => {
  it("opens what is not there", () => {
    expect(diff([], [made("held")], DETECTED_KINDS)).toEqual({ ...NOTHING, open: [made("held")] });
  });

  it("opens one per subject", () => {
    const other = made("held", "first", {}, "package:A");
    expect(diff([row(made("held"))], [made("held"), other], DETECTED_KINDS)).toEqual({ ...NOTHING, open: [other] });
    expect(diff([], [made("held"), made("held", "second")], DETECTED_KINDS).open).toHaveLength(1);
  });

  it.each(["open", "acknowledged", "snoozed"] as const)("leaves what is %s alone while it shows the same", (state) => {
    expect(diff([row(made("held"), { state })], [made("held")], DETECTED_KINDS)).toEqual(NOTHING);
  });

  it.each(["open", "acknowledged", "snoozed"] as const)("refreshes what is %s and shows something else", (state) => {
    const now = made("held", "second", { code: "X" });
    expect(diff([row(made("held"), { state })], [now], DETECTED_KINDS)).toEqual({
      ...NOTHING,
      refresh: [{ id: "held shipment", finding: now }],
    });
  });

  it.each(["open", "acknowledged", "snoozed"] as const)("closes what is %s when recovery came", (state) => {
    expect(diff([row(made("held"), { state })], [], DETECTED_KINDS)).toEqual({ ...NOTHING, close: ["held shipment"] });
  });

  it.each(DETECTED_KINDS.filter((kind) => EXCEPTION_SPECS[kind].closing === "latched"))(
    "never closes %s: it is latched",
    (kind) => {
      expect(diff([row(made(kind))], [], DETECTED_KINDS)).toEqual(NOTHING);
    },
  );

  it("leaves kinds alone that are raised elsewhere", () => {
    expect(diff([row(made("posting_rejected"))], [], DETECTED_KINDS)).toEqual(NOTHING);
  });

  it("holds a resolution by a person for the same occurrence, and opens another one", () => {
    const resolved = row(made("held"), { state: "resolved", byPerson: true });
    expect(diff([resolved], [made("held")], DETECTED_KINDS)).toEqual(NOTHING);
    expect(diff([resolved], [made("held", "second")], DETECTED_KINDS).open).toEqual([made("held", "second")]);
  });

  it("opens again what had recovered and came back", () => {
    expect(diff([row(made("held"), { state: "resolved" })], [made("held")], DETECTED_KINDS).open).toHaveLength(1);
  });

  it("does not open a latched one again for the same occurrence, whoever resolved it", () => {
    expect(diff([row(made("damaged"), { state: "resolved" })], [made("damaged")], DETECTED_KINDS)).toEqual(NOTHING);
  });

  it("looks at the open row, whatever was resolved before", () => {
    const rows = [row(made("held", "zero"), { id: "old", state: "resolved", byPerson: true }), row(made("held"))];
    for (const known of [rows, rows.toReversed()]) expect(diff(known, [made("held")], DETECTED_KINDS)).toEqual(NOTHING);
  });

  it("applied twice is empty", () => {
    const some = fc.array(
      fc.record({
        kind: fc.constantFrom<ExceptionKind>("held", "damaged", "scan_late", "unmapped_code"),
        subject: fc.constantFrom("shipment", "package:A"),
        occurrence: fc.constantFrom("1", "2"),
        code: fc.constantFrom("x", "y"),
      }),
      { maxLength: 8 },
    );
    const state = fc.constantFrom<KnownException["state"]>("open", "acknowledged", "snoozed", "resolved");
    fc.assert(
      fc.property(
        some,
        some,
        fc.array(fc.tuple(state, fc.boolean()), { minLength: 8, maxLength: 8 }),
        (before, now, states) => {
          const findings = now.map(({ kind, subject, occurrence, code }) => made(kind, occurrence, { code }, subject));
          const known = before.map(({ kind, subject, occurrence, code }, index) => {
            const [inState, byPerson] = states[index] ?? ["open", false];
            return row(made(kind, occurrence, { code }, subject), { id: `${index}`, state: inState, byPerson });
          });
          const unresolvedOnce = known.filter(
            (one, index) =>
              one.state === "resolved" ||
              !known
                .slice(0, index)
                .some(
                  (other) => other.state !== "resolved" && other.kind === one.kind && other.subject === one.subject,
                ),
          );
          const { open, close, refresh } = diff(unresolvedOnce, findings, DETECTED_KINDS);
          const after = [
            ...unresolvedOnce.map((one) => {
              const fresh = refresh.find(({ id }) => id === one.id)?.finding;
              if (fresh) return { ...one, occurrence: fresh.occurrence, evidenceHash: evidenceHash(fresh) };
              return close.includes(one.id) ? { ...one, state: "resolved" as const, byPerson: false } : one;
            }),
            ...open.map((one, index) => row(one, { id: `new ${index}` })),
          ];
          expect(diff(after, findings, DETECTED_KINDS)).toEqual(NOTHING);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("evidenceHash", () => {
  it("does not look at the order of keys, but at every value", () => {
    const hash = evidenceHash(made("held", "1", { a: 1, b: [2, { c: 3, d: 4 }] }));
    expect(evidenceHash(made("held", "1", { b: [2, { d: 4, c: 3 }], a: 1 }))).toBe(hash);
    expect(evidenceHash(made("held", "1", { a: 1, b: [2, { c: 3, d: 5 }] }))).not.toBe(hash);
    expect(evidenceHash(made("held", "2", { a: 1, b: [2, { c: 3, d: 4 }] }))).not.toBe(hash);
  });
});
