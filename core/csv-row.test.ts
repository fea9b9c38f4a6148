import { expect, test } from "vitest";
import { csvRow } from "./csv-row";

test.each([
  [["a", null, 3, true], "a,,3,true\r\n"],
  [['say "hi"', "a,b", "two\nlines"], '"say ""hi""","a,b","two\nlines"\r\n'],
  [["=HYPERLINK(1)", "+1", "-1", "@x"], "'=HYPERLINK(1),'+1,'-1,'@x\r\n"],
  [[-1, new Date("2026-11-23T10:00:00Z")], "-1,2026-11-23T10:00:00.000Z\r\n"],
])("writes %j so that a spreadsheet reads it back and runs nothing", (values, line) => {
  expect(csvRow(values)).toBe(line);
});
