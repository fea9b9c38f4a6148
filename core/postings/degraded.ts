import { z } from "zod";
import { POSTING_KINDS } from "./kinds";

/**
 * What to do while something outside is down. queue: hold it back until the rule is lifted. reroute: another way to the same Odoo, or
 * tell people by mail what they must do by hand. skip: go on without it.
 */
export const DEGRADED_RULES = ["queue", "reroute", "skip"] as const;
export type DegradedRuleName = (typeof DEGRADED_RULES)[number];

const reason = z.string().trim().min(3, "Say why, so that others know.").max(500);
const rule = z.enum(DEGRADED_RULES);
const personId = z.uuid().nullable().default(null);

/** A rule that begins: about some kinds of postings of a connection, or about a feed. */
export const degradedRuleInput = z.union([
  z
    .object({
      connectionId: z.int().positive(),
      rule,
      kinds: z.array(z.enum(POSTING_KINDS)).min(1, "Choose at least one kind of posting.").max(50),
      viaConnectionId: z.int().positive().nullable().default(null),
      /** The person knows that the other connection leads to the same database, where neither says so. */
      sameDatabase: z.boolean().default(false),
      personId,
      reason,
    })
    .refine((input) => input.rule !== "reroute" || (input.viaConnectionId === null) !== (input.personId === null), {
      message: "Name the other connection, or the person who does it by hand.",
      path: ["personId"],
    }),
  z
    .object({ feedId: z.int().positive(), rule, personId, reason })
    .refine((input) => input.rule !== "reroute" || input.personId !== null, {
      message: "Name the person who asks the carrier another way.",
      path: ["personId"],
    }),
]);

/** What becomes of what a rule held back when it is lifted: it is posted, or left for good. */
export const liftRuleInput = z.object({ id: z.int().positive(), held: z.enum(["post", "leave"]) });

export type DegradedRule = {
  id: number;
  connectionId: number | null;
  feedId: number | null;
  rule: DegradedRuleName;
  kinds: readonly string[];
  viaConnectionId: number | null;
  personId: string | null;
};

/** The posting kinds that the rules of a connection hold back: those queued, skipped, or left to a person. */
export function heldByRules(rules: readonly DegradedRule[], connectionId: number): string[] {
  return rules
    .filter((one) => one.connectionId === connectionId && !(one.rule === "reroute" && one.viaConnectionId !== null))
    .flatMap((one) => one.kinds);
}

/** The kinds that go by another connection than their own while a rule says so; null where none do. */
export function reroutedBy(
  rules: readonly DegradedRule[],
  connectionId: number,
): { viaConnectionId: number; kinds: readonly string[] } | null {
  const rule = rules.find((one) => one.connectionId === connectionId && one.rule === "reroute");
  if (!rule || rule.viaConnectionId === null) return null;
  return { viaConnectionId: rule.viaConnectionId, kinds: rule.kinds };
}
