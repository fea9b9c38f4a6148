import { postcodeValidator, postcodeValidatorExistsForCountry } from "postcode-validator";
import { z } from "zod";
import type { Attribute, Json } from "./attributes";
import type { Shipment } from "./shipment";

const part = z.string().trim().max(200).nullable().default(null);

/** An address as sources claim it and people correct it; country is ISO 3166-1 alpha-2 where the source gives a code. */
export const postalAddress = z.object({
  name: part,
  street: part,
  street2: part,
  city: part,
  zip: part,
  state: part,
  country: part,
});
export type PostalAddress = z.infer<typeof postalAddress>;

/** What an address was told for: what was ordered, what is printed on the label, where Odoo delivers. */
export const ADDRESS_ROLES = ["order", "label", "delivery"] as const;
export type AddressRole = (typeof ADDRESS_ROLES)[number];

const ATTRIBUTE_OF: Readonly<Record<AddressRole, Attribute>> = {
  order: "order_address",
  label: "label_address",
  delivery: "address",
};

export type SaidAddress = {
  role: AddressRole;
  feedId: number;
  feedClass: string;
  address: PostalAddress;
  /** What two addresses are compared by. */
  key: string;
};

/** Lists the addresses of a shipment by role and source, those that count first; an address with no part of a place is none. */
export function addressesOf(shipment: Pick<Shipment, "attributes" | "advisories">): SaidAddress[] {
  return ADDRESS_ROLES.flatMap((role) => {
    const attribute = ATTRIBUTE_OF[role];
    const owner = shipment.attributes[attribute];
    const others = shipment.advisories.filter((one) => one.attribute === attribute && one.subject === "");
    return [...(owner ? [owner] : []), ...others].flatMap(({ value, feedId, feedClass }): SaidAddress[] => {
      const address = readAddress(value);
      return address === null ? [] : [{ role, feedId, feedClass, address, key: addressKey(address) }];
    });
  });
}

/** Reads a claimed address, whatever its source calls the parts; null where it names no place. */
export function readAddress(value: Json): PostalAddress | null {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  const said = (...names: string[]) => {
    for (const name of names) {
      const one = value[name];
      if (typeof one === "string" && one.trim() !== "") return one.trim().slice(0, 200);
    }
    return null;
  };
  const address = {
    name: said("name"),
    street: said("street", "street1"),
    street2: said("street2"),
    city: said("city"),
    zip: said("zip", "postcode", "postalCode"),
    state: said("state"),
    country: said("countryCode", "country"),
  };
  return address.street || address.city || address.zip || address.country ? address : null;
}

/** The parts two addresses are compared by, as written by no matter whom: postcode, country and the numbers of the street. */
export function addressKey(address: PostalAddress): string {
  const numbers = numbersOf(address).join(".");
  return [plain(address.zip), plain(address.country), numbers].join("|");
}

/** Says whether an address holds all that a corrected one says of the place; another way to write blanks, hyphens and capitals is the same. */
export function holdsAddress(held: PostalAddress, corrected: PostalAddress): boolean {
  return (["street", "street2", "zip", "city", "country"] as const).every(
    (name) => corrected[name] === null || plain(held[name]) === plain(corrected[name]),
  );
}

/**
 * Says in which parts two addresses are of different places: another postcode, another country, or streets without a number in common. A part
 * that one of them lacks, a country's name beside a code, and another spelling are no difference.
 */
export function differingParts(a: PostalAddress, b: PostalAddress): ("postcode" | "country" | "number")[] {
  const parts: ("postcode" | "country" | "number")[] = [];
  const differ = (one: string, other: string) => one !== "" && other !== "" && one !== other;
  if (differ(shortZip(a, b), shortZip(b, a))) parts.push("postcode");
  const [ours, theirs] = [plain(a.country), plain(b.country)];
  if (differ(ours, theirs) && ours.length === theirs.length) parts.push("country");
  const [numbers, others] = [numbersOf(a), numbersOf(b)];
  if (numbers.length > 0 && others.length > 0 && !numbers.some((number) => others.includes(number)))
    parts.push("number");
  return parts;
}

/** A postcode of the United States may lack its last four digits. */
function shortZip(address: PostalAddress, other: PostalAddress): string {
  const zip = plain(address.zip);
  return /^\d{9}$/.test(zip) && plain(other.zip).length === 5 ? zip.slice(0, 5) : zip;
}

/**
 * Says in a sentence why a postcode cannot be one of its country, blanks and hyphens aside; null where it can, or where country or postcode are
 * not told.
 */
export function postcodeFault(address: PostalAddress): string | null {
  const country = plain(address.country);
  const zip = address.zip?.trim().toUpperCase() ?? "";
  if (!/^[A-Z]{2}$/.test(country) || zip === "" || !postcodeValidatorExistsForCountry(country)) return null;
  return inForm(zip, country) === null ? `${zip} is no postcode of ${country}` : null;
}

/**
 * Suggests a postcode where the one given only lacks leading zeroes, as a spreadsheet leaves it, or has the country's code in front. Never invents
 * another digit; null where nothing of the kind makes it valid.
 */
export function suggestPostcode(address: PostalAddress): string | null {
  if (postcodeFault(address) === null) return null;
  const country = plain(address.country);
  const bare = plain(address.zip);
  const own = bare.startsWith(country) ? bare.slice(country.length) : bare;
  const zeroes = /^\d+$/.test(own) ? ["0", "00"].map((zero) => zero + own) : [];
  for (const text of [own, ...zeroes]) {
    const valid = inForm(text, country);
    if (valid !== null) return valid;
  }
  return null;
}

/** A postcode as its country writes it, with its blank or hyphen at the right place; null where none of these forms is one. */
function inForm(zip: string, country: string): string | null {
  if (postcodeValidator(zip, country)) return zip;
  const bare = plain(zip);
  const forms = [" ", "-"].flatMap((sign) =>
    Array.from({ length: Math.max(0, bare.length - 1) }, (_, at) => bare.slice(0, at + 1) + sign + bare.slice(at + 1)),
  );
  return [bare, ...forms].find((form) => postcodeValidator(form, country)) ?? null;
}

/** Writes an address on one line, as people do. */
export function addressInWords(address: PostalAddress): string {
  const { name, street, street2, zip, city, state, country } = address;
  return [name, street, street2, [zip, city].filter(Boolean).join(" "), state, country].filter(Boolean).join(", ");
}

function numbersOf({ street, street2 }: PostalAddress): string[] {
  return [...new Set(`${street ?? ""} ${street2 ?? ""}`.match(/\d+/g) ?? [])].map((digits) =>
    digits.replace(/^0+(?=\d)/, ""),
  );
}

function plain(text: string | null): string {
  return text === null ? "" : text.toUpperCase().replace(/[\s-]+/g, "");
}
