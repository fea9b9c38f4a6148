"use client";
import Link from "next/link";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import type { Scores } from "./types";

/** Says what is missing for figures to appear. */
export function NoScores({
  counting,
  filtered,
  off,
  onClear,
}: {
  counting: Scores["counting"] | undefined;
  filtered: boolean;
  off: boolean;
  onClear: () => void;
}) {
  const mayFeeds = useMay("feeds:manage");
  if (filtered)
    return (
      <EmptyState
        title="Nothing was counted under these filters"
        action={<Button onClick={onClear}>Clear the filters</Button>}
      >
        Another service, lane or warehouse, or more weeks, may have figures.
      </EmptyState>
    );
  if (counting && !counting.complete && !off)
    return (
      <EmptyState title="History is being counted">
        {counting.countedTo
          ? `Changes up to ${counting.countedTo.toISOString().slice(0, 10)} are counted so far; figures appear as it goes on.`
          : "Counting begins with the oldest stored shipment as soon as a worker runs."}
      </EmptyState>
    );
  return (
    <EmptyState
      title="No carrier has figures in these weeks"
      action={
        mayFeeds ? (
          <Button asChild>
            <Link href="/feeds/new">Connect a carrier's feed</Link>
          </Button>
        ) : null
      }
    >
      <p>
        A carrier appears once a shipment that names it was handed over, promised or billed. Scans come from a carrier's
        feed, promised days from Odoo or the warehouse, bills from a freight feed. What changed since it was counted
        last comes next, all the time or by the schedule of the workspace.
      </p>
    </EmptyState>
  );
}
