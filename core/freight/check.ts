import { fromMinor, toMinor } from "@/core/money";
import { CHARGE_LABELS, type Charge } from "./charges";
import type { Document, Duplicate } from "./duplicate";
import type { Matched } from "./match";
import type { FreightSettings } from "./settings";
import type { LineVerdict, Matching, Objection, Verdict } from "./states";
import { ruleFor, sideOf } from "./tolerance";

export type CheckedLine = {
  position: number;
  charge: Charge | null;
  shipmentId: string | null;
  amountMinor: number | null;
  /** Of its shipment as a whole, where known. */
  expectedMinor: number | null;
  verdict: LineVerdict;
  /** Name of the tolerance rule that decided. */
  rule: string | null;
};

export type Checked = {
  verdict: Verdict;
  objections: Objection[];
  currency: string | null;
  billedMinor: number | null;
  expectedMinor: number | null;
  /** Sums of what is too much and too little, shipment by shipment; never netted. */
  overMinor: number;
  underMinor: number;
  matched: Matching;
  lines: CheckedLine[];
};

export type CheckInput = {
  document: Document;
  currency: string | null;
  lines: readonly {
    position: number;
    code: string | null;
    description: string | null;
    implied: Charge | null;
    amount: string;
  }[];
  chargeOf: (word: string) => Charge | null;
  /** By line position. */
  matches: ReadonlyMap<number, Matched>;
  /** By shipment: what it should cost in all, and what was approved for it on other bills, credits taken off. */
  expected: ReadonlyMap<string, { amountMinor: number; currency: string }>;
  approved: ReadonlyMap<string, number>;
  duplicates: readonly Duplicate[];
  settings: FreightSettings;
};

type Line = CheckedLine & { said: string; amount: string };
/** `billedMinor` is with what was approved on other bills. */
type Group = { shipmentId: string; lines: Line[]; billedMinor: number; approvedMinor: number; expectedMinor: number };

/**
 * Checks a freight bill before anything is posted: totals, currency, carrier, words of charges, repetition, shipments, and the amount against
 * what was expected. Says for each line and for the whole what speaks against it.
 */
export function checkBill(input: CheckInput): Checked {
  const { document, settings } = input;
  const objections: Objection[] = [];
  const object = (check: Objection["check"], text: string, final = false) => objections.push({ check, text, final });
  const mapping = settings.vendors.find(({ vendor }) => vendor === document.vendor) ?? null;
  const currency = input.currency ?? mapping?.currency ?? null;
  if (mapping === null)
    object("vendor", `${document.vendor} is no partner in Odoo yet: name it in the freight settings.`, true);
  if (currency === null) object("currency", "Neither the bill nor the carrier's settings name a currency.", true);
  const lines = input.lines.map((line) => lineOf(line, input, currency));
  const billedMinor = totalOf(document, lines, currency, object);
  sayUnmapped(lines, object);
  const invalid = invalidLines(lines, input, object);
  const repeated = repeatedLines(input.duplicates, lines, object);
  const unmatched = unmatchedLines(lines, input, object);
  const groups = document.kind === "credit" || currency === null ? [] : groupsOf(lines, input, currency);
  const variance = judgeGroups(groups, document.vendor, currency ?? "", settings, object);
  const known = new Set(groups.flatMap((group) => group.lines.map(({ position }) => position)));
  const blind = lines.filter((line) => line.shipmentId !== null && !known.has(line.position));
  if (document.kind === "invoice" && blind.length > 0)
    object("expected", `No expected figure is known for ${count(blind.length, "line")}.`);
  if (document.kind === "invoice" && currency !== null) sayPaidBefore(blind, input, currency, object);
  for (const line of lines) {
    const group = variance.bySide.get(line.shipmentId ?? "");
    line.expectedMinor = group?.expectedMinor ?? null;
    line.rule = group?.rule ?? null;
    line.verdict =
      line.charge === null
        ? "unmapped"
        : invalid.has(line.position)
          ? "invalid"
          : repeated.has(line.position)
            ? "duplicate"
            : unmatched.has(line.position)
              ? "unmatched"
              : document.kind === "credit"
                ? "credit"
                : (group?.side ?? "no_expected");
  }
  const paired = lines.filter(
    (line) => line.shipmentId !== null && (document.kind === "credit" || known.has(line.position)),
  );
  return {
    verdict: verdictOf(objections),
    objections,
    currency,
    billedMinor,
    expectedMinor: groups.length === 0 ? null : groups.reduce((sum, group) => sum + group.expectedMinor, 0),
    overMinor: variance.overMinor,
    underMinor: variance.underMinor,
    matched: paired.length === 0 ? "none" : paired.length === lines.length ? "full" : "partial",
    lines: lines.map(({ said: _said, amount: _amount, ...line }) => line),
  };
}

