// `npm run verify-proof`: checks proofs of state offline, without a database and without a secret.
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { checkProof } from "@/core/proof/check";
import { proofSchema } from "@/core/proof/proof";
import { linkInWords } from "@/core/proof/words";
import { checkTools } from "./signer";

const USAGE = "npm run -s verify-proof -- [--key PUBLIC_KEY_OR_KEY_ID] FILE...";

function main(): void {
  const { values, positionals } = readArguments();
  if (positionals.length === 0) refuse(`name at least one file: ${USAGE}`);
  for (const file of positionals) if (!verifyFile(file, values.key ?? null)) process.exitCode = 1;
}

/** Prints one line a link and one for the whole; true where all of it holds. */
function verifyFile(file: string, trusted: string | null): boolean {
  const document = readDocument(file);
  if (document === undefined) return false;
  const { ok, checks } = checkProof(document, checkTools, trusted === null ? null : [{ key: trusted, until: null }]);
  const parsed = proofSchema.safeParse(document);
  const links = parsed.success ? parsed.data.links : [];
  for (const [at, link] of links.entries()) {
    const failed = checks.filter((check) => check.link === at && !check.ok);
    console.log(`${failed.length === 0 ? "holds " : "BROKEN"}  ${at + 1}. ${linkInWords(link).sentence}`);
    for (const { what, why } of failed) console.log(`        ${what}: ${why}`);
  }
  for (const { what, why } of checks.filter((check) => check.link === null && !check.ok))
    console.log(`BROKEN  ${what}: ${why}`);
  const by = parsed.success ? `, signed with the key ${parsed.data.signer.keyId}` : "";
  const pinned = trusted === null && ok ? "; compare that key with the one the installation publishes" : "";
  console.log(`${file}: ${ok ? `verified, ${links.length} links${by}${pinned}` : "does NOT hold"}`);
  return ok;
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { key: { type: "string" } } });
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}. ${USAGE}`);
  }
}

function readDocument(file: string): unknown {
  const called = process.env.INIT_CWD;
  const place = fs.existsSync(file) || called === undefined ? file : path.resolve(called, file);
  try {
    return JSON.parse(fs.readFileSync(place, "utf8"));
  } catch (error) {
    console.error(`waypost: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return undefined;
  }
}

function refuse(sentence: string): never {
  console.error(`waypost: ${sentence}`);
  process.exit(1);
}

main();
