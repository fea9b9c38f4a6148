"use client";
import { cn } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/number";
import type { ShipmentFilter } from "@/core/shipments/filter";
import type { ShipmentFacets } from "./rows";
import { NO_FILTER, type SetUrl } from "./url";

const VIEWS = [
  { word: "All", filter: {} },
  { word: "Under way", filter: { ending: ["open"] } },
  { word: "In trouble", filter: { trouble: true } },
  { word: "Promise passed", filter: { late: true } },
  { word: "Delivered", filter: { ending: ["delivered"] } },
  { word: "Going back", filter: { summary: ["return_to_sender"] } },
] as const satisfies readonly { word: string; filter: Partial<ShipmentFilter> }[];

/** The views people start from, with the length of each list. */
export function ShipmentViews({
  filter,
  facets,
  set,
}: {
  filter: ShipmentFilter;
  /** Counted without any filter. */
  facets: ShipmentFacets | undefined;
  set: SetUrl;
}) {
  const counts: Record<string, number | undefined> = {
    All: facets?.total,
    "Under way": facets?.ending.find((one) => one.value === "open")?.count,
    "In trouble": facets?.trouble,
    "Promise passed": facets?.late,
    Delivered: facets?.ending.find((one) => one.value === "delivered")?.count,
    "Going back": facets?.summary.find((one) => one.value === "return_to_sender")?.count,
  };
  return (
    <nav aria-label="Views" className="flex shrink-0 gap-1 overflow-x-auto px-3 pb-1">
      {VIEWS.map(({ word, filter: wanted }) => {
        const full = { ...NO_FILTER, ...wanted };
        const here = JSON.stringify(filter) === JSON.stringify(full);
        const count = counts[word] ?? (facets ? 0 : undefined);
        return (
          <button
            key={word}
            type="button"
            aria-current={here ? "true" : undefined}
            onClick={() => void set({ ...NO_FILTER, ...JSON.parse(JSON.stringify(wanted)), id: null })}
            className={cn(
              "h-7 whitespace-nowrap rounded-md px-2 text-ink-2 hover:bg-sunken hover:text-ink",
              here && "bg-sunken font-medium text-ink",
            )}
          >
            {word}
            {count === undefined ? null : <span className="ml-1.5 text-ink-3 text-xs">{formatCount(count)}</span>}
          </button>
        );
      })}
    </nav>
  );
}
