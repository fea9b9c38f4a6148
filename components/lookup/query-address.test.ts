import { expect, test } from "vitest";
import { addressOf, saidIn } from "./query-address";

const read = (address: string) => saidIn(new URL(address, "http://127.0.0.1"));

test("a number stands in the query and is read back", () => {
  expect(addressOf("WH/OUT/00042")).toBe("/lookup?q=WH%2FOUT%2F00042");
  expect(read(addressOf(" S00042 "))).toBe("S00042");
  expect(addressOf("  ")).toBe("/lookup");
});

test("people's addresses and numbers stay behind the #, which is sent nowhere", () => {
  for (const said of ["jane@example.com", "+49 170 1234567", "S00042, jane@example.com"]) {
    const { search, hash } = new URL(addressOf(said), "http://127.0.0.1");
    expect([search, hash.startsWith("#q=")]).toEqual(["", true]);
    expect(read(addressOf(said))).toBe(said);
  }
});

test("of a long message only the keys are kept", () => {
  const address = addressOf(`Dear shop, ${"I have waited so long. ".repeat(20)} My order is S00042. Thank you!`);
  expect(read(address)).toContain("S00042");
  expect(read(address)).not.toContain("waited");
});
