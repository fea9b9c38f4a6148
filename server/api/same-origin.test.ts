import { expect, test } from "vitest";
import { fromOwnPages } from "./same-origin";

const PUBLIC = "https://waypost.example.com";
test.each([
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ "sec-fetch-site": "none" }, true],
  [{ "sec-fetch-site": "same-site", origin: PUBLIC }, false],
  [{ "sec-fetch-site": "cross-site" }, false],
  [{ origin: PUBLIC }, true],
  [{ origin: "https://evil.example.com" }, false],
  [{ origin: "null" }, false],
  [{ origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }, true],
  [{}, true],
])("%o is taken: %s", (headers, taken) => {
  expect(fromOwnPages(new Headers(headers as Record<string, string>), PUBLIC)).toBe(taken);
});
