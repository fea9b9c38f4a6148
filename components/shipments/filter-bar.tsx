"use client";
import { X } from "lucide-react";
import { useCallback } from "react";
import { FacetFilter } from "@/components/tables/facet-filter";
import { Button } from "@/components/ui/button";
import { ENDINGS, NOT_KNOWN, type ShipmentFilter } from "@/core/shipments/filter";
import { STAGES, SUMMARIES } from "@/core/shipments/milestones";
import { SummaryBadge } from "./columns";
import type { ShipmentFacets } from "./rows";
import { SearchBox } from "./search-box";
import { NO_FILTER, type SetUrl } from "./url";
import { ENDING_WORD, STAGE_WORD, SUMMARY_LOOK } from "./words";

const NOT_KNOWN_WORD = "Not known";

export function ShipmentFilterBar({
  filter,
  facets,
  set,
}: {
  filter: ShipmentFilter;
  facets: ShipmentFacets | undefined;
  set: SetUrl;
}) {
  const countOf = (facet: "stage" | "summary" | "carrier" | "warehouse" | "ending", value: string) =>
    facets ? (facets[facet].find((one) => one.value === value)?.count ?? 0) : undefined;
  const named = (facet: "carrier" | "warehouse") =>
    (facets?.[facet] ?? filter[facet].map((value) => ({ value, count: undefined }))).map(({ value, count }) => {
      const words = value === NOT_KNOWN ? NOT_KNOWN_WORD : value;
      return { value, words, label: words, count };
    });
  const search = useCallback((words: string) => void set({ search: words }, { history: "replace" }), [set]);
  const filtered = JSON.stringify(filter) !== JSON.stringify(NO_FILTER);
  return (
    <>
      <SearchBox
        label="Search shipments by number"
        placeholder="Order, picking, tracking number, several at once"
        value={filter.search}
        onChange={search}
        className="w-80 max-sm:w-full"
      />
      <FacetFilter
        label="State"
        value={filter.summary}
        onChange={(summary) => void set({ summary })}
        choices={SUMMARIES.map((value) => ({
          value,
          words: SUMMARY_LOOK[value].word,
          label: <SummaryBadge summary={value} />,
          count: countOf("summary", value),
        }))}
      />
      <FacetFilter
        label="Stage"
        value={filter.stage}
        onChange={(stage) => void set({ stage })}
        choices={[...STAGES, NOT_KNOWN].map((value) => {
          const words = value === NOT_KNOWN ? "No stage" : STAGE_WORD[value as (typeof STAGES)[number]];
          return { value: value as (typeof filter.stage)[number], words, label: words, count: countOf("stage", value) };
        })}
      />
      <FacetFilter
        label="Carrier"
        value={filter.carrier}
        onChange={(carrier) => void set({ carrier })}
        choices={named("carrier")}
      />
      <FacetFilter
        label="Warehouse"
        value={filter.warehouse}
        onChange={(warehouse) => void set({ warehouse })}
        choices={named("warehouse")}
      />
      <FacetFilter
        label="Ended"
        value={filter.ending}
        onChange={(ending) => void set({ ending })}
        choices={ENDINGS.map((value) => ({
          value,
          words: ENDING_WORD[value],
          label: ENDING_WORD[value],
          count: countOf("ending", value),
        }))}
      />
      {filtered ? (
        <Button variant="quiet" onClick={() => void set({ ...NO_FILTER })}>
          <X aria-hidden />
          Clear
        </Button>
      ) : null}
    </>
  );
}
