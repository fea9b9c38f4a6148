"use client";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/components/ui/class-names";
import { Mark } from "@/components/ui/mark";
import { formatDuration } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import type { FeedName } from "./rows";
import type { SightingMark } from "./timeline";
import { isTrouble, sentence } from "./words";

/** The same facts as the timeline, as rows; newest event first. */
export function EventList({
  marks,
  feeds,
  selected,
  onSelect,
  packages,
}: {
  marks: readonly SightingMark[];
  feeds: readonly FeedName[];
  selected: string | null;
  onSelect: (mark: SightingMark) => void;
  /** The package is named where there are several. */
  packages: number;
}) {
  const nameOf = (feedId: number) => feeds.find((feed) => feed.id === feedId)?.name ?? `Feed ${feedId}`;
  return (
    <div className="@container overflow-x-auto">
      <table className="w-full table-fixed @lg:min-w-[620px] text-sm">
        <thead>
          <tr className="text-left text-ink-3 text-xs">
            <th scope="col" className="w-[132px] py-1.5 pr-2 font-normal">
              Happened
            </th>
            <th scope="col" className="px-2 @lg:w-[32%] py-1.5 font-normal">
              What
            </th>
            <th scope="col" className="px-2 py-1.5 font-normal @max-lg:hidden">
              Where
            </th>
            <th scope="col" className="px-2 py-1.5 font-normal @max-lg:hidden">
              Told by
            </th>
            <th scope="col" className="w-[92px] py-1.5 pl-2 text-right font-normal">
              Known after
            </th>
          </tr>
        </thead>
        <tbody>
          {marks.map((mark) => {
            const { event } = mark;
            const quiet = mark.advisory !== null || mark.retracted;
            return (
              <tr
                key={mark.key}
                aria-selected={mark.key === selected}
                className={cn(
                  "cursor-pointer border-line border-t align-top hover:bg-sunken",
                  mark.key === selected && "bg-selected",
                  quiet && "text-ink-3",
                )}
                onClick={() => onSelect(mark)}
              >
                <td className="py-1.5 pr-2">
                  {mark.atMs === null ? (
                    <span className="text-ink-3">no time</span>
                  ) : (
                    <Time at={mark.atMs} offsetMinutes={event.time?.offsetMinutes} show="absolute" />
                  )}
                  {event.time && event.time.basis !== "offset" ? (
                    <span className="block text-ink-3 text-xs" title={BASIS[event.time.basis]}>
                      {event.time.basis === "assumed" ? "zone not known" : "local time"}
                    </span>
                  ) : null}
                </td>
                <td className="px-2 py-1.5">
                  <button
                    type="button"
                    className={cn("text-left font-medium hover:underline", mark.retracted && "line-through")}
                    onClick={(click) => {
                      click.stopPropagation();
                      onSelect(mark);
                    }}
                  >
                    {isTrouble(event.kind) ? <Mark shape="triangle" className="mr-1 inline text-broken" /> : null}
                    {sentence(event.kind)}
                  </button>
                  <span className="block truncate text-ink-3 text-xs">
                    {[
                      mark.recovered ? "recovered by reconciliation" : null,
                      event.inferred ? "inferred" : null,
                      mark.retracted ? "taken back by its sender" : mark.advisory,
                      event.raw.description,
                      packages > 1 ? event.package : null,
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                </td>
                <td className="truncate px-2 py-1.5 text-ink-2 @max-lg:hidden" title={event.location ?? undefined}>
                  {event.location ?? "–"}
                </td>
                <td className="px-2 py-1.5 text-ink-2 @max-lg:hidden">
                  <span className="block truncate">
                    {[...new Set(mark.told.map((one) => nameOf(one.feedId)))].join(", ")}
                  </span>
                  {mark.copies > 1 ? <span className="block text-ink-3 text-xs">{mark.copies} times</span> : null}
                </td>
                <td className="py-1.5 pl-2 text-right">
                  {mark.delayMs === null ? (
                    "–"
                  ) : mark.late ? (
                    <Badge tone="late" shape="clock" className="justify-end">
                      {formatDuration(mark.delayMs)}
                    </Badge>
                  ) : mark.delayMs < 0 ? (
                    <span title="Its time lies after its receipt">ahead</span>
                  ) : (
                    formatDuration(mark.delayMs)
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const BASIS: Readonly<Record<string, string>> = {
  location: "The source gave a wall clock; the zone of the place was taken",
  feed: "The source gave a wall clock; the zone of the feed was taken",
  assumed: "The source gave a wall clock and nobody knows its zone; UTC was taken",
};
