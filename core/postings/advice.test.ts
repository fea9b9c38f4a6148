import { expect, it } from "vitest";
import { adviceOn } from "./advice";

it.each([
  ["missing_record", "Record does not exist or has been deleted.", "link the shipment"],
  ["gone", "The transfer is no longer in Odoo.", "resolve this with the reason"],
  ["access", "Access to unauthorized or invalid companies.", "the user's companies"],
  ["access", "You are not allowed to create 'Transfer' (stock.picking) records.", "give it the group"],
  ["refused", "You cannot add/modify entries prior to and inclusive of: Tax Return Lock Date (10/31/2026).", "open it"],
  ["refused", "Please select a partner.", "Correct in Odoo"],
  ["refused", "You are not allowed to create 'mail.message' records.", "give it the group"],
  ["wizard", "Odoo did nothing and asks a question instead (x).", "by hand"],
  ["not_found_route", "the model 'stock.return.picking' does not exist", "install it"],
  ["caller", "'x_field'", "test the connection"],
  ["server", "boom", "its log"],
  ["not_sendable", "The carrier's partner Fast is archived in Odoo.", "bring it back"],
  ["refused", "The product Desk is archived.", "bring it back"],
])("says what to do about %s: %s", (failure, reason, words) => {
  expect(adviceOn({ failure, reason })).toContain(words);
});

it("adds nothing where the reason is ours and says it", () => {
  expect(adviceOn({ failure: "not_sendable", reason: "Nothing is reserved for this transfer." })).toBeNull();
  expect(adviceOn({ failure: null, reason: "x" })).toBeNull();
});
