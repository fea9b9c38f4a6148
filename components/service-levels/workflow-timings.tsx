import Link from "next/link";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { Badge } from "@/components/ui/badge";
import { clockTime, Time, useNow, useZone } from "@/components/ui/time";
import type { Timing } from "./types";

/** When the chosen workflow runs: each of its kinds on each connection, or what of it ends in Waypost. */
export function WorkflowTimings({ timings }: { timings: readonly Timing[] }) {
  return (
    <section className="rounded-lg border border-line bg-surface p-4" aria-label="When it runs">
      <h2 className="font-semibold text-base">When it runs</h2>
      {timings.length === 0 ? (
        <p className="text-ink-2">It ends in Odoo, and no Odoo is connected.</p>
      ) : (
        <ul className="mt-1 flex flex-col">
          {timings.map((timing) => (
            <li
              key={`${timing.connectionId} ${timing.kind ?? timing.what}`}
              className="flex flex-wrap items-baseline gap-x-3 border-line border-t py-1.5 first:border-t-0"
            >
              <What timing={timing} />
              <span className="text-ink-3">{timing.connection ?? "in Waypost"}</span>
              <span className="text-ink-2">{timing.words}</span>
              {timing.on ? null : (
                <Badge tone="idle" shape="pause">
                  off
                </Badge>
              )}
              <span className="ml-auto text-ink-3 text-xs">
                <LastAndNext timing={timing} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function What({ timing: { kind, what, href } }: { timing: Timing }) {
  const word = kind === null ? what : POSTING_KIND_WORD[kind];
  if (href === null) return <span className="font-medium">{word}</span>;
  return (
    <Link href={href} className="font-medium underline-offset-2 hover:underline">
      {word}
    </Link>
  );
}

/** When it ran last, and when it runs next where that is by a clock. */
export function LastAndNext({
  timing: { lastAt, nextAt, withinHour },
}: {
  timing: Pick<Timing, "lastAt" | "nextAt" | "withinHour">;
}) {
  const zone = useZone();
  const now = useNow();
  return (
    <>
      {lastAt === null ? (
        "none yet"
      ) : withinHour ? (
        `last in the hour from ${clockTime(lastAt.getTime(), now, zone)}`
      ) : (
        <>
          last <Time at={lastAt} />
        </>
      )}
      {nextAt ? (
        <>
          , next <Time at={nextAt} />
        </>
      ) : null}
    </>
  );
}
