"use client";
import { useQuery } from "@tanstack/react-query";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useTRPC } from "@/components/providers";
import { ErrorState } from "@/components/ui/error-state";
import { formatDuration } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Segments } from "@/components/ui/tabs";
import { Time } from "@/components/ui/time";
import { LegsBar, LegsKey } from "./legs-bar";
import { ownOf } from "./shares";

const VIEWS = ["all", "own"] as const;

/** Where the time of each event went: who had it, from when it happened until Odoo held it. */
export function EventLegs({ shipmentId, messageId }: { shipmentId: string; messageId?: string }) {
  const trpc = useTRPC();
  const got = useQuery(trpc.shipments.legs.queryOptions({ shipmentId, messageId }));
  const [view, setView] = useQueryState("legs", parseAsStringLiteral(VIEWS).withDefault("all"));
  if (got.error)
    return (
      <ErrorState
        title="The times could not be read"
        error={got.error}
        onRetry={() => void got.refetch()}
        className="px-0 py-2"
      />
    );
  if (!got.data) return <SkeletonLines lines={4} />;
  if (got.data.length === 0) return <p className="text-ink-3">No event that happened was told yet.</p>;
  return (
    <div className="@container flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <LegsKey />
        <Segments
          label="Which time"
          value={view}
          onChange={(next) => void setView(next)}
          choices={[
            { value: "all", label: "All of it" },
            { value: "own", label: "Since it was told" },
          ]}
        />
      </div>
      <ul className="flex flex-col">
        {got.data.map((event) => {
          const legs = view === "own" ? ownOf(event.legs) : event.legs;
          const sum = legs.reduce((total, { ms }) => total + ms, 0);
          return (
            <li
              key={event.key}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 border-line border-t py-1.5 @2xl:grid-cols-[200px_minmax(0,1fr)_150px]"
            >
              <span className="min-w-0">
                <span className="block truncate">
                  {event.kind.replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase())}
                </span>
                <span className="block truncate text-ink-3 text-xs">
                  {event.feed}, <Time at={event.startedAtMs} />
                </span>
              </span>
              <LegsBar legs={legs} totalMs={sum} className="max-@2xl:col-span-2 max-@2xl:row-start-2" />
              <span className="text-right tabular-nums">
                {sum === 0 ? "at once" : formatDuration(sum)}
                <span className="block text-ink-3 text-xs">{endOf(event)}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function endOf(event: { endedAtMs: number | null; posting: { state: string } | null }): string {
  if (event.endedAtMs === null) return event.posting ? `so far, ${event.posting.state}` : "so far";
  return event.posting ? "until Odoo had it" : "until it was understood";
}
