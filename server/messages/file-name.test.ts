import { expect, test } from "vitest";
import { fileNameIn } from "./file-name";

test.each([
  [undefined, null],
  ["attachment", null],
  ['attachment; filename="POD_1Z999.pdf"', "POD_1Z999.pdf"],
  ["attachment; filename=POD_1Z999.pdf", "POD_1Z999.pdf"],
  ['form-data; name="file"; FileName="a \\"b\\".png"', 'a "b".png'],
  ["attachment; filename=\"x.pdf\"; filename*=UTF-8''d%C3%A9p%C3%B4t%201.pdf", "dépôt 1.pdf"],
  ["attachment; filename*=UTF-8''%E0%A4%A; filename=kept.pdf", "kept.pdf"],
  ['attachment; filename="../../etc/passwd"', "passwd"],
  ['attachment; filename="C:\\\\scans\\\\pod.jpg"', "pod.jpg"],
  ['attachment; filename="a\u0000b\u0007.pdf"', "ab.pdf"],
  ['attachment; filename=""', null],
  [`attachment; filename="${"x".repeat(3_000)}"`, null],
])("of %j the file name is %j", (header, name) => {
  expect(fileNameIn(header)).toBe(name);
});

test("a name is cut at 200 characters", () => {
  expect(fileNameIn(`attachment; filename="${"x".repeat(500)}"`)).toHaveLength(200);
});
