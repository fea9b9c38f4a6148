import { describe, expect, it, test } from "vitest";
import { normalisePhone, phoneForms } from "./phone";

describe("a telephone number is kept in one form", () => {
  it.each([
    ["+49 170 1234567", null, "+491701234567"],
    ["+49 (0)170 123 45 67", "DE", "+491701234567"],
    ["0049-170-1234567", "FR", "+491701234567"],
    ["0170/1234567", "DE", "+491701234567"],
    ["4917012345678", "DE", "+4917012345678"],
    ["(415) 555-0100", "US", "+14155550100"],
    ["1 415 555 0100", "us", "+14155550100"],
    ["+1 555 010 0199 ext. 12", "US", "+15550100199"],
    ["020 7946 0958", "GB", "+442079460958"],
    ["06 698 12345", "IT", "+390669812345"],
    ["8 (912) 345-67-89", "RU", "+79123456789"],
    ["06 1 234 5678", "HU", "+3612345678"],
    ["22 12 34 56", "NO", "+4722123456"],
    ["tel:+33123456789", null, "+33123456789"],
    ["0170 1234567", null, "~1701234567"],
    ["0170 1234567", "ZZ", "~1701234567"],
  ])("%s in %s is %s", (said, country, form) => {
    expect(normalisePhone(said, country)).toBe(form);
  });

  it.each(["", "12345", "1Z999AA10123456784", "call me", "+999 123456789", "1234567890123456", "+"])(
    "%j is no telephone number",
    (said) => {
      expect(normalisePhone(said, "DE")).toBeNull();
    },
  );
});

describe("however it is written, a search meets the form it is kept in", () => {
  it.each([
    [
      "0170 1234567",
      "DE",
      ["+49 170 1234567", "0170-1234567", "01701234567", "0049 170 1234567", "4917012345678".slice(0, 12)],
    ],
    ["(415) 555-0100", "US", ["+1 415 555 0100", "415-555-0100", "1-415-555-0100"]],
    ["06 698 12345", "IT", ["+39 06 69812345", "06 69812345"]],
    ["0170 1234567", null, ["+49 170 1234567", "0170 1234567"]],
    ["22 12 34 56", "NO", ["+47 22123456", "22123456"]],
    ["8 912 345 67 89", "RU", ["+7 912 345-67-89", "8 (912) 3456789"]],
    ["06 1 234 5678", "HU", ["+36 1 234 5678", "06 1 2345678"]],
  ])("%s of %s", (stored, country, searched) => {
    const form = normalisePhone(stored, country);
    for (const said of searched) expect([said, phoneForms(said).includes(form ?? "none")]).toEqual([said, true]);
  });

  test("and stays bounded", () => {
    expect(phoneForms("0170 1234567").length).toBeLessThan(300);
    expect(phoneForms("+49 170 1234567").length).toBe(2);
    expect(phoneForms("not a number")).toEqual([]);
  });
});
