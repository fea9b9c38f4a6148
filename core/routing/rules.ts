import { z } from "zod";

const names = z.array(z.string().trim().min(1).max(200)).max(50).default([]);
const positive = z.number().int().positive();

/** Conditions of a rule: each list holds values of which one must fit; an empty list asks nothing. */
export const routeCondition = z.object({
  feed: z.array(positive).max(50).default([]),
  warehouse: names,
  company: names,
  country: names,
  channel: names,
});
export type RouteCondition = z.infer<typeof routeCondition>;

/** Where a rule sends to: an Odoo, and one company of it where that connection works for several. */
export const routeTarget = z.object({ connectionId: positive, companyId: positive.nullable().default(null) });
export type RouteTarget = z.infer<typeof routeTarget>;

export const routeRule = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1, "Give each rule a name.").max(60),
  when: routeCondition,
  to: routeTarget,
});
export type RouteRule = z.infer<typeof routeRule>;

/**
 * Routing as a whole: the first rule that fits wins, `otherwise` takes what none takes. A rule names an Odoo and never another rule, so there are no
 * loops. `version` counts the changes.
 */
export const routingSchema = z
  .object({
    version: z.number().int().min(0).default(0),
    rules: z.array(routeRule).max(200).default([]),
    otherwise: routeTarget.nullable().default(null),
  })
  .superRefine(({ rules }, ctx) => {
    const refuse = (message: string) => ctx.addIssue({ code: "custom", message, path: ["rules"] });
    if (new Set(rules.map(({ id }) => id)).size < rules.length) refuse("Two rules have the same id.");
    if (new Set(rules.map(({ name }) => plain(name))).size < rules.length) refuse("Two rules have the same name.");
    for (const message of refusalsOf(rules)) refuse(message);
  });
export type Routing = z.infer<typeof routingSchema>;

/** What a rule looks at, of one message or of a shipment: the feeds that told of it, and what they said. */
export type RouteSubject = {
  feeds: readonly number[];
  warehouse: string | null;
  company: string | null;
  country: string | null;
  channel: string | null;
};

/** The first rule that fits, or null; names are compared without case. */
export function ruleFor(rules: readonly RouteRule[], subject: RouteSubject): RouteRule | null {
  return rules.find(({ when }) => fits(when, subject)) ?? null;
}

function fits(when: RouteCondition, subject: RouteSubject): boolean {
  const named = (list: readonly string[], value: string | null) =>
    list.length === 0 || (value !== null && list.some((one) => plain(one) === plain(value)));
  return (
    (when.feed.length === 0 || subject.feeds.some((feed) => when.feed.includes(feed))) &&
    NAMES.every((field) => named(when[field], subject[field]))
  );
}

const NAMES = ["warehouse", "company", "country", "channel"] as const;

/** Says for each rule that can be of no use why: it takes everything, or an earlier one takes all of it. */
export function refusalsOf(rules: readonly RouteRule[]): string[] {
  return rules.flatMap(({ name, when }, index) => {
    if (asksNothing(when))
      return [`"${name}" takes everything. Give it a condition, or choose its Odoo as the one for all others.`];
    const earlier = rules.slice(0, index).find((rule) => !asksNothing(rule.when) && takesAllOf(rule.when, when));
    if (earlier === undefined) return [];
    return [
      takesAllOf(when, earlier.when)
        ? `"${name}" repeats "${earlier.name}".`
        : `"${name}" is never reached: "${earlier.name}" takes all of it. Move it up or take it away.`,
    ];
  });
}

function asksNothing(when: RouteCondition): boolean {
  return when.feed.length === 0 && NAMES.every((field) => when[field].length === 0);
}

function takesAllOf(wide: RouteCondition, narrow: RouteCondition): boolean {
  const within = (a: readonly (string | number)[], b: readonly (string | number)[]) =>
    a.length === 0 || (b.length > 0 && b.every((one) => a.some((other) => plain(one) === plain(other))));
  return within(wide.feed, narrow.feed) && NAMES.every((field) => within(wide[field], narrow[field]));
}

function plain(value: string | number): string {
  return String(value).trim().toLowerCase();
}
