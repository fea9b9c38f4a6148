import { expect, test } from "vitest";
import type { Problem } from "@/core/outcome";
import { placeOf } from "./locate";

const problem = (at: string, found: string | null = null): Problem => ({ kind: "bad_value", at, found, expected: "x" });
const words = (text: string, p: Problem) => {
  const place = placeOf(text, p);
  return place && [place.line, (text.split("\n")[place.line - 1] ?? "").slice(place.from, place.to)];
};

const JSON_TEXT = `{
  "id": "evt_1",
  "result": { "a/b": 1, "tracking_details": [ {"status": "x"}, {"status": "odd \\"word\\"", "t": 3.5} ] }
}`;

test.each([
  ["/id", [2, '"evt_1"']],
  ["/result/tracking_details/1/status", [3, '"odd \\"word\\""']],
  ["/result/tracking_details/1/t", [3, "3.5"]],
  ["/result/a~1b", [3, "1"]],
  ["/result/tracking_details/0", [3, '{"status": "x"}']],
  ["/result/missing", null],
  ["/id/deeper", null],
])("the pointer %s leads to its value", (pointer, expected) => {
  expect(words(JSON_TEXT, problem(pointer))).toEqual(expected);
});

const X12 = `${"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261120*1000*U*00401*000000001*0*P*>"}~GS*QM~ST*214*0001~AT7*X1*NS~AT7*QQ*NS~SE*3*0001~`;

test.each([
  ["AT7[2]/1", [1, "AT7*QQ*NS"]],
  ["AT7", [1, "AT7*X1*NS"]],
  ["SE", [1, "SE*3*0001"]],
  ["B10", null],
])("the segment %s is found by counting", (at, expected) => {
  expect(words(X12, problem(at))).toEqual(expected);
});

test("a row is its line, narrowed to the words found in it", () => {
  const csv = "a;b\r\n1;2\r\n3;oops\r\n";
  expect(words(csv, problem("row 3/b", "oops"))).toEqual([3, "oops"]);
  expect(words(csv, problem("row 3/b"))).toEqual([3, "3;oops"]);
  expect(words(csv, problem("row 99"))).toBeNull();
});

test("where the place says nothing the words are looked for, and nothing is guessed without words", () => {
  expect(words("one\ntwo words", problem("header", "words"))).toEqual([2, "words"]);
  expect(words("one", problem("", null))).toBeNull();
  expect(placeOf('{"a": ', problem("/a"))).toBeNull();
});
