import { describe, expect, it } from "vitest";
import { isZero, negated, readDecimal, sameAmount, sumOf } from "./decimal";

describe("decimal amounts", () => {
  it.each([
    ["12", "12"],
    ["+12.50", "12.50"],
    ["007.10", "7.10"],
    ["-0.00", "0.00"],
    ["-3.1", "-3.1"],
    [" 4 ", "4"],
    ["1,234.50", null],
    ["$3", null],
    ["", null],
    [".5", null],
    ["1e3", null],
  ])("reads %s as %s", (text, expected) => expect(readDecimal(text)).toBe(expected));

  it("adds without floating point and keeps what is behind the cents", () => {
    expect(sumOf(["0.1", "0.2"])).toBe("0.30");
    expect(sumOf(["-5", "1.255"])).toBe("-3.745");
    expect(sumOf([])).toBe("0.00");
  });

  it("compares and negates", () => {
    expect(sameAmount("10", "10.000")).toBe(true);
    expect(sameAmount("10", "-10")).toBe(false);
    expect(negated("5.00")).toBe("-5.00");
    expect(negated("-5")).toBe("5");
    expect(negated("0.00")).toBe("0.00");
    expect(isZero("-0.000")).toBe(true);
  });
});
