import { expect, test } from "vitest";
import { eventsLike, found, inWords } from "./find";

const chapters = [
  {
    id: "a",
    title: "A",
    note: "",
    columns: ["Stage"],
    words: [
      { name: "picked_up", cells: ["dispatched"] },
      { name: "lost", cells: ["in_transit"] },
    ],
  },
  { id: "b", title: "B", note: "", columns: ["To"], words: [{ name: "posted", cells: [["verified: Odoo holds it"]] }] },
];

test.each([
  ["", []],
  ["  ", []],
  ["picked up", ["picked_up"]],
  ["TRANSIT", ["lost"]],
  ["odoo holds", ["posted"]],
  ["zzz", []],
])("%j finds %j", (written, names) => {
  expect(found(chapters, written).flatMap((chapter) => chapter.words.map((word) => word.name))).toEqual(names);
});

test("snake case is told as words, sentences stay", () => {
  expect(inWords("picked_up")).toBe("picked up");
  expect(inWords("planned: a person posts it again")).toBe("planned: a person posts it again");
});

test("events are found by name, class, feed, owner and reader; nothing written gives all", () => {
  const nobody = { postings: [], opens: [], ends: [], workflows: [] };
  const event = {
    kind: "delivered",
    sort: "milestone",
    urgency: "normal",
    after: "out_for_delivery",
    stage: "delivered",
  };
  const feed = { name: "UPS", feed: "ups", owner: "Logistics", adapter: "easypost" };
  const events = [
    { ...event, consumers: { ...nobody, ends: ["delivery_late"] }, producers: [feed] },
    { ...event, kind: "held", after: null, stage: null, urgency: "urgent", consumers: nobody, producers: [] },
  ];
  const kinds = (written: string) => eventsLike(events, written).map(({ kind }) => kind);
  expect(kinds("")).toEqual(["delivered", "held"]);
  for (const written of ["out for", "delivery late", "UPS", "logistics", "easypost", "Delivered"])
    expect(kinds(written), written).toEqual(["delivered"]);
  expect(kinds("urgent")).toEqual(["held"]);
  expect(kinds("nothing like it")).toEqual([]);
});
