const LONGEST = 254;
const ADDRESS = /[\p{L}\p{N}._%+'&=-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;

/** Finds the e-mail addresses in a text, in the one form they are compared in (NFC, lower-case), each once, at most `most`. */
export function emailsIn(text: string, most: number): string[] {
  const found = new Set<string>();
  for (const [said] of text.matchAll(ADDRESS)) {
    const address = said.normalize("NFC").toLowerCase().replace(/^'+/, "");
    if (address.length <= LONGEST) found.add(address);
    if (found.size === most) break;
  }
  return [...found];
}

/** The text with its e-mail addresses blanked out, so that no part of one is taken for a number. */
export function withoutEmails(text: string): string {
  return text.replace(ADDRESS, " ");
}
