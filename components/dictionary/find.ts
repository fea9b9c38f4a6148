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

type Event = {
  kind: string;
  sort: string;
  urgency: string;
  after: string | null;
  stage: string | null;
  consumers: { postings: string[]; opens: string[]; ends: string[]; workflows: string[] };
  producers: { name: string; feed: string; owner: string | null; adapter: string }[];
};

/** Events of which a name, the class, a feed or a reader is like what was written; nothing written gives all. */
export function eventsLike<E extends Event>(events: readonly E[], written: string): E[] {
  const asked = written.trim().toLowerCase().replaceAll(" ", "_");
  const like = (text: string | null) => text?.toLowerCase().replaceAll(" ", "_").includes(asked) ?? false;
  return events.filter(
    ({ kind, sort, urgency, after, stage, consumers, producers }) =>
      [kind, sort, urgency, after, stage, ...Object.values(consumers).flat()].some(like) ||
      producers.some(({ name, feed, owner, adapter }) => [name, feed, owner, adapter].some(like)),
  );
}
