import { z } from "zod";
import { EXCEPTION_KINDS, type ExceptionKind, SEVERITIES, type Severity } from "./kinds";

const names = z.array(z.string().trim().min(1).max(200)).max(50).default([]);

/** Conditions of a rule: each list holds values of which one must fit; an empty list asks nothing. */
export const ownerCondition = z.object({
  kind: z.array(z.enum(EXCEPTION_KINDS)).max(60).default([]),
  severity: z.array(z.enum(SEVERITIES)).max(4).default([]),
  feed: z.array(z.number().int().positive()).max(50).default([]),
  /** Odoo connections. */
  connection: z.array(z.number().int().positive()).max(50).default([]),
  carrier: names,
  warehouse: names,
  company: names,
  customer: names,
});
export type OwnerCondition = z.infer<typeof ownerCondition>;

const owner = z.union([z.object({ person: z.uuid() }), z.object({ team: z.uuid() })]);
export const ownerRule = z.object({ when: ownerCondition, to: owner });
export type OwnerRule = z.infer<typeof ownerRule>;

export const team = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1).max(60),
  people: z.array(z.uuid()).max(100),
});

/** Teams, and the rules by which new exceptions find their owner: the first that fits wins. */
export const ownersSchema = z
  .object({ teams: z.array(team).max(50).default([]), rules: z.array(ownerRule).max(100).default([]) })
  .superRefine(({ teams, rules }, ctx) => {
    if (new Set(teams.map((t) => t.name.toLowerCase())).size < teams.length)
      ctx.addIssue({ code: "custom", message: "Two teams have the same name.", path: ["teams"] });
    const known = new Set(teams.map((t) => t.id));
    rules.forEach(({ to }, index) => {
      if ("team" in to && !known.has(to.team))
        ctx.addIssue({ code: "custom", message: `Rule ${index + 1} names a team that is not here.`, path: ["rules"] });
    });
    for (const message of refusalsOf(rules)) ctx.addIssue({ code: "custom", message, path: ["rules"] });
  });
export type Owners = z.infer<typeof ownersSchema>;

export type Ownable = {
  kind: ExceptionKind;
  severity: Severity;
  feedId: number | null;
  connectionId: number | null;
  carrier: string | null;
  warehouse: string | null;
  company: string | null;
  customer: string | null;
};

/** The Odoo connection of an exception: its own (of a posting, of the connection itself), else its shipment's, else the one that its feed reads. */
export function connectionOf(known: {
  own: number | null;
  shipment: number | null;
  feed: number | null;
}): number | null {
  return known.own ?? known.shipment ?? known.feed;
}

/** The index of the first rule that fits an exception, or -1. */
export function ruleFor(rules: readonly OwnerRule[], exception: Ownable): number {
  return rules.findIndex(({ when }) => fits(when, exception));
}

/** Says whether an exception meets all conditions; names are compared without case. */
export function fits(when: OwnerCondition, exception: Ownable): boolean {
  const named = (list: readonly string[], value: string | null) =>
    list.length === 0 || (value !== null && list.some((one) => plain(one) === plain(value)));
  return (
    (when.kind.length === 0 || when.kind.includes(exception.kind)) &&
    (when.severity.length === 0 || when.severity.includes(exception.severity)) &&
    (when.feed.length === 0 || (exception.feedId !== null && when.feed.includes(exception.feedId))) &&
    (when.connection.length === 0 ||
      (exception.connectionId !== null && when.connection.includes(exception.connectionId))) &&
    named(when.carrier, exception.carrier) &&
    named(when.warehouse, exception.warehouse) &&
    named(when.company, exception.company) &&
    named(when.customer, exception.customer)
  );
}

/** Says for each rule that can be of no use why: it takes everything, or an earlier one takes all of it. Empty where all are of use. */
export function refusalsOf(rules: readonly OwnerRule[]): string[] {
  return rules.flatMap(({ when }, index) => {
    if (asksNothing(when))
      return [`Rule ${index + 1} matches everything: every exception would go to one owner. Give it a condition.`];
    const earlier = rules.slice(0, index).findIndex((rule) => !asksNothing(rule.when) && takesAllOf(rule.when, when));
    if (earlier < 0) return [];
    const same = takesAllOf(when, rules[earlier]?.when ?? when);
    return [
      same
        ? `Rule ${index + 1} repeats rule ${earlier + 1}.`
        : `Rule ${index + 1} never applies: rule ${earlier + 1} takes all of it. Move it up or take it away.`,
    ];
  });
}

function asksNothing(when: OwnerCondition): boolean {
  const all = (list: readonly string[], every: readonly string[]) =>
    list.length === 0 || every.every((one) => list.includes(one));
  return (
    all(when.kind, EXCEPTION_KINDS) &&
    all(when.severity, SEVERITIES) &&
    [when.feed, when.connection, when.carrier, when.warehouse, when.company, when.customer].every(
      (list) => list.length === 0,
    )
  );
}

function takesAllOf(wide: OwnerCondition, narrow: OwnerCondition): boolean {
  const within = (a: readonly (string | number)[], b: readonly (string | number)[]) =>
    a.length === 0 || (b.length > 0 && b.every((one) => a.some((other) => plain(one) === plain(other))));
  return FIELDS.every((field) => within(wide[field], narrow[field]));
}

const FIELDS = ["kind", "severity", "feed", "connection", "carrier", "warehouse", "company", "customer"] as const;

function plain(value: string | number): string {
  return String(value).trim().toLowerCase();
}
