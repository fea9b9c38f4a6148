import { describe, expect, it } from "vitest";
import { fromMinor, minorDigits, toMinor } from "./money";

describe("minor units", () => {
  it.each([
    ["12.34", "EUR", 1234],
    ["-3017.91", "USD", -301791],
    ["0.005", "USD", 1],
    ["-0.005", "USD", -1],
    ["1.1", "JPY", 1],
    ["1.2345", "KWD", 1235],
    ["12", "CHF", 1200],
    ["1e5", "EUR", null],
    ["1,5", "EUR", null],
    ["999999999999999.99", "EUR", null],
  ])("%s %s are %s", (amount, currency, expected) => {
    expect(toMinor(amount, currency)).toBe(expected);
  });

  it("count two digits for a code that nobody knows", () => {
    expect([minorDigits("JPY"), minorDigits("KWD"), minorDigits("EUR"), minorDigits("???")]).toEqual([0, 3, 2, 2]);
  });
});

it.each([
  [123_456, "EUR", "1234.56"],
  [-5, "USD", "-0.05"],
  [12, "JPY", "12"],
  [1235, "KWD", "1.235"],
])("%s minor units of %s are written %s", (amountMinor, currency, text) => {
  expect(fromMinor(amountMinor, currency)).toBe(text);
});
