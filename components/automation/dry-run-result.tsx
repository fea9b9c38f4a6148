"use client";
import Link from "next/link";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { DRY_RUN_DAYS } from "@/core/exceptions/automation";
import type { DryRun } from "./rows";

const ENDED = { person: "a person closed it", itself: "cleared by itself", stands: "still stands" } as const;

/** What a rule would have done in the past days: how many of how many, how they ended without it, by cause, and the newest rows. */
export function DryRunResult({ found }: { found: DryRun }) {
  return (
    <div className="flex flex-col gap-2" role="status">
      <p>
        In the past {DRY_RUN_DAYS} days it would have acted on{" "}
        <span className="font-medium">{formatCount(found.act)}</span> of the {formatCount(found.looked)} that opened
        {found.capped ? " (the newest 20,000 of each kind)" : ""}. Nothing was changed.
      </p>
      {found.act > 0 ? (
        <p className="text-ink-2">
          Without the rule {formatCount(found.byPerson)} were closed by a person, {formatCount(found.byThemselves)}{" "}
          cleared by themselves and {formatCount(found.standing)} still stand.
        </p>
      ) : null}
      {found.clearedBefore + found.refused > 0 ? (
        <p className="text-ink-3 text-xs">
          {[
            found.clearedBefore > 0 ? `${formatCount(found.clearedBefore)} had gone before it was their turn` : "",
            found.refused > 0 ? `${formatCount(found.refused)} it could not have worked` : "",
          ]
            .filter(Boolean)
            .join("; ")}
          .
        </p>
      ) : null}
      {found.groups.length > 0 ? (
        <ul aria-label="By cause" className="text-sm">
          {found.groups.map((group) => (
            <li key={group.groupId} className="flex gap-2 border-line border-t py-1">
              <span className="min-w-0 flex-1 truncate" title={group.cause}>
                {group.cause}
              </span>
              <Link
                href={`/exceptions?view=list&group=${group.groupId}&state=open,acknowledged,snoozed,resolved`}
                className="text-accent tabular-nums underline-offset-2 hover:underline"
              >
                {formatCount(group.count)}
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
      {found.examples.length > 0 ? (
        <details>
          <summary className="cursor-pointer text-ink-2">The newest {formatCount(found.examples.length)}</summary>
          <ul aria-label="The newest" className="text-sm">
            {found.examples.map((one) => (
              <li key={one.id} className="border-line border-t py-1">
                <Link
                  href={`/exceptions?view=list&id=${one.id}`}
                  className="block truncate underline-offset-2 hover:underline"
                  title={one.text}
                >
                  {one.text}
                </Link>
                <span className="text-ink-3 text-xs">
                  <Time at={one.openedAt} />, {ENDED[one.ended]}
                </span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
