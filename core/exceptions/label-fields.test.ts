import { expect, test } from "vitest";
import { fieldsNamed } from "./label-fields";

test.each([
  ["The postal code 1011 is invalid for DE", ["postcode"]],
  ["Address validation failed: street not found", ["address"]],
  ["Recipient phone is required for this service", ["name", "phone", "service"]],
  ["Package weight exceeds 31.5 kg", ["weight"]],
  ["HS code missing on commercial invoice", ["customs"]],
  ["Unauthorised: account 123 closed", ["account"]],
  ["Internal error 500", []],
])("%s", (message, fields) => {
  expect(fieldsNamed(message)).toEqual(fields);
});
