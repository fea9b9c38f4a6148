import type { RuleSays } from "./automation";
import { EXCEPTION_SPECS } from "./kinds";

/** Names that a rule holds as ids; null where nothing is known by that id. */
export type RuleNames = {
  feed: (id: number) => string | null;
  person: (id: string) => string | null;
  cause: string | null;
};

/** A rule in one plain sentence, as it is shown before it is saved and beside its switch. */
export function sentenceOfRule(says: RuleSays, names: RuleNames): string {
  const parts = [whenOf(says.when, names), ...givenOf(says.given, names)];
  return `${parts.join(", ")}: ${doesOf(says.does, names)}.`;
}

function whenOf({ kind, severity, feed, carrier, group }: RuleSays["when"], names: RuleNames): string {
  const kinds = kind.length === 0 ? "anything at all" : either(kind.map((one) => `“${EXCEPTION_SPECS[one].label}”`));
  const narrowed = [
    severity.length > 0 ? `of ${either(severity)} severity` : "",
    feed.length > 0 ? `from ${either(feed.map((id) => names.feed(id) ?? `feed ${id}`))}` : "",
    carrier.length > 0 ? `with ${either(carrier)}` : "",
    group === null ? "" : `of the cause “${names.cause ?? "that is not known any more"}”`,
  ].filter(Boolean);
  return ["When", kinds, ...narrowed, "stands"].join(" ");
}

function givenOf({ olderThanMinutes, owner, state, says }: RuleSays["given"], names: RuleNames): string[] {
  return [
    state.length === 1 ? `is ${state[0] === "open" ? "still open" : "acknowledged"}` : "",
    olderThanMinutes > 0 ? `is older than ${spanOf(olderThanMinutes)}` : "",
    owner === "nobody" ? "belongs to nobody" : owner === "anybody" ? "" : `belongs to ${personOf(owner, names)}`,
    says === "" ? "" : `says “${says}”`,
  ].filter(Boolean);
}

function doesOf(does: RuleSays["does"], names: RuleNames): string {
  switch (does.act) {
    case "acknowledge":
      return "acknowledge it";
    case "assign":
      return `give it to ${personOf(does.assigneeId, names)}, unless a person chose its owner`;
    case "snooze":
      return `snooze it for ${spanOf(does.hours * 60)}`;
    case "resolve":
      return `resolve it with the reason “${does.reason}”`;
    case "comment":
      return `comment “${does.text}”`;
    case "replay":
      return "read its message again with today's mapping";
  }
}

function personOf(id: string, names: RuleNames): string {
  return names.person(id) ?? "a person who is not there any more";
}

function either(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

/** "45 minutes", "6 hours", "2 days". */
function spanOf(minutes: number): string {
  const [size, unit] = minutes % 1440 === 0 ? [1440, "day"] : minutes % 60 === 0 ? [60, "hour"] : [1, "minute"];
  const n = minutes / size;
  return `${n} ${unit}${n === 1 ? "" : "s"}`;
}
