import { expect, test } from "vitest";
import { matchPath } from "./match";

test.each([
  ["/shipments/{id}", "/shipments/7", { id: "7" }],
  ["/shipments/{id}", "/shipments/7/events", null],
  ["/shipments/{id}/events", "/shipments/7/events", { id: "7" }],
  ["/shipments", "/shipments/", {}],
  [
    "/feeds/{slug}/crosswalks/{kind}/{word+}",
    "/feeds/a/crosswalks/status/in_transit%2Fx",
    { slug: "a", kind: "status", word: "in_transit/x" },
  ],
  [
    "/feeds/{slug}/crosswalks/{kind}/{word+}",
    "/feeds/a/crosswalks/status/in_transit/x",
    { slug: "a", kind: "status", word: "in_transit/x" },
  ],
  ["/feeds/{slug}/crosswalks/{kind}/{word+}", "/feeds/a/crosswalks/status", null],
  ["/feeds/{slug}", "/feeds/%E0%A4%A", null],
])("%s against %s", (pattern, path, params) => {
  expect(matchPath(pattern, path)).toEqual(params);
});
