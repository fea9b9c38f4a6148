const LONGEST = 200;

/**
 * The file name in a Content-Disposition header (RFC 6266): `filename*` in UTF-8 before `filename`. Only the last part of a path; null where
 * there is none, or nothing that could be one.
 */
export function fileNameIn(header: string | undefined): string | null {
  if (header === undefined || header.length > 2_000) return null;
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1];
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(header)?.[1]?.replace(/\\(.)/g, "$1");
  const plain = /;\s*filename\s*=\s*([^";\s]+)/i.exec(header)?.[1];
  const said = (extended === undefined ? null : decoded(extended)) ?? quoted ?? plain ?? "";
  const last = (said.split(/[/\\]/).at(-1) ?? "").replace(/[\p{Cc}\p{Cs}]/gu, "").trim();
  return last === "" ? null : last.slice(0, LONGEST);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
