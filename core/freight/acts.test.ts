import { describe, expect, it } from "vitest";
import { type Decision, decide, type Standing } from "./acts";
import type { Objection } from "./states";

const standing: Standing = {
  state: "open",
  kind: "invoice",
  objections: [],
  currency: "USD",
  billedMinor: 500_00,
  payMinor: null,
  firstBy: null,
};
const over: Objection = { check: "variance", text: "12.00 USD over", final: false };
const totals: Objection = { check: "totals", text: "The charges add up to another sum.", final: false };
const vendor: Objection = { check: "vendor", text: "nobody is no partner in Odoo yet.", final: true };

const act = (over: Partial<Decision>, on: Partial<Standing> = {}, limit = 1_000) =>
  decide({ ...standing, ...on }, { act: "approve", reason: "", payMinor: null, by: "anna", ...over }, limit);

describe("decisions on a freight bill", () => {
  it.each<[string, Partial<Decision>, Partial<Standing>, Record<string, unknown>]>([
    ["approves a clean one without a reason", {}, {}, { ok: true, state: "approved" }],
    ["refuses a variance without a reason", {}, { objections: [over] }, { ok: false, code: "invalid" }],
    [
      "approves a variance with one",
      { reason: "agreed by phone" },
      { objections: [over] },
      { ok: true, state: "approved" },
    ],
    [
      "never approves what Odoo could not hold, and says what to do",
      { reason: "really" },
      { objections: [vendor] },
      { ok: false, code: "precondition", why: expect.stringContaining("An administrator names the carrier's") },
    ],
    [
      "refuses totals that do not add up without a reason",
      {},
      { objections: [totals] },
      { ok: false, code: "invalid" },
    ],
    [
      "approves them with one",
      { reason: "they round each line" },
      { objections: [totals] },
      { ok: true, state: "approved" },
    ],
    [
      "asks for two people all the same",
      { reason: "they round each line" },
      { objections: [totals], billedMinor: 5_000_00 },
      { ok: true, state: "second" },
    ],
    [
      "pays short with a reason",
      { act: "short_pay", payMinor: 400_00, reason: "wrong weight" },
      {},
      { ok: true, state: "short_paid", payMinor: 400_00 },
    ],
    ["refuses to pay short without one", { act: "short_pay", payMinor: 400_00 }, {}, { ok: false, code: "invalid" }],
    [
      "refuses to pay more than billed",
      { act: "short_pay", payMinor: 600_00, reason: "why not" },
      {},
      { ok: false, code: "invalid" },
    ],
    ["disputes with a reason", { act: "dispute", reason: "never shipped" }, {}, { ok: true, state: "disputed" }],
    ["rejects a duplicate", { act: "reject", reason: "billed before" }, {}, { ok: true, state: "rejected" }],
    ["opens a rejected one again", { act: "reopen" }, { state: "rejected" }, { ok: true, state: "open" }],
    ["refuses to decide twice", {}, { state: "approved" }, { ok: false, code: "precondition" }],
    ["never opens again what is paid", { act: "reopen" }, { state: "approved" }, { ok: false, code: "precondition" }],
  ])("%s", (_what, decision, on, outcome) => {
    expect(act(decision, on)).toMatchObject(outcome);
  });

  it("asks for a second pair of eyes from the limit on, and not of the same person", () => {
    expect(act({}, { billedMinor: 999_99 })).toMatchObject({ ok: true, state: "approved" });
    expect(act({}, { billedMinor: 1_000_00 })).toMatchObject({ ok: true, state: "second", second: true });
    const waiting = { billedMinor: 1_000_00, state: "second" as const, firstBy: "anna" };
    expect(act({}, waiting)).toMatchObject({ ok: false, code: "forbidden" });
    expect(act({ by: "bert" }, waiting)).toMatchObject({ ok: true, state: "approved" });
  });

  it("keeps what the first person wanted to pay for the second", () => {
    const waiting = { billedMinor: 2_000_00, state: "second" as const, firstBy: "anna", payMinor: 1_500_00 };
    expect(act({ by: "bert" }, waiting)).toMatchObject({ ok: true, state: "short_paid", payMinor: 1_500_00 });
  });
});
