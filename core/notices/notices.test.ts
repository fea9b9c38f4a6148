import { describe, expect, it } from "vitest";
import type { Reached } from "@/core/shipments/shipment";
import { judge, quietUntil } from "./judge";
import { factOf, instantOf, overtaking, type Told } from "./occasions";
import { noticesSchema, withSince } from "./settings";
import { compose, maskAddress, problemOf, type Values } from "./template";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;
const reached = (atMs: number | null, rest: Partial<Reached> = {}): Reached => ({
  occurredAtMs: atMs,
  offsetMinutes: 0,
  precision: "second",
  basis: "offset",
  inferred: false,
  feedId: 1,
  key: "k",
  receivedAtMs: atMs,
  ...rest,
});
const told = (rest: Partial<Told> = {}): Told => ({
  reached: {},
  conditions: [],
  terminal: null,
  attempts: 0,
  ...rest,
});
const attempted = {
  kind: "delivery_attempted" as const,
  sinceMs: NOW,
  package: null,
  feedId: 1,
  key: "a",
  code: null,
  description: null,
  reasonCode: null,
  party: null,
};
const OFF = noticesSchema.parse({});
const ON = withSince(OFF, { ...OFF, enabled: true, company: "ACME" }, NOW - 48 * HOUR);

describe("occasions", () => {
  it("stand by what was told, not by what was concluded from it", () => {
    expect(
      factOf(told({ reached: { picked_up: reached(null, { inferred: true, key: null }) } }), "dispatched"),
    ).toBeNull();
    const both = told({ reached: { in_transit: reached(NOW), picked_up: reached(NOW - 5) } });
    expect(factOf(both, "dispatched")?.occurredAtMs).toBe(NOW - 5);
    expect(factOf(told({ conditions: [attempted], attempts: 1 }), "delivery_attempted")).toMatchObject({ key: "a" });
  });

  it("of a day alone count at the end of the day, not after receipt", () => {
    const day = { key: "k", occurredAtMs: NOW, dateOnly: true, receivedAtMs: null };
    expect(instantOf(day, NOW + HOUR)).toBe(NOW + HOUR);
    expect(instantOf(day, NOW + 72 * HOUR)).toBe(NOW + 24 * HOUR);
    expect(instantOf({ ...day, dateOnly: false }, NOW + HOUR)).toBe(NOW);
  });

  it("are overtaken by later ones and by any other end", () => {
    const out = { out_for_delivery: reached(NOW) };
    expect(overtaking(told({ reached: out }), "out_for_delivery")).toBeNull();
    expect(overtaking(told({ reached: out }), "dispatched")).toBe("overtaken");
    expect(
      overtaking(told({ reached: { ...out, delivered: reached(NOW) }, terminal: "delivered" }), "out_for_delivery"),
    ).toBe("overtaken");
    expect(overtaking(told({ reached: { delivered: reached(NOW) }, terminal: "delivered" }), "delivered")).toBeNull();
    expect(overtaking(told({ reached: out, terminal: "lost" }), "out_for_delivery")).toBe("ended");
    expect(overtaking(told({ reached: { ...out, return_initiated: reached(NOW) } }), "out_for_delivery")).toBe("ended");
    expect(overtaking(told({ attempts: 1 }), "delivery_attempted")).toBe("overtaken");
    expect(overtaking(told({ attempts: 1, conditions: [attempted] }), "delivery_attempted")).toBeNull();
  });
});

