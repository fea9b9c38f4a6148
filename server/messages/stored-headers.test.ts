import { expect, test } from "vitest";
import { mask, storedHeaders } from "./stored-headers";

test.each([
  ["Bearer wpf_abcdefghijklmnop", "Bearer ****mnop"],
  ["hmac-sha256-hex=0123456789abcdef0123", "hmac-sha256-hex=****0123"],
  ["v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,****1OE="],
  ["Basic dXNlcjpwYXNzd29yZDEyMzQ1Njc4", "Basic ****"],
  ["short-secret", "****"],
  ["0123456789abcdef", "****cdef"],
  ["", "****"],
])("%j is stored as %j", (value, masked) => {
  expect(mask(value)).toBe(masked);
});

test("headers that hold secrets by their name or by the feed's scheme are masked, the rest is kept", () => {
  const headers = {
    "x-sign": "sha256=0123456789abcdef0123",
    "x-api-key": "0123456789abcdef",
    "proxy-authorization": "Bearer 0123456789abcdef",
    "x-shop-token": "0123456789abcdef",
    cookie: "session=0123456789abcdef",
    "x-topic": "orders",
    host: "way.example",
    "content-length": "12",
    connection: "keep-alive",
  };
  expect(storedHeaders(headers, new Set(["x-sign"]))).toEqual({
    "x-sign": "sha256=****0123",
    "x-api-key": "****cdef",
    "proxy-authorization": "Bearer ****cdef",
    "x-shop-token": "****cdef",
    cookie: "****",
    "x-topic": "orders",
  });
});

test("many and long headers are cut", () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-${i}`, "v"]));
  expect(Object.keys(storedHeaders(many, new Set()))).toHaveLength(40);
  expect(storedHeaders({ "x-long": "v".repeat(5000), "x-nul": "a\0b" }, new Set())).toEqual({
    "x-long": "v".repeat(1000),
    "x-nul": "ab",
  });
});
