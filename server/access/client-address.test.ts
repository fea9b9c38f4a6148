import { expect, test } from "vitest";
import { clientAddress } from "./client-address";

test.each([
  [null, "", "local"],
  ["127.0.0.1", "", "local"],
  ["203.0.113.9", "", "203.0.113.9"],
  ["1.1.1.1, 203.0.113.9", "", "203.0.113.9"],
  ["1.1.1.1, 203.0.113.9, 127.0.0.1", "", "203.0.113.9"],
  ["1.1.1.1, 203.0.113.9, 10.1.2.3", "10.1.0.0/16", "203.0.113.9"],
  ["::ffff:203.0.113.9", "loopback", "203.0.113.9"],
  ["2001:db8::7, fd00::1", "fd00::/8", "2001:db8::7"],
  ["nonsense", "", "local"],
])("%s with %s trusted comes from %s", (forwarded, trusted, address) => {
  expect(clientAddress(forwarded, trusted)).toBe(address);
});
