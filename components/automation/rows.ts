import type { inferRouterOutputs } from "@trpc/server";
import type { RuleSays } from "@/core/exceptions/automation";
import { sentenceOfRule } from "@/core/exceptions/rule-sentence";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["automation"];
export type Listed = Output["list"];
export type Rule = Listed["rules"][number];
export type Suggestion = Output["suggestions"][number];
export type DryRun = Output["dryRun"];
export type RuleAct = Output["acts"][number];

/** A rule in words, with the names that the list brought. */
export function said(
  says: RuleSays,
  cause: string | null,
  { people, feeds }: Pick<Listed, "people" | "feeds">,
): string {
  return sentenceOfRule(says, {
    feed: (id) => feeds.find((feed) => feed.id === id)?.name ?? null,
    person: (id) => people.find((person) => person.id === id)?.name ?? null,
    cause,
  });
}
