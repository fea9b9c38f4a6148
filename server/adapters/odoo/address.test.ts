import { expect, it } from "vitest";
import { readAddress } from "./address";

it.each([
  ["https://company.odoo.com", "https://company.odoo.com"],
  ["https://company.odoo.com/", "https://company.odoo.com"],
  ["https://erp.example.com/odoo-prod/", "https://erp.example.com/odoo-prod"],
  ["http://127.0.0.1:8069", "http://127.0.0.1:8069"],
  ["http://localhost:8069/", "http://localhost:8069"],
  ["http://[::1]:8069", "http://[::1]:8069"],
])("takes %s", (url, base) => expect(readAddress(url, false)).toBe(base));

it.each([
  "odoo.example.com",
  "ftp://x",
  "http://odoo.example.com",
  "http://127.0.0.1.example.com",
  "https://a:b@x",
  "javascript:1",
])("refuses %s with a sentence", (url) => expect(() => readAddress(url, false)).toThrow(/\.$/));

it("takes plain http to another machine only when that was allowed", () => {
  expect(readAddress("http://odoo.internal:8069", true)).toBe("http://odoo.internal:8069");
});
