"use client";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { parseAsString, useQueryStates } from "nuqs";
import { type ReactNode, useMemo } from "react";
import { useTRPC } from "@/components/providers";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Input } from "@/components/ui/input";
import { SkeletonLines } from "@/components/ui/skeleton";
import type { AppRouter } from "@/server/api/root";
import { EventCatalogue } from "./event-catalogue";
import { found, inWords } from "./find";

type Read = inferRouterOutputs<AppRouter>["dictionary"]["read"];
type Chapter = Read["chapters"][number];

const EVENTS = "events";
const parsers = {
  chapter: parseAsString.withDefault(EVENTS),
  q: parseAsString.withDefault(""),
  event: parseAsString,
};

/** Every word Waypost uses, out of the lists that the code, the database and the API share. */
export function DictionaryScreen() {
  const trpc = useTRPC();
  const read = useQuery({ ...trpc.dictionary.read.queryOptions(), staleTime: 60_000 });
  const [url, set] = useQueryStates(parsers, { history: "replace" });
  const chapters = useMemo(() => (read.data ? [...read.data.chapters, entityChapter(read.data)] : []), [read.data]);
  const hits = useMemo(() => found(chapters, url.q), [chapters, url.q]);
  const shown = url.q.trim() === "" ? chapters.filter((chapter) => chapter.id === url.chapter) : hits;
  const catalogue = url.chapter === EVENTS;
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <PageHeader
        title="Dictionary"
        note="The words of the screens, the database and the API: one list"
        actions={
          <Input
            type="search"
            aria-label={catalogue ? "Find an event" : "Find a word"}
            placeholder={catalogue ? "Find an event" : "Find a word"}
            value={url.q}
            onChange={(event) => void set({ q: event.target.value || null })}
            className="w-56"
          />
        }
      />
      {read.error ? (
        <ErrorState title="The dictionary could not be read" error={read.error} onRetry={() => void read.refetch()} />
      ) : read.data ? (
        <div className="flex min-h-0 flex-1 flex-col border-line border-t md:flex-row">
          <nav
            aria-label="Chapters"
            className="flex shrink-0 gap-0.5 overflow-x-auto border-line px-3 py-2 max-md:border-b md:w-56 md:flex-col md:overflow-y-auto md:border-r"
          >
            {[{ id: EVENTS, title: "Event catalogue", words: null }, ...chapters].map(({ id, title, words }) => {
              const current = id === url.chapter && (url.q === "" || id === EVENTS);
              return (
                <button
                  key={id}
                  type="button"
                  aria-current={current ? "true" : undefined}
                  onClick={() => void set({ chapter: id, q: null, event: null })}
                  className={cn(
                    "flex h-7 shrink-0 items-center justify-between gap-3 whitespace-nowrap rounded-md px-2 text-ink-2 hover:bg-sunken hover:text-ink",
                    current && "bg-sunken font-medium text-ink",
                  )}
                >
                  {title}
                  {words ? <span className="text-ink-3 text-xs tabular-nums">{words.length}</span> : null}
                </button>
              );
            })}
          </nav>
          {catalogue ? (
            <EventCatalogue
              asked={url.q}
              open={url.event}
              onOpen={(event) => void set({ event }, { history: "push" })}
            />
          ) : (
            <div className="min-h-0 min-w-0 flex-1 overflow-y-auto px-4 py-3">
              {shown.length === 0 ? (
                <EmptyState title={url.q ? `No word is like “${url.q}”` : "There is no such chapter"}>
                  {url.q ? "Words of sources stand in the mapping of their feed." : "Choose one on the left."}
                </EmptyState>
              ) : (
                shown.map((chapter) => (
                  <ChapterTable key={chapter.id} chapter={chapter} producers={read.data.producers} />
                ))
              )}
            </div>
          )}
        </div>
      ) : (
        <div className="p-4">
          <SkeletonLines lines={14} />
        </div>
      )}
    </div>
  );
}

