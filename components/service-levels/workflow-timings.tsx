import Link from "next/link";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { Badge } from "@/components/ui/badge";
import { Time } from "@/components/ui/time";
import type { Timing } from "./types";

/** When the chosen workflow goes to Odoo: each of its kinds on each connection. */
export function WorkflowTimings({ timings }: { timings: readonly Timing[] }) {
  return (
    <section className="rounded-lg border border-line bg-surface p-4" aria-label="When it goes to Odoo">
      <h2 className="font-semibold text-base">When it goes to Odoo</h2>
      {timings.length === 0 ? (
        <p className="text-ink-2">This workflow ends in Waypost: nothing of it is posted by a clock of its own.</p>
      ) : (
        <ul className="mt-1 flex flex-col">
          {timings.map(({ connectionId, connection, kind, on, words, lastAt, nextAt }) => (
            <li
              key={`${connectionId} ${kind}`}
              className="flex flex-wrap items-baseline gap-x-3 border-line border-t py-1.5 first:border-t-0"
            >
              <Link
                href={`/settings/odoo?connection=${connectionId}`}
                className="font-medium underline-offset-2 hover:underline"
              >
                {POSTING_KIND_WORD[kind]}
              </Link>
              <span className="text-ink-3">{connection}</span>
              <span className="text-ink-2">{words}</span>
              {on ? null : (
                <Badge tone="idle" shape="pause">
                  off
                </Badge>
              )}
              <span className="ml-auto text-ink-3 text-xs">
                {lastAt ? (
                  <>
                    last <Time at={lastAt} />
                  </>
                ) : (
                  "none went yet"
                )}
                {nextAt ? (
                  <>
                    , next <Time at={nextAt} />
                  </>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
