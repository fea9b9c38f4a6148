import { describe, expect, it } from "vitest";
import { POSTING_KINDS, type PostingKind } from "@/core/postings/kinds";
import { checklistOf, kindSteps, type SetUp } from "./checklist";
import { hiddenBy, kindsOfPhase, PHASES, phaseAt, phasesOff } from "./phases";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const DAY = 86_400_000;
const TESTED = {
  at: "2026-11-20T10:00:00Z",
  modules: { stock: true, stock_delivery: true, account: true },
  companies: [1],
};

const BARE: SetUp = {
  nowMs: NOW,
  connections: [],
  feeds: [],
  stored: new Set(),
  vendors: 0,
  freightBill: false,
  mail: { set: false, lastSentMs: null, failed: 0, lastError: null },
  countedSinceMs: null,
  carriers: { countedToMs: null, complete: false },
  told: 0,
};
const connection = (rest: Partial<SetUp["connections"][number]> = {}): SetUp["connections"][number] => ({
  id: 1,
  name: "main",
  usable: true,
  tested: TESTED,
  kinds: {},
  dryRuns: {},
  ...rest,
});

describe("phases", () => {
  it("a workspace that never chose has all of them, and nothing is hidden", () => {
    for (const stored of [undefined, null, {}, "nonsense", { off: ["9"] }]) expect(phasesOff(stored)).toEqual([]);
    expect(hiddenBy([])).toEqual([]);
  });

  it("hide exactly the screens that are theirs", () => {
    expect(hiddenBy(["2", "3"])).toEqual(["/freight", "/reconciliation", "/service-levels", "/carriers"]);
  });

  it("every posting kind is in exactly one", () => {
    expect(PHASES.flatMap(kindsOfPhase).sort()).toEqual([...POSTING_KINDS].sort());
  });

  it("the first alone posts the transfer, the number and the confirmation of the delivery, and nothing else", () => {
    expect(kindsOfPhase("1").sort()).toEqual([
      "proof_of_delivery",
      "status_note",
      "tracking_number",
      "transfer_validated",
    ]);
  });

  it("a screen below an address of theirs is theirs too", () => {
    const paths = ["/freight", "/freight/rates", "/freightage", "/carriers/ups", "/", "/exceptions", "/postings"];
    expect(paths.map(phaseAt)).toEqual(["2", "2", null, "3", null, null, "1"]);
  });
});

describe("the checklist", () => {
  it("of a bare workspace has nothing done", () => {
    for (const phase of PHASES) expect(checklistOf(phase, BARE).filter(({ state }) => state === "done")).toEqual([]);
  });

  it("takes each step from the real state", () => {
    const full: SetUp = {
      ...BARE,
      connections: [connection()],
      feeds: [
        { class: "carrier", lastAtMs: NOW - DAY },
        { class: "warehouse", lastAtMs: NOW - DAY },
      ],
      stored: new Set(["thresholds", "freight", "objectives"]),
      vendors: 1,
      freightBill: true,
      mail: { set: true, lastSentMs: NOW - DAY, failed: 0, lastError: null },
      countedSinceMs: NOW - DAY,
      carriers: { countedToMs: NOW, complete: true },
      told: 5,
    };
    for (const phase of PHASES) expect(checklistOf(phase, full).filter(({ state }) => state !== "done")).toEqual([]);
  });

  it.each<[string, Partial<SetUp>, string, string]>([
    [
      "a connection whose test failed",
      { connections: [connection({ usable: false })] },
      "Odoo connected and tested",
      "last test of main",
    ],
    [
      "a connection that was never tested",
      { connections: [connection({ usable: null })] },
      "Odoo connected and tested",
      "not tested",
    ],
    [
      "a feed silent for a week",
      { feeds: [{ class: "carrier", lastAtMs: NOW - 8 * DAY }] },
      "A carrier's feed is live",
      "last 7 days",
    ],
    [
      "mails that were refused",
      { mail: { set: true, lastSentMs: NOW, failed: 2, lastError: "550 no" } },
      "Mail server reachable",
      "550 no",
    ],
  ])("is open with %s", (_, change, name, why) => {
    const step = checklistOf("1", { ...BARE, ...change }).find((one) => one.name === name);
    expect(step?.state).toBe("open");
    expect(step?.why).toContain(why);
  });

  it("says of each kind what stands between it and posting", () => {
    const fresh = new Date(NOW - 3_600_000).toISOString();
    const old = new Date(NOW - 2 * DAY).toISOString();
    const one = connection({
      kinds: { tracking_number: "on" },
      dryRuns: { transfer_validated: fresh, status_note: old },
    });
    const states = (phase: "1" | "2") =>
      Object.fromEntries(
        kindSteps(phase, { ...BARE, connections: [one] }).map(({ kind, state }) => [kind, state]),
      ) as Partial<Record<PostingKind, string>>;
    expect(states("1")).toEqual({
      transfer_validated: "ready",
      tracking_number: "on",
      status_note: "dry_run",
      proof_of_delivery: "dry_run",
    });
    expect(states("2").landed_cost).toBe("missing");
    expect(states("2").customer_invoice).toBe("own");
  });
});
