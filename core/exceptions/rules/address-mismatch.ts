import {
  addressesOf,
  differingParts,
  postcodeFault,
  type SaidAddress,
  suggestPostcode,
} from "@/core/shipments/address";
import { ruledOut } from "@/core/shipments/correction";
import { reported } from "../conditions";
import { type DetectInput, finding, NOTHING, open, type Rule } from "../rule";

const addressIssue = reported("address_mismatch", ["address_issue"], "a problem with the address");

const ROLE_WORD = { order: "the order", label: "the label", delivery: "the delivery" } as const;

/**
 * Raises `address_mismatch` for a reported address problem, else where the addresses of order, label and delivery are of different places, else
 * for a postcode that its country does not have. What a person ruled out is compared with nothing. The evidence names parts of addresses, never
 * a person.
 */
export const addressMismatch: Rule = (input) => {
  const said = addressIssue(input);
  if (said.findings.length > 0) return said;
  const out = ruledOut(input.shipment, "address");
  const addresses = addressesOf(input.shipment).filter(({ key }) => !out.has(key));
  for (const [index, one] of addresses.entries()) {
    for (const other of addresses.slice(index + 1)) {
      const parts = differingParts(one.address, other.address);
      if (parts.length > 0) return different(input, one, other, parts);
    }
  }
  const odd = addresses.find(({ address }) => postcodeFault(address) !== null);
  return odd === undefined ? NOTHING : impossible(input, odd);
};

function different(input: DetectInput, one: SaidAddress, other: SaidAddress, parts: readonly string[]) {
  const [ours, theirs] = [input.feedName(one.feedId), input.feedName(other.feedId)];
  const where = parts.join(" and ");
  const text =
    one.role === other.role
      ? `${ours} and ${theirs} give different addresses for ${ROLE_WORD[one.role]}: another ${where}`
      : `The addresses of ${ROLE_WORD[one.role]} (${ours}) and ${ROLE_WORD[other.role]} (${theirs}) differ: another ${where}`;
  return open(
    finding("address_mismatch", {
      subject: "shipment",
      occurrence: `${one.role} ${one.key} ${other.role} ${other.key}`,
      cause: { source: `feed:${other.feedId}`, what: `address:${one.role}/${other.role}:${parts.join("+")}` },
      text,
      evidence: {
        differs: [...parts],
        postcodes: [one.address.zip, other.address.zip],
        countries: [one.address.country, other.address.country],
      },
      feedId: other.feedId,
    }),
  );
}

function impossible(input: DetectInput, { role, feedId, address, key }: SaidAddress) {
  return open(
    finding("address_mismatch", {
      subject: "shipment",
      occurrence: `postcode ${role} ${key}`,
      cause: { source: `feed:${feedId}`, what: `postcode:${address.country ?? ""}` },
      text: `${input.feedName(feedId)} gives a postcode for ${ROLE_WORD[role]} that ${address.country} does not have: ${address.zip}`,
      evidence: { postcode: address.zip, country: address.country, suggestion: suggestPostcode(address) },
      feedId,
    }),
  );
}
