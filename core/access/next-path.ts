/** Keeps a path to go to after sign-in only when it stays on this site; anything else leads to the tower. */
export function safePath(wanted: string | null | undefined): string {
  if (!wanted || wanted.length > 2000 || !/^\/(?![/\\])/.test(wanted)) return "/";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop tabs and line breaks inside addresses
  return /[\u0000-\u001f\\]/.test(wanted) ? "/" : wanted;
}
