export type Mention = { at: number; said: string };

/** The name being written right before the caret: what follows an `@` that begins a word; null where none is. */
export function mentionBefore(text: string, caret: number): Mention | null {
  const at = text.lastIndexOf("@", caret - 1);
  if (at < 0 || (at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1] ?? ""))) return null;
  const said = text.slice(at + 1, caret);
  return said.length <= 40 && /^[\p{L}\p{N}'. -]*$/u.test(said) && !/\s\s|\s$/.test(said) ? { at, said } : null;
}

/** Puts a whole name where one is being written, with a blank after it. */
export function mentionPut(
  text: string,
  mention: Mention,
  caret: number,
  name: string,
): { text: string; caret: number } {
  const head = `${text.slice(0, mention.at)}@${name} `;
  return { text: head + text.slice(caret).replace(/^ /, ""), caret: head.length };
}
