import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { checkProof } from "@/core/proof/check";
import { chainLinks, PROOF_FORMAT, type Proof } from "@/core/proof/proof";
import { linkInWords } from "@/core/proof/words";
import { checkTools, signerOf, signProof } from "./signer";

const secret = Buffer.alloc(32, 3);
const bytes = Buffer.from('{"status":"delivered"}');
const identity = ["7", "", "", "delivered", "", "", "2026-11-28T10:00:00Z", ""].join("\u001f");
const hex = checkTools.sha256OfText(identity);
const key = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;

function proof(secretKey = secret): Proof {
  const message = {
    receipt: "r1",
    feed: "UPS",
    size: bytes.length,
    sha256: checkTools.sha256OfBase64(bytes.toString("base64")),
    bytes: bytes.toString("base64"),
  };
  const links = chainLinks(
    [
      { kind: "message", content: message },
      {
        kind: "reading",
        content: { receipt: "r1", adapter: "easypost", adapterVersion: 1, mappingVersion: 2, readAgain: "same" },
      },
      { kind: "fact", content: { sort: "event", key, identity, receipt: "r1", feed: "UPS", kind: "delivered" } },
      {
        kind: "decision",
        content: { rule: "earliest_actual", value: "delivered", feed: "UPS", fact: key, others: [] },
      },
      {
        kind: "posting",
        content: {
          key: "status_note-1-5-delivered",
          kind: "status_note",
          state: "verified",
          record: { name: "WH/OUT/1" },
        },
      },
      {
        kind: "attempt",
        content: { posting: "status_note-1-5-delivered", number: 1, outcome: "accepted", answer: { id: 9 } },
      },
      { kind: "read_back", content: { posting: "status_note-1-5-delivered", number: 1, outcome: "holds" } },
    ],
    checkTools,
  );
  return signProof(secretKey, 1, {
    format: PROOF_FORMAT,
    about: { kind: "milestone", milestone: "delivered" },
    madeAt: "2026-11-28T10:00:00.000Z",
    signer: signerOf(secretKey, 1),
    links,
  });
}

type Place = (string | number)[];

function places(value: unknown, at: Place = []): Place[] {
  if (value === null || typeof value !== "object") return [at];
  return Object.entries(value).flatMap(([name, inner]) =>
    places(inner, [...at, Array.isArray(value) ? Number(name) : name]),
  );
}

function changed(document: Proof, place: Place): unknown {
  const copy = structuredClone(document) as unknown as Record<string | number, unknown>;
  let holder = copy;
  for (const step of place.slice(0, -1)) holder = holder[step] as typeof holder;
  const last = place.at(-1) as string;
  const value = holder[last];
  if (typeof value === "string")
    holder[last] = value === "" ? "x" : `${value.slice(0, -1)}${value.endsWith("0") ? "1" : "0"}`;
  else holder[last] = typeof value === "number" ? value + 1 : "x";
  return copy;
}

test("a proof that nobody touched holds, also after it was written and read as JSON", () => {
  const document = proof();
  expect(checkProof(document, checkTools)).toMatchObject({ ok: true });
  const { keyId } = signerOf(secret, 1);
  expect(checkProof(JSON.parse(JSON.stringify(document, null, 2)), checkTools, [{ key: keyId, until: null }]).ok).toBe(
    true,
  );
});

test("changing any one field shows, and names the link that was changed", () => {
  const document = proof();
  const all = places(document);
  expect(all.length).toBeGreaterThan(50);
  for (const place of all) {
    const { ok, checks } = checkProof(changed(document, place), checkTools);
    expect(ok, place.join(".")).toBe(false);
    if (place[0] === "links" && place[2] === "content")
      expect(
        checks.filter((check) => !check.ok).map((check) => check.link),
        place.join("."),
      ).toContain(place[1]);
  }
});

test.each([
  ["taken out", (links: Proof["links"]) => links.toSpliced(2, 1)],
  ["put in twice", (links: Proof["links"]) => links.toSpliced(2, 0, links[2] as Proof["links"][number])],
  ["swapped", (links: Proof["links"]) => [links[1], links[0], ...links.slice(2)] as Proof["links"]],
  ["cut off at the end", (links: Proof["links"]) => links.slice(0, -1)],
])("a link that was %s shows", (_how, change) => {
  const document = proof();
  expect(checkProof({ ...document, links: change(document.links) }, checkTools).ok).toBe(false);
});

test("a chain that was made anew by somebody else is not signed by the trusted key", () => {
  const forged = proof(randomBytes(32));
  expect(checkProof(forged, checkTools).ok).toBe(true);
  const { ok, checks } = checkProof(forged, checkTools, [{ key: signerOf(secret, 1).publicKey, until: null }]);
  expect(ok).toBe(false);
  expect(checks.filter((check) => !check.ok).map((check) => check.what)).toEqual(["Trusted key"]);
});

test("a digest that was mended after the change still breaks the chain behind it and the signature", () => {
  const document = proof();
  const links = structuredClone(document.links);
  const fact = links[2] as Proof["links"][number];
  fact.content.kind = "returned";
  const [mended] = chainLinks([{ kind: fact.kind, content: fact.content }], checkTools);
  fact.digest = mended?.digest ?? "";
  const failed = checkProof({ ...document, links }, checkTools).checks.filter((check) => !check.ok);
  expect(failed.map((check) => check.what)).toEqual(expect.arrayContaining(["Signature", "Predecessor"]));
});

test.each([null, 5, {}, [], { format: "waypost-proof/2" }, "text"])(
  "%j is no proof and is said to be none",
  (document) => {
    expect(checkProof(document, checkTools)).toMatchObject({ ok: false, checks: [{ what: "Format" }] });
  },
);

test("each link has a sentence a person can read", () => {
  for (const link of proof().links) expect(linkInWords(link).sentence).not.toMatch(/undefined|\[object/);
});
