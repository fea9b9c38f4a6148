import { describe, expect, test } from "vitest";
import {
  addressInWords,
  differingParts,
  holdsAddress,
  type PostalAddress,
  postcodeFault,
  suggestPostcode,
} from "./address";

const at = (parts: Partial<PostalAddress>): PostalAddress => ({
  name: null,
  street: null,
  street2: null,
  city: null,
  zip: null,
  state: null,
  country: null,
  ...parts,
});

describe("two addresses are of different places", () => {
  test.each([
    ["another postcode", { zip: "10115", country: "DE" }, { zip: "10117", country: "DE" }, ["postcode"]],
    ["another country", { zip: "1010", country: "AT" }, { zip: "1010", country: "CH" }, ["country"]],
    ["another number", { street: "Lange Str. 4", zip: "1" }, { street: "Lange Straße 14", zip: "1" }, ["number"]],
    ["both", { zip: "75001", country: "FR" }, { zip: "1000", country: "BE" }, ["postcode", "country"]],
  ])("%s", (_, one, other, parts) => {
    expect(differingParts(at(one), at(other))).toEqual(parts);
  });

  test.each([
    ["blanks, hyphens, capitals", { zip: "SW1A 1AA" }, { zip: "sw1a1aa" }],
    ["nine digits beside five", { zip: "02134-1234", country: "US" }, { zip: "02134", country: "US" }],
    ["a country's name beside its code", { country: "Germany" }, { country: "DE" }],
    ["what one of them lacks", { zip: "10115", street: "A 1" }, { country: "DE" }],
    ["another spelling and a flat", { street: "12 High St" }, { street: "Flat 3, 12 High Street" }],
  ])("but not by %s", (_, one, other) => {
    expect(differingParts(at(one), at(other))).toEqual([]);
  });
});

describe("a postcode against its country", () => {
  test.each([
    ["10115", "DE", null, null],
    ["1067", "DE", "1067 is no postcode of DE", "01067"],
    ["DE-10115", "DE", "DE-10115 is no postcode of DE", "10115"],
    ["2134", "US", "2134 is no postcode of US", "02134"],
    ["101 15", "DE", null, null],
    ["SW1A1AA", "GB", null, null],
    ["ABC", "FR", "ABC is no postcode of FR", null],
    ["10115", "XX", null, null],
    ["10115", "Germany", null, null],
    ["", "DE", null, null],
  ])("%s in %s", (zip, country, fault, suggestion) => {
    expect(postcodeFault(at({ zip, country }))).toBe(fault);
    expect(suggestPostcode(at({ zip, country }))).toBe(suggestion);
  });
});

test("an address holds a corrected one when each part that was said is there, however it is written", () => {
  const corrected = at({ street: "Lange Str. 4", zip: "10115", city: "Berlin", country: "DE" });
  expect(holdsAddress(at({ ...corrected, city: "BERLIN", street2: "Rear" }), corrected)).toBe(true);
  expect(holdsAddress(at({ ...corrected, city: "Bonn" }), corrected)).toBe(false);
});

test("an address is written on one line", () => {
  expect(addressInWords(at({ name: "A. Doe", street: "Way 1", zip: "1010", city: "Wien", country: "AT" }))).toBe(
    "A. Doe, Way 1, 1010 Wien, AT",
  );
});