type Object_ = (check: Objection["check"], text: string, final?: boolean) => void;

function lineOf(line: CheckInput["lines"][number], input: CheckInput, currency: string | null): Line {
  return {
    position: line.position,
    charge: line.implied ?? (line.code === null ? null : input.chargeOf(line.code)),
    shipmentId: input.matches.get(line.position)?.shipmentId ?? null,
    amountMinor: currency === null ? null : toMinor(line.amount, currency),
    expectedMinor: null,
    verdict: "no_expected",
    rule: null,
    said: line.code ?? line.description ?? `line ${line.position}`,
    amount: line.amount,
  };
}

/** The bill's own total; lines that add up to another are an objection, and so is an amount that cannot be read. */
function totalOf(document: Document, lines: readonly Line[], currency: string | null, object: Object_): number | null {
  if (currency === null) return null;
  const total = document.totalText === null ? null : toMinor(document.totalText, currency);
  if (total === null || lines.some((line) => line.amountMinor === null)) {
    object("amount", "An amount of the bill cannot be read.", true);
    return total;
  }
  if (lines.length === 0) {
    object("amount", "The bill has a total and no charges.", true);
    return total;
  }
  const sum = lines.reduce((all, line) => all + (line.amountMinor ?? 0), 0);
  if (sum !== total)
    object(
      "totals",
      `The charges add up to ${fromMinor(sum, currency)} ${currency}, the bill says ${fromMinor(total, currency)}.`,
    );
  return total;
}

function sayUnmapped(lines: readonly Line[], object: Object_): void {
  const words = [...new Set(lines.filter((line) => line.charge === null).map((line) => line.said))];
  if (words.length > 0)
    object("unmapped", `Nobody has said what ${quoted(words)} ${words.length === 1 ? "is" : "are"}.`);
}

/** A discount that adds, a charge that takes away, and what this carrier may not bill. Tax may have either sign. */
function invalidLines(lines: readonly Line[], { document, settings }: CheckInput, object: Object_): Set<number> {
  const found = new Set<number>();
  const credit = document.kind === "credit";
  for (const line of lines) {
    if (line.charge === null || line.amountMinor === null) continue;
    const label = CHARGE_LABELS[line.charge];
    const refused = settings.refused.some(
      (one) => one.charge === line.charge && (one.vendor === null || one.vendor === document.vendor),
    );
    const wrongSign =
      !credit && line.charge !== "tax" && (line.charge === "discount" ? line.amountMinor > 0 : line.amountMinor < 0);
    if (!refused && !wrongSign) continue;
    found.add(line.position);
    object(
      "charge",
      refused
        ? `${label} of ${line.amount} is not to be billed by ${document.vendor}.`
        : `${label} has the wrong sign: ${line.amount}.`,
    );
  }
  return found;
}

function repeatedLines(duplicates: readonly Duplicate[], lines: readonly Line[], object: Object_): Set<number> {
  const found = new Set<number>();
  for (const duplicate of duplicates) {
    const positions = duplicate.positions.length > 0 ? duplicate.positions : lines.map(({ position }) => position);
    for (const position of positions) found.add(position);
    object(
      "duplicate",
      duplicate.by === "number"
        ? `Bill ${duplicate.number} came before with other content.`
        : duplicate.by === "reference"
          ? `${duplicate.said} was billed before, by ${duplicate.number}.`
          : `${count(duplicate.positions.length, "line")} (${duplicate.said}) stood on ${duplicate.number} before.`,
    );
  }
  return found;
}

function unmatchedLines(lines: readonly Line[], { matches }: CheckInput, object: Object_): Set<number> {
  const missing = lines.filter((line) => line.shipmentId === null);
  const several = missing.filter((line) => (matches.get(line.position)?.several.length ?? 0) > 0);
  const none = missing.length - several.length;
  if (none > 0) object("unmatched", `${count(none, "line")} of ${lines.length} name no known shipment.`);
  if (several.length > 0) object("unmatched", `${count(several.length, "line")} could be about several shipments.`);
  return new Set(missing.map(({ position }) => position));
}

