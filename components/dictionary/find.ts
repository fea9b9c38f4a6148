type Words = {
  id: string;
  title: string;
  note: string;
  columns: string[];
  words: { name: string; cells: unknown[] }[];
};

export const inWords = (text: string): string => (/^[a-z]+(_[a-z]+)*$/.test(text) ? text.replaceAll("_", " ") : text);

/** Chapters with only those words that are like what was written, by name or by what is said of them; nothing written gives none. */
export function found<C extends Words>(chapters: readonly C[], written: string): C[] {
  const asked = written.trim().toLowerCase().replaceAll(" ", "_");
  if (asked === "") return [];
  const like = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(like) : String(value).toLowerCase().replaceAll(" ", "_").includes(asked);
  return chapters
    .map((chapter) => ({ ...chapter, words: chapter.words.filter((word) => like(word.name) || word.cells.some(like)) }))
    .filter((chapter) => chapter.words.length > 0);
}
