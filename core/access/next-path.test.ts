import { expect, test } from "vitest";
import { safePath } from "./next-path";

test.each([
  ["/exceptions?state=open", "/exceptions?state=open"],
  ["/", "/"],
  [null, "/"],
  ["", "/"],
  ["https://evil.example", "/"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["javascript:alert(1)", "/"],
])("%s leads to %s", (wanted, path) => {
  expect(safePath(wanted)).toBe(path);
});
