import { createHmac } from "node:crypto";
import { emailsIn } from "@/core/lookup/email";
import { normalisePhone, phoneForms } from "@/core/lookup/phone";

const MOST_EMAILS = 5;

/** Hashes what identifies a person under a key of this installation: 16 bytes; equal forms give equal hashes, and nothing leads back. */
export type ContactHash = (kind: "email" | "phone", form: string) => Buffer;

/** Makes the hash from the installation's secret key; another key makes other hashes, so a new key means reading the partners again. */
export function contactHash(secretKey: Buffer): ContactHash {
  const key = createHmac("sha256", secretKey).update("waypost contact 1").digest();
  return (kind, form) => createHmac("sha256", key).update(`${kind}:${form}`).digest().subarray(0, 16);
}

/** Hashes by which a partner is found: each of its addresses and numbers, in their one form. */
export function hashesOfContact(
  hash: ContactHash,
  contact: { country: string | null; email: string | null; phones: readonly string[] },
): Buffer[] {
  const emails = emailsIn(contact.email ?? "", MOST_EMAILS).map((form) => hash("email", form));
  const phones = contact.phones.flatMap((said) => {
    const form = normalisePhone(said, contact.country);
    return form === null ? [] : [hash("phone", form)];
  });
  return [...emails, ...phones];
}

/** Hashes to search for: of an address its one form, of a number all forms under which it may be kept. */
export function hashesToSearch(hash: ContactHash, keys: { emails: readonly string[]; phones: readonly string[] }) {
  return [
    ...keys.emails.map((said) => ({ by: "email" as const, said, hashes: [hash("email", said)] })),
    ...keys.phones.map((said) => ({
      by: "phone" as const,
      said,
      hashes: phoneForms(said).map((form) => hash("phone", form)),
    })),
  ];
}
