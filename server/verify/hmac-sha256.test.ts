import { createHmac, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { makeHmacSha256 } from "./hmac-sha256";

const bytes = (hex: string) => Buffer.from(hex, "hex");

test.each([
  ["0b".repeat(20), Buffer.from("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [
    "4a656665",
    Buffer.from("what do ya want for nothing?"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  ["aa".repeat(20), bytes("dd".repeat(50)), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
  [
    "aa".repeat(131),
    Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First"),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
])("the vector of RFC 4231 with the key %s is met", (key, content, expected) => {
  expect(makeHmacSha256(bytes(key))(content).toString("hex")).toBe(expected);
});

test("every length of key and content gives what the general implementation gives", () => {
  const content = randomBytes(200_000);
  for (const keyLength of [0, 1, 31, 32, 63, 64, 65, 200]) {
    const key = randomBytes(keyLength);
    const ours = makeHmacSha256(key);
    for (const length of [0, 1, 55, 56, 63, 64, 65, 1500, 65_535, 65_536, 65_537, 200_000]) {
      const part = content.subarray(7, 7 + length);
      expect(ours(part).equals(createHmac("sha256", key).update(part).digest())).toBe(true);
    }
  }
});

test("keys do not mix when they take turns", () => {
  const [a, b] = [makeHmacSha256(Buffer.from("a")), makeHmacSha256(Buffer.from("b"))];
  const content = Buffer.from("x");
  const first = a(content).toString("hex");
  const second = b(content).toString("hex");
  expect(second).not.toBe(first);
  expect(a(content).toString("hex")).toBe(first);
});
