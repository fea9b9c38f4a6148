import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/number";
import { BUDGET_LEVELS } from "@/core/postings/failure-budget";
import type { Connection } from "./rows";

/** How much of the calls that may fail within an hour did, with a mark at each level at which people are told. */
export function FailureBudget({ budget }: { budget: Connection["failureBudget"] }) {
  const { calls, failed, allowed, used, level } = budget;
  const width = Math.min(100, used);
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="text-ink-3 text-xs">Failure budget of the last hour</span>
        <span className={cn("font-medium", level !== null && (level >= 90 ? "text-broken" : "text-late"))}>
          {formatCount(used)} % used
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw no marks and none of our colours in a meter of theirs */}
      <div
        role="meter"
        aria-label="Failure budget used"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={width}
        aria-valuetext={`${failed} of ${allowed} failed calls`}
        className="relative h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={cn("h-full", level === null ? "bg-accent" : level >= 90 ? "bg-broken" : "bg-late")}
          style={{ width: `${width}%` }}
        />
        {BUDGET_LEVELS.filter((mark) => mark < 100).map((mark) => (
          <span key={mark} className="absolute inset-y-0 w-px bg-ink-3" style={{ left: `${mark}%` }} aria-hidden />
        ))}
      </div>
      <p className="text-ink-2">
        {calls === 0
          ? "No call was made within the hour."
          : `${formatCount(failed)} of ${formatCount(calls)} calls failed; ${formatCount(allowed)} may.`}
        {level === null ? null : (
          <>
            {" "}
            <Link
              href="/exceptions?view=list&kind=odoo_failure_budget"
              className="text-accent underline-offset-2 hover:underline"
            >
              Its exception
            </Link>{" "}
            closes by itself.
          </>
        )}
      </p>
    </div>
  );
}
