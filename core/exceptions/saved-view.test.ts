import { expect, test } from "vitest";
import { exceptionFilter } from "./filter";
import { readViewShows, sameShows, viewName } from "./saved-view";

test("what was stored before a facet was there is read with the facet empty", () => {
  expect(readViewShows({ view: "list", filter: { kind: ["lost"] } })).toEqual({
    view: "list",
    filter: exceptionFilter.parse({ kind: ["lost"] }),
  });
});

test("a stored view that makes no sense any more is none", () => {
  expect(readViewShows({ view: "list", filter: { kind: ["a kind that was taken away"] } })).toBeNull();
  expect(readViewShows(null)).toBeNull();
});

test("the place a view was saved at is not part of it", () => {
  const group = "00000000-0000-4000-8000-000000000001";
  expect(readViewShows({ view: "list", filter: { group } })?.filter.group).toBeNull();
});

test("the order of the values does not make another view, another value does", () => {
  const shows = (kind: string[]) => readViewShows({ view: "list", filter: { kind } }) ?? never();
  expect(sameShows(shows(["lost", "held"]), shows(["held", "lost"]))).toBe(true);
  expect(sameShows(shows(["lost", "held"]), shows(["held"]))).toBe(false);
  expect(sameShows(shows(["held"]), { ...shows(["held"]), view: "groups" })).toBe(false);
});

test("a name of blanks is no name", () => {
  expect(viewName.safeParse("   ").success).toBe(false);
});

function never(): never {
  throw new Error("not readable");
}
