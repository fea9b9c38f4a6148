import { isPersonal, keysText, nothingToLookFor, parseLookup } from "@/core/lookup/parse";

const LONGEST = 1_500;

/**
 * Where a query stands in the address bar: numbers as `?q=`, a person's address or telephone number behind `#`, which no server, proxy or
 * log ever sees. Of a long paste only what is looked for is kept.
 */
export function addressOf(said: string): string {
  const keys = parseLookup(said);
  const kept = (nothingToLookFor(keys) || said.length <= 60 ? said.trim() : keysText(keys)).slice(0, LONGEST);
  if (kept === "") return "/lookup";
  return `/lookup${isPersonal(keys) ? "#" : "?"}q=${encodeURIComponent(kept)}`;
}

/** What the address bar asks for; empty where nothing. */
export function saidIn({ search, hash }: Pick<Location, "search" | "hash">): string {
  return new URLSearchParams(hash.slice(1)).get("q") ?? new URLSearchParams(search).get("q") ?? "";
}
