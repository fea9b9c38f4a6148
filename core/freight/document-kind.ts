type DocumentKind = "invoice" | "credit";

const KINDS: Readonly<Record<string, DocumentKind>> = {
  invoice: "invoice",
  bill: "invoice",
  inv: "invoice",
  rechnung: "invoice",
  credit: "credit",
  "credit note": "credit",
  credit_note: "credit",
  creditnote: "credit",
  "credit memo": "credit",
  cn: "credit",
  gutschrift: "credit",
};

/** What a document is by the word it has for itself, else by the sign of its total; null for a word that nobody knows. */
export function documentKind(word: string | null, total: string | null): DocumentKind | null {
  if (word === null) return total?.startsWith("-") ? "credit" : "invoice";
  const known = word.trim().toLowerCase();
  return Object.hasOwn(KINDS, known) ? (KINDS[known] ?? null) : null;
}
