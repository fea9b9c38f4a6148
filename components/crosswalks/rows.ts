import type { inferRouterOutputs } from "@trpc/server";
import type { CrosswalkKind } from "@/core/feeds/feed";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["crosswalks"];
export type Crosswalk = Output["list"];
export type MendPreview = Output["preview"];

/** A word of a feed: mapped, or met and mapped by nobody. */
export type WordRow = {
  key: string;
  kind: CrosswalkKind;
  word: string;
  to: string | null;
  source: "pack" | "person" | null;
  since: number | null;
  /** How often it came without a meaning; of mapped words, how often among the newest messages. */
  count: number | null;
  lastAt: Date | null;
  sample: string | null;
};

/** Unmapped words first, the most frequent on top; then the mapping as it stands, words in use before the others. */
export function wordRows(crosswalk: Crosswalk, recent: ReadonlyMap<string, number> | null): WordRow[] {
  const unmapped = crosswalk.unmapped.map(
    (one): WordRow => ({
      key: `${one.kind} ${one.word}`,
      kind: one.kind,
      word: one.word,
      to: null,
      source: null,
      since: null,
      count: one.count,
      lastAt: one.lastAt,
      sample: one.sampleMessage,
    }),
  );
  const mapped = crosswalk.entries
    .map(
      (one): WordRow => ({
        key: `${one.kind} ${one.word}`,
        kind: one.kind,
        word: one.word,
        to: one.to,
        source: one.source,
        since: one.since,
        count: recent === null ? null : one.kind === "status" ? (recent.get(one.word) ?? 0) : null,
        lastAt: null,
        sample: null,
      }),
    )
    .sort((a, b) => (b.count ?? 0) - (a.count ?? 0) || a.kind.localeCompare(b.kind) || a.word.localeCompare(b.word));
  return [...unmapped.sort((a, b) => (b.count ?? 0) - (a.count ?? 0)), ...mapped];
}
