import type { Json } from "@/core/shipments/attributes";
import type { Advisory } from "@/core/shipments/shipment";
import { reported } from "../conditions";
import { finding, NOTHING, open, type Rule } from "../rule";

const addressIssue = reported("address_mismatch", ["address_issue"], "a problem with the address");

/** Raises `address_mismatch` for a reported address problem, else when two sources give different postcodes or countries. */
export const addressMismatch: Rule = (input) => {
  const said = addressIssue(input);
  if (said.findings.length > 0) return said;
  const owner = input.shipment.attributes.address;
  if (owner === undefined) return NOTHING;
  const other = input.shipment.advisories.find((advisory) => isElsewhere(advisory, owner.value));
  if (other === undefined) return NOTHING;
  return open(
    finding("address_mismatch", {
      subject: "shipment",
      occurrence: `${part(owner.value, ZIP)} ${part(other.value, ZIP)} ${part(owner.value, COUNTRY)} ${part(other.value, COUNTRY)}`,
      cause: { source: `feed:${other.feedId}`, what: `address:${owner.feedClass}/${other.feedClass}` },
      text: `${input.feedName(owner.feedId)} and ${input.feedName(other.feedId)} give different delivery addresses`,
      evidence: {
        postcodes: [part(owner.value, ZIP), part(other.value, ZIP)],
        countries: [part(owner.value, COUNTRY), part(other.value, COUNTRY)],
      },
      feedId: other.feedId,
    }),
  );
};

const ZIP = ["zip", "postcode", "postalCode"] as const;
const COUNTRY = ["countryCode", "country"] as const;

function isElsewhere({ attribute, value }: Advisory, owner: Json): boolean {
  if (attribute !== "address") return false;
  return [ZIP, COUNTRY].some((names) => {
    const [ours, theirs] = [part(owner, names), part(value, names)];
    return ours !== "" && theirs !== "" && ours !== theirs && !(names === COUNTRY && ours.length !== theirs.length);
  });
}

/** A part of an address, upper-case without blanks and hyphens; country names and codes are not compared with each other. */
function part(address: Json, names: readonly string[]): string {
  if (address === null || typeof address !== "object" || Array.isArray(address)) return "";
  for (const name of names) {
    const value = address[name];
    if (typeof value === "string" && value !== "") return value.toUpperCase().replace(/[\s-]+/g, "");
  }
  return "";
}