/** Where nothing says what a shipment should cost, that somebody was paid for it already is all there is to go by. */
function sayPaidBefore(blind: readonly Line[], { approved }: CheckInput, currency: string, object: Object_): void {
  const paid = [...new Set(blind.flatMap(({ shipmentId }) => shipmentId ?? []))].filter(
    (shipmentId) => (approved.get(shipmentId) ?? 0) > 0,
  );
  const sum = paid.reduce((all, shipmentId) => all + (approved.get(shipmentId) ?? 0), 0);
  if (paid.length > 0)
    object(
      "variance",
      `${fromMinor(sum, currency)} ${currency} is approved on other bills for ${count(paid.length, "shipment")} of it already, and nobody said what to expect.`,
    );
}

function groupsOf(lines: readonly Line[], input: CheckInput, currency: string): Group[] {
  const groups = new Map<string, Group>();
  for (const line of lines) {
    if (line.shipmentId === null || line.amountMinor === null) continue;
    const expected = input.expected.get(line.shipmentId);
    if (expected === undefined || expected.currency !== currency) continue;
    const group = groups.get(line.shipmentId) ?? {
      shipmentId: line.shipmentId,
      lines: [],
      billedMinor: input.approved.get(line.shipmentId) ?? 0,
      approvedMinor: input.approved.get(line.shipmentId) ?? 0,
      expectedMinor: expected.amountMinor,
    };
    group.lines.push(line);
    group.billedMinor += line.amountMinor;
    groups.set(line.shipmentId, group);
  }
  return [...groups.values()];
}

type Side = { side: "within" | "over" | "under"; expectedMinor: number; rule: string | null };

function judgeGroups(
  groups: readonly Group[],
  vendor: string,
  currency: string,
  settings: FreightSettings,
  object: Object_,
): { bySide: Map<string, Side>; overMinor: number; underMinor: number } {
  const bySide = new Map<string, Side>();
  let overMinor = 0;
  let underMinor = 0;
  const outside: { text: string; size: number }[] = [];
  for (const group of groups) {
    const charges = new Set(group.lines.map((line) => line.charge));
    const charge = charges.size === 1 ? (group.lines[0]?.charge ?? null) : null;
    const rule = ruleFor(settings.tolerances, { vendor, charge, currency });
    const side = sideOf(group.billedMinor, group.expectedMinor, currency, rule);
    const difference = group.billedMinor - group.expectedMinor;
    if (difference > 0) overMinor += difference;
    else underMinor -= difference;
    bySide.set(group.shipmentId, { side, expectedMinor: group.expectedMinor, rule: rule?.name ?? null });
    if (side === "within") continue;
    const text = `${fromMinor(Math.abs(difference), currency)} ${currency} ${side}${percentText(difference, group.expectedMinor)}`;
    const other = group.approvedMinor;
    const counted =
      other === 0 ? "" : `, counting ${fromMinor(other, currency)} that is approved for the shipment on other bills`;
    outside.push({ text: `${text} by rule “${rule?.name ?? "none"}”${counted}`, size: Math.abs(difference) });
  }
  outside.sort((a, b) => b.size - a.size);
  for (const { text } of outside.slice(0, 5)) object("variance", text);
  if (outside.length > 5) object("variance", `${outside.length - 5} more shipments are outside their tolerance.`);
  return { bySide, overMinor, underMinor };
}

function percentText(difference: number, expectedMinor: number): string {
  return expectedMinor === 0 ? "" : ` (${((Math.abs(difference) / expectedMinor) * 100).toFixed(1)} %)`;
}

function verdictOf(objections: readonly Objection[]): Verdict {
  const has = (...checks: Objection["check"][]) => objections.some(({ check }) => checks.includes(check));
  if (objections.some(({ final }) => final) || has("totals", "unmapped")) return "blocked";
  if (has("duplicate")) return "duplicate";
  if (has("charge")) return "invalid";
  if (has("unmatched")) return "unmatched";
  if (has("variance")) return "variance";
  return has("expected") ? "unchecked" : "clean";
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

function quoted(words: readonly string[]): string {
  const shown = words.slice(0, 5).map((word) => `“${word}”`);
  return words.length > 5 ? `${shown.join(", ")} and ${words.length - 5} more` : shown.join(" and ");
}
