"use client";
import { SummaryBadge } from "@/components/shipments/columns";
import { cn } from "@/components/ui/class-names";
import { Time } from "@/components/ui/time";
import type { LookupHit } from "./rows";
import { reasonWord } from "./words";

/** Several shipments that the paste may mean, each with the reason; arrows walk them. */
export function HitList({
  hits,
  more,
  selected,
  onSelect,
}: {
  hits: readonly LookupHit[];
  more: boolean;
  selected: string | null;
  onSelect: (id: string) => void;
}) {
  return (
    <section aria-label="Shipments found" className="border-line border-b lg:border-r lg:border-b-0">
      <h2 className="px-4 pt-3 pb-2 font-semibold">
        {more ? `More than ${hits.length}` : hits.length} shipments fit
        {selected === null ? <span className="font-normal text-ink-2">: choose the one that is meant</span> : null}
      </h2>
      <ul className="max-h-[40vh] overflow-y-auto lg:max-h-none">
        {hits.map((hit) => (
          <li key={hit.id} className="border-line border-t">
            <button
              type="button"
              aria-current={hit.id === selected ? "true" : undefined}
              onClick={() => onSelect(hit.id)}
              className={cn(
                "flex w-full flex-col gap-0.5 px-4 py-2 text-left hover:bg-sunken",
                hit.id === selected && "bg-selected hover:bg-selected",
              )}
            >
              <span className="flex items-center justify-between gap-2">
                <span className="truncate font-medium">{hit.name}</span>
                <SummaryBadge summary={hit.summary} />
              </span>
              <span className="flex justify-between gap-2 text-ink-2 text-xs">
                <span className="truncate">{[hit.customer, hit.carrier].filter(Boolean).join(" · ") || "–"}</span>
                <Time at={hit.lastEventAtMs ?? hit.updatedAtMs} />
              </span>
              <span className="truncate text-ink-3 text-xs">
                {hit.reasons[0] ? reasonWord(hit.reasons[0]) : ""}
                {hit.reasons.length > 1 ? ` and ${hit.reasons.length - 1} more` : ""}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {more ? (
        <p className="border-line border-t px-4 py-2 text-ink-3 text-xs">
          Add the order or tracking number to narrow it.
        </p>
      ) : null}
    </section>
  );
}
