"use client";
import type { ReactNode } from "react";
import { useViewer } from "@/components/shell/viewer";
import { cn } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/number";
import { type ExceptionCell, type ExceptionFilter, exceptionFilter, totalOf } from "@/core/exceptions/filter";
import type { SetUrl } from "./url";

const QUICK = [
  { word: "Standing", filter: {} },
  { word: "Mine", filter: { owner: ["me"] } },
  { word: "Nobody's", filter: { owner: ["nobody"] } },
  { word: "Needs action", filter: { action: true } },
  { word: "Customer must act", filter: { action: true, party: ["consignee"] } },
  { word: "Overdue", filter: { overdue: true } },
  { word: "Regressed", filter: { regressed: true } },
  { word: "Snoozed", filter: { state: ["snoozed"] } },
  { word: "Suppressed", filter: { state: ["suppressed"] } },
  { word: "Resolved", filter: { state: ["resolved"] } },
] as const;

const blank = {
  severity: [],
  state: [],
  kind: [],
  owner: [],
  impact: [],
  feed: [],
  party: [],
  overdue: false,
  regressed: false,
  action: false,
};

/** The views people start from; each is a link and keeps group and shipment out. */
export function QuickViews({
  aside,
  cells,
  filter,
  set,
}: {
  /** What is said at the end of the line. */
  aside?: ReactNode;
  cells: readonly ExceptionCell[];
  filter: ExceptionFilter;
  set: SetUrl;
}) {
  const me = useViewer().id;
  return (
    <div className="flex flex-wrap items-center px-3">
      <nav aria-label="Views" className="flex min-w-0 max-w-full gap-1 overflow-x-auto">
        {QUICK.map(({ word, filter: wanted }) => {
          const full = exceptionFilter.parse(wanted);
          const here = JSON.stringify({ ...filter, group: null, shipment: null }) === JSON.stringify(full);
          const count = word === "Resolved" ? null : totalOf(cells, full, me);
          return (
            <button
              key={word}
              type="button"
              aria-current={here ? "true" : undefined}
              onClick={() =>
                void set({
                  ...blank,
                  group: null,
                  shipment: null,
                  id: null,
                  ...JSON.parse(JSON.stringify(wanted)),
                })
              }
              className={cn(
                "h-7 whitespace-nowrap rounded-md px-2 text-ink-2 hover:bg-sunken hover:text-ink",
                here && "bg-sunken font-medium text-ink",
              )}
            >
              {word}
              {count === null ? null : <span className="ml-1.5 text-ink-3 text-xs">{formatCount(count)}</span>}
            </button>
          );
        })}
      </nav>
      {aside}
    </div>
  );
}
