/** A carrier as people write it: the short code "ups" is UPS, "fedex" stays a word. */
export function carrierName(carrier: string): string {
  const words = carrier.replaceAll("_", " ").trim();
  if (words !== words.toLowerCase()) return words;
  return words.length <= 4 ? words.toUpperCase() : words.charAt(0).toUpperCase() + words.slice(1);
}
