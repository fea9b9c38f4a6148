import { expect, test } from "vitest";
import { ruleSays } from "./automation";
import { sentenceOfRule } from "./rule-sentence";

const JANA = "00000000-0000-4000-8000-000000000002";
const GROUP = "00000000-0000-4000-8000-0000000000aa";
const names = {
  feed: (id: number) => (id === 3 ? "Carrier demo" : null),
  person: (id: string) => (id === JANA ? "Jana" : null),
  cause: "carrier says X9",
};

test.each<[Record<string, unknown>, string]>([
  [{ does: { act: "acknowledge" } }, "When “No scan for long” stands: acknowledge it."],
  [
    {
      when: { kind: ["scan_late", "held", "lost"], severity: ["high"], feed: [3, 4], carrier: ["DHL"] },
      given: { olderThanMinutes: 360, owner: "nobody", state: ["open"], says: "Leipzig" },
      does: { act: "assign", assigneeId: JANA },
    },
    "When “No scan for long”, “Held” or “Lost” of high severity from Carrier demo or feed 4 with DHL stands, is still open, is older than 6 hours, belongs to nobody, says “Leipzig”: give it to Jana, unless a person chose its owner.",
  ],
  [
    {
      when: { kind: ["scan_late"], group: GROUP },
      given: { olderThanMinutes: 1440 },
      does: { act: "resolve", reason: "no harm" },
    },
    "When “No scan for long” of the cause “carrier says X9” stands, is older than 1 day: resolve it with the reason “no harm”.",
  ],
  [
    { given: { olderThanMinutes: 45, owner: GROUP }, does: { act: "snooze", hours: 48 } },
    "When “No scan for long” stands, is older than 45 minutes, belongs to a person who is not there any more: snooze it for 2 days.",
  ],
  [{ does: { act: "comment", text: "known" } }, "When “No scan for long” stands: comment “known”."],
  [{ does: { act: "replay" } }, "When “No scan for long” stands: read its message again with today's mapping."],
  [{ when: { kind: [] }, does: { act: "acknowledge" } }, "When anything at all stands: acknowledge it."],
])("a rule is one plain sentence: %j", (over, sentence) => {
  expect(sentenceOfRule(ruleSays.parse({ when: { kind: ["scan_late"] }, ...over }), names)).toBe(sentence);
});