/** The entities of the API as a chapter of their own: a row a field. */
function entityChapter({ entities }: Read): Chapter {
  return {
    id: "entities",
    title: "Entities of the API",
    note: "Out of the OpenAPI document that is served at /api/v1/openapi.json.",
    columns: ["Type", "Always there", "Means"],
    words: entities.flatMap((entity) =>
      entity.fields.map((field) => ({
        name: `${entity.name}.${field.name}`,
        cells: [field.type, field.required, field.note],
      })),
    ),
  };
}

const TOLD = new Set(["milestones", "conditions", "news"]);

function ChapterTable({ chapter, producers }: { chapter: Chapter; producers: Read["producers"] }) {
  const mayFeeds = useMay("feeds:read");
  const told = mayFeeds && TOLD.has(chapter.id);
  return (
    <section className="mb-6" aria-label={chapter.title}>
      <h2 className="font-semibold text-base">{chapter.title}</h2>
      {chapter.note ? <p className="mb-2 max-w-3xl text-ink-2">{chapter.note}</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keys */}
      <div tabIndex={0} className="overflow-x-auto">
        <table className="w-full min-w-[520px] text-sm">
          <thead>
            <tr className="text-left text-ink-3 text-xs">
              <th scope="col" className="py-1.5 pr-3 font-normal">
                Word
              </th>
              {chapter.columns.map((column) => (
                <th key={column} scope="col" className="px-3 py-1.5 font-normal">
                  {column}
                </th>
              ))}
              {told ? (
                <th scope="col" className="px-3 py-1.5 font-normal">
                  Told by
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {chapter.words.map((word) => (
              <tr key={word.name} className="border-line border-t align-top">
                <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                  {TOLD.has(chapter.id) ? (
                    <Link
                      href={`/dictionary?chapter=${EVENTS}&event=${word.name}`}
                      className="whitespace-nowrap font-mono text-[12px] text-accent underline-offset-2 hover:underline"
                    >
                      {word.name}
                    </Link>
                  ) : (
                    <code className="whitespace-nowrap font-mono text-[12px]">{word.name}</code>
                  )}
                </th>
                {word.cells.map((cell, at) => (
                  <td key={chapter.columns[at]} className="px-3 py-1.5">
                    <CellValue cell={cell} />
                  </td>
                ))}
                {told ? (
                  <td className="px-3 py-1.5">
                    <Producers producers={producers.filter((one) => one.kind === word.name)} word={word.name} />
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function CellValue({ cell }: { cell: Chapter["words"][number]["cells"][number] }): ReactNode {
  if (cell === true) return "yes";
  if (cell === false || cell === "") return <span className="text-ink-3">–</span>;
  if (!Array.isArray(cell))
    return typeof cell === "number" ? <span className="tabular-nums">{cell}</span> : inWords(cell);
  if (cell.length === 0) return <span className="text-ink-3">–</span>;
  const short = cell.every((one) => one.length < 28);
  return short ? (
    cell.map(inWords).join(", ")
  ) : (
    <ul className="flex flex-col gap-0.5">
      {cell.map((one) => (
        <li key={one}>{inWords(one)}</li>
      ))}
    </ul>
  );
}

/** Feeds that have words for a kind of event: owner, versions, and a word as the source writes it. */
function Producers({ producers, word }: { producers: Read["producers"]; word: string }) {
  if (producers.length === 0) return <span className="text-ink-3">no feed has a word for it</span>;
  return (
    <ul className="flex flex-col gap-0.5">
      {producers.map((one) => (
        <li key={one.slug} className="flex flex-wrap items-baseline gap-x-2">
          <Link
            href={`/feeds/${one.slug}?tab=mapping&kind=status&to=${word}`}
            className="text-accent underline-offset-2 hover:underline"
          >
            {one.name}
          </Link>
          <span className="text-ink-3 text-xs">
            {one.words} {one.words === 1 ? "word" : "words"}, such as <code className="font-mono">{one.sample}</code>
            {", "}
            adapter {one.adapter} {one.adapterVersion ?? ""}, mapping {one.mappingVersion}
            {one.owner ? `, owned by ${one.owner}` : ""}
          </span>
        </li>
      ))}
    </ul>
  );
}
