import { describe, expect, test } from "vitest";
import { sameDatabase, sameRecords } from "./same-database";

const at = (url: string, uuid: string | null = null, database = "odoo") => ({ url, database, uuid });

describe("two connections to one database", () => {
  test.each([
    ["the same address, however it is written", at("https://odoo.example"), at("HTTPS://Odoo.example:443/"), "same"],
    ["two servers with a database of one name", at("https://a.example"), at("https://b.example"), "unknown"],
    ["two addresses of one database", at("https://a.example", "1"), at("https://b.example", "1"), "same"],
    ["two databases of one name", at("https://a.example", "1"), at("https://b.example", "2"), "different"],
    ["one that does not say what it is", at("https://a.example", "1"), at("https://b.example"), "unknown"],
    ["two databases of one server", at("https://a.example"), at("https://a.example", null, "test"), "different"],
    ["a copy under another name", at("https://a.example", "1"), at("https://b.example", "1", "copy"), "different"],
    ["two ports of one machine", at("http://a.example:8069"), at("http://a.example:8070"), "unknown"],
  ] as const)("%s", (_, a, b, verdict) => {
    expect(sameDatabase(a, b)).toBe(verdict);
    expect(sameDatabase(b, a)).toBe(verdict);
  });

  test("records of other names under the same numbers are another database; alike ones prove nothing", () => {
    const known = new Map([
      [7, "WH/OUT/7"],
      [8, "WH/OUT/8"],
    ]);
    expect(sameRecords(known, new Map([[8, "WH/OUT/12"]]))).toBe("different");
    expect(sameRecords(known, known)).toBe("unknown");
    expect(sameRecords(known, new Map())).toBe("unknown");
  });
});
