"use client";
import Link from "next/link";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { formatCount } from "@/components/ui/number";
import { clockTime, useNow, useZone } from "@/components/ui/time";
import { HOLD_WORD } from "@/core/postings/hold-words";
import { timingInWords } from "@/core/postings/timing";
import type { SettlementKind } from "./rows";
import { sumWords } from "./sums";

/** Each kind of freight posting: when it goes, when next, and what waits for that or for something else. */
export function NextWindows({ kinds }: { kinds: readonly SettlementKind[] }) {
  const several = new Set(kinds.map(({ connectionId }) => connectionId)).size > 1;
  if (kinds.length === 0)
    return (
      <p className="text-ink-2">
        No Odoo is connected: approved bills have nowhere to go.{" "}
        <Link href="/settings/odoo" className="text-accent underline-offset-2 hover:underline">
          Connect one
        </Link>
      </p>
    );
  return (
    <ul className="flex flex-col">
      {kinds.map((row) => (
        <li
          key={`${row.connectionId} ${row.kind}`}
          className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-line border-b py-2 first:pt-0 last:border-b-0 last:pb-0"
        >
          <span className="min-w-0 flex-1 basis-64">
            <span className="font-medium">{POSTING_KIND_WORD[row.kind]}</span>
            {several ? <span className="text-ink-2"> in {row.connection}</span> : null}
            <span className="block text-ink-3 text-xs">
              {timingInWords(row.timing)}
              <NextOf row={row} />
            </span>
          </span>
          <Waits row={row} />
        </li>
      ))}
    </ul>
  );
}

function NextOf({ row: { hold, timing } }: { row: SettlementKind }) {
  const zone = useZone();
  const now = useNow();
  if (hold === null) return timing.mode === "windows" ? <span className="text-ok">, open now</span> : null;
  if (hold.because === "paused") return <span className="text-late">, paused</span>;
  if (hold.because === "degraded") return <span className="text-late">, held by a degraded rule</span>;
  if (hold.untilMs === null) return <span className="text-broken">, no window ever opens</span>;
  return (
    <span className="text-ink-2">
      , next {hold.because === "window" ? "window" : "batch"} {clockTime(hold.untilMs, now, zone)}
    </span>
  );
}

function Waits({ row }: { row: SettlementKind }) {
  const total = row.waiting.reduce((sum, one) => sum + one.count, 0);
  if (total === 0) return <span className="text-ink-3">nothing waits</span>;
  const reasons = [...Map.groupBy(row.waiting, (one) => one.heldBecause)];
  return (
    <span className="flex flex-col items-end">
      <Link
        href={`/postings?tab=waiting&kind=${row.kind}&connection=${row.connectionId}`}
        className="text-accent underline-offset-2 hover:underline"
      >
        {formatCount(total)} waiting, {sumWords(row.waiting)}
      </Link>
      <span className="text-ink-3 text-xs">
        {reasons
          .map(
            ([reason, rows]) =>
              `${formatCount(rows.reduce((sum, one) => sum + one.count, 0))}: ${HOLD_WORD[reason].word.toLowerCase()}`,
          )
          .join(", ")}
      </span>
    </span>
  );
}
