import { expect, test } from "vitest";
import { changedPart } from "./changed-part";

test.each([
  ["1Z999AA10123456784", "1Z999AA10123456795", { start: "1Z999AA101234567", old: "84", new: "95", end: "" }],
  ["draft", "done", { start: "d", old: "raft", new: "one", end: "" }],
  ["aa", "a", { start: "a", old: "a", new: "", end: "" }],
  ["", "new", { start: "", old: "", new: "new", end: "" }],
  ["same", "same", { start: "same", old: "", new: "", end: "" }],
  ["x😀y", "x😁y", { start: "x", old: "😀", new: "😁", end: "y" }],
])("%s to %s marks only what changed", (before, after, part) => {
  expect(changedPart(before, after)).toEqual(part);
});
