import { z } from "zod";
import { ATTRIBUTES, type Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";
import { MILESTONES } from "@/core/shipments/milestones";

export const PROOF_FORMAT = "waypost-proof/1";

/** Links of a chain in the order in which they follow one another; postings, answers and reads may repeat. */
export const LINK_KINDS = ["message", "reading", "fact", "decision", "posting", "attempt", "read_back"] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** What a proof is about: one posting, or one milestone or field of a shipment. */
export const proofSubject = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("posting"), id: z.guid().lowercase() }),
  z.object({ kind: z.literal("milestone"), shipmentId: z.guid().lowercase(), milestone: z.enum(MILESTONES) }),
  z.object({ kind: z.literal("attribute"), shipmentId: z.guid().lowercase(), attribute: z.enum(ATTRIBUTES) }),
]);
export type ProofSubject = z.infer<typeof proofSubject>;

const HEX = /^[0-9a-f]{64}$/;
const content = z.record(z.string(), z.json());

export const proofLink = z.strictObject({
  kind: z.enum(LINK_KINDS),
  content,
  /** Digest of the link before; null for the first. */
  previous: z.string().regex(HEX).nullable(),
  digest: z.string().regex(HEX),
});
export type ProofLink = z.infer<typeof proofLink>;
export type LinkContent = z.infer<typeof content>;

export const proofSchema = z.strictObject({
  format: z.literal(PROOF_FORMAT),
  about: content,
  madeAt: z.iso.datetime(),
  /** `publicKey` is the raw 32 bytes in base64; `keyId` the first 16 characters of their SHA-256. */
  signer: z.strictObject({
    algorithm: z.literal("ed25519"),
    publicKey: z.string().max(100),
    keyId: z.string().max(64),
  }),
  links: z.array(proofLink).min(1).max(500),
  /** Ed25519 over the canonical JSON of all of the above, in base64. */
  signature: z.string().max(200),
});
export type Proof = z.infer<typeof proofSchema>;
export type UnsignedProof = Omit<Proof, "signature">;

/** Hashing is given, so that this stays pure: text is UTF-8, bytes are base64; the answer is hex. */
export type Hasher = { sha256OfText: (text: string) => string; sha256OfBase64: (base64: string) => string };

/** Chains the parts: each link's digest covers its kind, its content and the digest of the link before. */
export function chainLinks(
  parts: readonly { kind: LinkKind; content: LinkContent }[],
  hasher: Pick<Hasher, "sha256OfText">,
): ProofLink[] {
  const links: ProofLink[] = [];
  let previous: string | null = null;
  for (const { kind, content } of parts) {
    const digest = digestOf({ kind, content, previous }, hasher);
    links.push({ kind, content, previous, digest });
    previous = digest;
  }
  return links;
}

/** SHA-256 over the canonical JSON of a link without its own digest. */
export function digestOf(
  { kind, content, previous }: Omit<ProofLink, "digest">,
  hasher: Pick<Hasher, "sha256OfText">,
): string {
  return hasher.sha256OfText(canonicalJson({ kind, content: content as Json, previous }));
}

/** The text that is signed: everything but the signature, with sorted keys and no blanks. */
export function signedText({ format, about, madeAt, signer, links }: UnsignedProof): string {
  return canonicalJson({ format, about, madeAt, signer, links } as unknown as Json);
}
