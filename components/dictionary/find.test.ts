import { expect, test } from "vitest";
import { found, inWords } from "./find";

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
