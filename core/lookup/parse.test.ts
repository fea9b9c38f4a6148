import { describe, expect, it, test } from "vitest";
import { isPersonal, keysText, MOST_PASTED, nothingToLookFor, parseLookup } from "./parse";

const values = (text: string) => parseLookup(text).numbers.map((number) => number.value);

describe("what is pasted alone is looked for first as it stands", () => {
  it.each([
    ["S00042", "S00042"],
    [" WH/OUT/00042 ", "WH/OUT/00042"],
    ["1Z 999 AA1 01 2345 6784", "1Z999AA10123456784"],
    ["po 4711-b", "PO4711B"],
    ["114-1234567-1234567", "11412345671234567"],
    ["#1001", "#1001"],
    ["42", "42"],
    ["9400 1000 0000 0000 0000 00", "9400100000000000000000"],
  ])("%s", (text, first) => {
    expect(values(text)[0]).toBe(first);
  });
});

describe("numbers are found in what a customer wrote", () => {
  it.each([
    ["Hi, where is my order S00042? Ordered on 12/11/2026 at 14:30 for 39.90", ["S00042"]],
    ["Hello, order no. 4711 has not come.\nThanks, Jane", ["4711", "S04711"]],
    ["my parcel 1Z 999 AA1 01 2345 6784 is stuck", ["1Z999AA10123456784"]],
    ["Tracking: RA123456785DE", ["RA123456785DE"]],
    ["Bestellnummer: 100023 bitte", ["100023"]],
    ["see https://www.ups.com/track?loc=en_US&tracknum=1Z999AA10123456784&x=1", ["1Z999AA10123456784"]],
    ["the label says (00)340123450000000017", ["340123450000000017"]],
    ["shop order #1001 please", ["#1001", "1001"]],
    ["wh/out/42", ["WH/OUT/42", "WH/OUT/00042"]],
  ])("%s", (text, wanted) => {
    for (const value of wanted) expect(values(text)).toContain(value);
  });

  test("dates, clocks, amounts and house numbers are not", () => {
    const text = "On 12/11/2026 at 14:30 I paid 39.90 for the 2nd box, 15% off, Main Street 12, since 3 days.";
    expect(values(text)).toEqual([]);
    expect(nothingToLookFor(parseLookup(text))).toBe(true);
  });

  test("a known form and a labelled number come before the rest", () => {
    expect(values("In my invoice list 885511 and 1Z999AA10123456784, also order 777")[0]).not.toBe("885511");
  });
});

describe("addresses of people", () => {
  test("e-mail addresses are found in any spelling and are no numbers", () => {
    const keys = parseLookup("From: Jane <Jane.Doe+shop4711@Example.COM>\nTo: <help@shop.example>");
    expect(keys.emails).toEqual(["jane.doe+shop4711@example.com", "help@shop.example"]);
    expect(keys.numbers).toEqual([]);
    expect(isPersonal(keys)).toBe(true);
  });

  it.each([
    ["Call me: +49 (0)170 123 45 67, Jane", ["+49 (0)170 123 45 67"]],
    ["(415) 555-0100", []],
    ["0170 1234567", ["0170 1234567"]],
    ["4155550100", ["4155550100"]],
    ["it is 4155550100 or so", []],
  ])("telephone numbers: %s", (text, phones) => {
    if (phones.length > 0) expect(parseLookup(text).phones).toEqual(phones);
    else expect(parseLookup(text).phones.every((phone) => phone !== "4155550100")).toBe(true);
  });

  test("a number alone stays public, so that it may stand in an address", () => {
    expect(isPersonal(parseLookup("S00042"))).toBe(false);
    expect(isPersonal(parseLookup("1Z999AA10123456784"))).toBe(false);
  });
});

test("what is sent instead of a long paste means the same", () => {
  const text =
    "Dear shop,\nmy order S00042 (1Z 999 AA1 01 2345 6784) is late. Call +49 170 1234567 or mail jane@example.com. #1001";
  const keys = parseLookup(text);
  const again = parseLookup(keysText(keys));
  expect(again.emails).toEqual(keys.emails);
  expect(again.phones).toEqual(keys.phones);
  for (const { value } of keys.numbers) expect(again.numbers.map((number) => number.value)).toContain(value);
});

test("an address of Waypost's own page names its shipment", () => {
  const id = "0198c0de-0000-7000-8000-0000000000aa";
  const keys = parseLookup(`https://waypost.example/shipments/${id.toUpperCase()}`);
  expect(keys.shipmentId).toBe(id);
});

test("a huge paste is cut, said so, and read quickly", () => {
  const startedAt = performance.now();
  for (const filler of ["1Z ", "a@", "+4 ", "12 AB ", "https://x/", "(((((", "1.1.1.1-"]) {
    const keys = parseLookup(filler.repeat(20_000));
    expect(keys.cut).toBe(true);
    expect(keys.numbers.length).toBeLessThanOrEqual(40);
  }
  expect(parseLookup("x".repeat(MOST_PASTED)).cut).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test("nothing at all is nothing to look for", () => {
  expect(nothingToLookFor(parseLookup(""))).toBe(true);
  expect(nothingToLookFor(parseLookup("where is my parcel?"))).toBe(true);
  expect(nothingToLookFor(parseLookup("\u0000\uffff"))).toBe(true);
});
