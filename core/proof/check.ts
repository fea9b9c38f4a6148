import type { Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";
import { digestOf, type Hasher, type LinkContent, type Proof, type ProofLink, proofSchema, signedText } from "./proof";

/** One thing that was looked at. `link` is its place in the chain, null where it is the document as a whole. */
export type ProofCheck = { link: number | null; what: string; ok: boolean; why: string };
export type ProofVerdict = { ok: boolean; checks: ProofCheck[] };

/** A public key or key id, and the instant from which it signs nothing any more. */
export type TrustedKey = { key: string; until: string | null };

export type CheckTools = Hasher & {
  /** Says whether an Ed25519 signature over a text is that of this public key; false for anything malformed. */
  isSigned: (text: string, signature: string, publicKey: string) => boolean;
};

/**
 * Checks a proof offline: the signature over all of it, the digest and predecessor of each link, and what the links say of one another (the
 * bytes give the hash, the words give the event's name, the value gives its hash). `trusted` are the public keys or key ids of which one must have
 * signed; one that was retired must have done so before.
 */
export function checkProof(
  document: unknown,
  tools: CheckTools,
  trusted: readonly TrustedKey[] | null = null,
): ProofVerdict {
  const parsed = proofSchema.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const why = `It is no proof of this format: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim();
    return { ok: false, checks: [{ link: null, what: "Format", ok: false, why }] };
  }
  const proof = parsed.data;
  const checks = [
    ...signerChecks(proof, tools, trusted),
    ...proof.links.flatMap((link, at) => [
      ...chainChecks(proof.links, at, tools),
      ...contentChecks(proof.links, link, at, tools),
    ]),
  ];
  return { ok: checks.every((check) => check.ok), checks };
}

function signerChecks(proof: Proof, tools: CheckTools, trusted: readonly TrustedKey[] | null): ProofCheck[] {
  const { signer, signature } = proof;
  const keyId = tools.sha256OfBase64(signer.publicKey).slice(0, 16);
  const checks: ProofCheck[] = [
    {
      link: null,
      what: "Signature",
      ok: tools.isSigned(signedText(proof), signature, signer.publicKey),
      why: "The signature is not that of this document: something in it was changed after it was signed.",
    },
    { link: null, what: "Key id", ok: keyId === signer.keyId, why: "The key id is not that of the key." },
  ];
  if (trusted === null) return checks;
  const known = trusted.find(({ key }) => key === signer.publicKey || key === keyId);
  const late = known?.until != null && Date.parse(proof.madeAt) > Date.parse(known.until);
  checks.push({
    link: null,
    what: "Trusted key",
    ok: known !== undefined && !late,
    why: late
      ? `It was signed with the key ${keyId}, which signs nothing since ${known?.until}.`
      : `It was signed with the key ${keyId}, which is not the trusted one.`,
  });
  return checks;
}

function chainChecks(links: readonly ProofLink[], at: number, tools: CheckTools): ProofCheck[] {
  const link = links[at] as ProofLink;
  const before = links[at - 1]?.digest ?? null;
  return [
    {
      link: at,
      what: "Digest",
      ok: digestOf(link, tools) === link.digest,
      why: "Its content does not give its digest: this link was changed.",
    },
    {
      link: at,
      what: "Predecessor",
      ok: link.previous === before,
      why: "It does not follow the link before it: a link was taken out, put in or changed.",
    },
  ];
}

const text = (content: LinkContent, name: string): string | null => {
  const value = content[name];
  return typeof value === "string" ? value : null;
};

/** What a link must agree with, in itself and with the links before it. */
function contentChecks(links: readonly ProofLink[], link: ProofLink, at: number, tools: CheckTools): ProofCheck[] {
  const { content } = link;
  const last = (kind: ProofLink["kind"]) => links.slice(0, at).findLast((one) => one.kind === kind)?.content;
  const check = (what: string, ok: boolean, why: string): ProofCheck => ({ link: at, what, ok, why });
  const names = (what: string, kind: ProofLink["kind"], own: string, theirs: string): ProofCheck[] => {
    const other = last(kind);
    if (other === undefined || content[own] == null) return [];
    return [check(what, content[own] === other[theirs], `It names another ${kind} than the one before it.`)];
  };
  switch (link.kind) {
    case "message":
      return messageChecks(content, check, tools);
    case "reading":
      return [
        ...names("Message", "message", "receipt", "receipt"),
        ...(content.readAgain === "differs"
          ? [check("Read again", false, "The bytes, read again by the same versions, say something else.")]
          : []),
      ];
    case "fact":
      return [...names("Message", "message", "receipt", "receipt"), ...factChecks(content, check, tools)];
    case "decision":
      return [...names("Fact", "fact", "fact", "key"), ...decisionChecks(content, last("fact"), check)];
    case "posting":
      return [...sealChecks(content, check), ...stateChecks(links, content, check)];
    case "attempt":
    case "read_back":
      return [...names("Posting", "posting", "posting", "key"), ...sealChecks(content, check)];
  }
}

type Check = (what: string, ok: boolean, why: string) => ProofCheck;

function messageChecks(content: LinkContent, check: Check, tools: CheckTools): ProofCheck[] {
  const checks: ProofCheck[] = [];
  const bytes = text(content, "bytes");
  const why = "The bytes do not give the hash that was taken when they were received.";
  if (bytes !== null) {
    const length = Math.floor((bytes.replace(/=+$/, "").length * 3) / 4);
    const same = tools.sha256OfBase64(bytes) === content.sha256 && length === content.size;
    checks.push(check("Raw bytes", same && content.bytesAgree !== "no", why));
  } else if (content.bytesAgree === "yes" || content.bytesAgree === "no") {
    checks.push(check("Raw bytes", content.bytesAgree === "yes", why));
  }
  if (content.hashKeptTwice === false)
    checks.push(check("Hash", false, "The hash is not the one by which the message was told from duplicates."));
  return checks;
}

/** What a decision says must be what the fact it names says. */
function decisionChecks(content: LinkContent, fact: LinkContent | undefined, check: Check): ProofCheck[] {
  if (content.fact == null) return [];
  if (fact === undefined) return [check("Fact", false, "The fact that it names is not stored.")];
  if (content.rule !== "earliest_actual" || content.milestone === undefined) return [];
  const same = fact.kind === content.milestone && fact.occurredAt === content.occurredAt;
  return [check("Decision", same, "It says something else than the fact that it names.")];
}

/** What the installation found when it compared a stored row with the keyed digest written with it. */
function sealChecks({ sealed }: LinkContent, check: Check): ProofCheck[] {
  if (sealed === "changed")
    return [check("Sealed", false, "It is not what was recorded: the row was changed afterwards.")];
  if (sealed === "removed")
    return [check("Sealed", false, "Its seal was taken away: what was recorded before it has one.")];
  return sealed === "intact" ? [check("Sealed", true, "")] : [];
}

/** A posting that says it was verified must have an answer that says so, of that instant. */
function stateChecks(links: readonly ProofLink[], posting: LinkContent, check: Check): ProofCheck[] {
  const answers = links.map(({ content }) => content).filter((one) => one.posting === posting.key);
  if (posting.state !== "verified" || answers.length === 0 || posting.sealed === undefined) return [];
  const held = answers.some((one) => one.outcome === "holds" && one.startedAt === posting.verifiedAt);
  return [check("State", held, "It says that Odoo holds it, and no answer says so at that time.")];
}

function factChecks(content: LinkContent, check: Check, tools: CheckTools): ProofCheck[] {
  const identity = text(content, "identity");
  if (identity !== null) {
    const hex = tools.sha256OfText(identity);
    const key = (text(content, "key") ?? "").replaceAll("-", "");
    // version and variant of the UUID replace two digits of the hash
    const same = [...key].every((digit, i) => i === 12 || i === 16 || digit === hex[i]) && key.length === 32;
    return [check("Name of the event", same, "The words of the source do not give the name of the event.")];
  }
  if (content.sort !== "claim") return [];
  const hash = tools.sha256OfText(canonicalJson((content.value ?? null) as Json)).slice(0, 16);
  return [check("Value", hash === content.key, "The value does not give the hash that was taken when it was stored.")];
}