describe("the judgement", () => {
  const now = {
    told: told({ reached: { delivered: reached(NOW) }, terminal: "delivered" }),
    occasion: "delivered" as const,
    occurredAtMs: NOW,
    nowMs: NOW,
  };

  it("says send, wait or why not", () => {
    expect(judge(now, ON)).toEqual({ act: "send" });
    expect(judge(now, OFF)).toEqual({ act: "suppress", reason: "switched_off" });
    expect(judge({ ...now, occurredAtMs: NOW - 49 * HOUR }, ON)).toMatchObject({ reason: "switched_off" });
    expect(judge({ ...now, occurredAtMs: NOW - 25 * HOUR }, ON)).toMatchObject({ reason: "too_old" });
    expect(judge({ ...now, told: told() }, ON)).toMatchObject({ reason: "withdrawn" });
    const quiet = { ...ON, quiet: { on: true, from: "11:00", to: "13:30" } };
    expect(judge(now, quiet)).toEqual({ act: "wait", untilMs: NOW + 1.5 * HOUR, reason: "quiet_hours" });
  });

  it.each([
    ["2026-11-20T22:30:00Z", "Europe/Berlin", "2026-11-21T07:00:00.000Z"],
    ["2026-11-20T02:00:00Z", "Europe/Berlin", "2026-11-20T07:00:00.000Z"],
    ["2026-11-20T07:00:00Z", "Europe/Berlin", null],
    ["2026-11-20T12:00:00Z", "Europe/Berlin", null],
    ["2026-11-20T12:00:00Z", "Asia/Tokyo", "2026-11-20T23:00:00.000Z"],
    // the night in which clocks go back has an hour more
    ["2026-10-24T22:00:00Z", "Europe/Berlin", "2026-10-25T07:00:00.000Z"],
  ])("quiet hours 21:00 to 08:00 at %s in %s end at %s", (at, zone, end) => {
    const untilMs = quietUntil(Date.parse(at), { zone, quiet: { on: true, from: "21:00", to: "08:00" } });
    expect(untilMs === null ? null : new Date(untilMs).toISOString()).toBe(end);
  });
});

describe("settings", () => {
  it("are off as shipped, and need a company to be on", () => {
    expect(OFF).toMatchObject({ enabled: false, maxAgeHours: 24 });
    expect(noticesSchema.safeParse({ enabled: true }).success).toBe(false);
  });

  it("begin an occasion when it is switched on, keep it while it stays on and end it when it goes off", () => {
    expect(ON.occasions.delivered.sinceMs).toBe(NOW - 48 * HOUR);
    expect(withSince(ON, ON, NOW).occasions.delivered.sinceMs).toBe(NOW - 48 * HOUR);
    const off = withSince(ON, { ...ON, enabled: false }, NOW);
    expect(off.occasions.delivered.sinceMs).toBeNull();
    expect(withSince(off, { ...off, enabled: true }, NOW).occasions.delivered.sinceMs).toBe(NOW);
  });

  it("refuse a variable that is none", () => {
    const bad = noticesSchema.safeParse({ occasions: { delivered: { body: "Hello {{name}}" } } });
    expect(bad.error?.issues[0]?.message).toContain("{{name}} is no variable");
  });
});

describe("templates", () => {
  const values: Values = {
    order: "S1",
    tracking_number: "1Z",
    carrier: "<b>UPS</b>",
    promised: null,
    delivered_at: null,
    company: "A & B",
  };

  it("know their variables", () => {
    expect(problemOf("{{order}} {{ carrier }}")).toBeNull();
    expect(problemOf("{{order")).toContain("other half");
    expect(problemOf("{{}}")).toContain("no variable");
  });

  it("leave out a line of what is not known, and escape what a source wrote", () => {
    const { subject, text, html } = compose(
      { subject: "{{order}}\r\nBcc: x", body: "Hi {{carrier}}\nExpected: {{promised}}\n\n\n{{company}}" },
      values,
    );
    expect(subject).toBe("S1 Bcc: x");
    expect(text).toBe("Hi <b>UPS</b>\n\nA & B");
    expect(html).toContain("Hi &#60;b&#62;UPS&#60;/b&#62;");
    expect(html).toContain("A &#38; B");
  });

  it("hide an address", () => {
    expect(maskAddress("jane@example.com")).toBe("j…@example.com");
  });
});
