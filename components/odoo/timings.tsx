"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/number";
import { clockTime, Time, useNow, useZone } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { timingInWords } from "@/core/postings/timing";
import type { Connection } from "./rows";
import { TimingDialog } from "./timing-dialog";

type Kind = Connection["kinds"][number];

/** When each kind goes, in which class, when it last went and when it goes next. */
export function Timings({ overview, onChanged }: { overview: Connection; onChanged: () => void }) {
  const trpc = useTRPC();
  const { connection, kinds } = overview;
  const mayManage = useMay("odoo:manage") && connection.state !== "archived";
  const mayOpen = useMay("postings:repost");
  const [changing, setChanging] = useState<Kind | null>(null);
  const open = useMutation(
    trpc.odoo.openNow.mutationOptions({
      onSuccess: ({ released }) => {
        toast.success(
          `${formatCount(released)} ${released === 1 ? "posting goes" : "postings go"} out now, and what comes within an hour`,
        );
        onChanged();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <>
      <ul className="flex flex-col">
        {kinds.map((row) => (
          <li
            key={row.kind}
            className="flex flex-wrap items-start gap-x-3 gap-y-1 border-line border-b py-2 last:border-b-0"
          >
            <span className="min-w-0 flex-1 basis-56">
              <span className="font-medium">{POSTING_KIND_WORD[row.kind]}</span>
              <span className="text-ink-2"> {timingInWords(row.timing)}</span>
              <span className="flex flex-wrap gap-x-3 text-ink-3 text-xs">
                <span>{row.class}</span>
                <span>
                  {row.lastAt ? (
                    <>
                      last <Time at={row.lastAt} />
                    </>
                  ) : (
                    "none went yet"
                  )}
                </span>
                <Next row={row} />
                {row.waiting > 0 ? (
                  <Link
                    href={`/postings?tab=waiting&kind=${row.kind}&connection=${connection.id}`}
                    className="text-accent underline-offset-2 hover:underline"
                  >
                    {formatCount(row.waiting)} waiting
                  </Link>
                ) : null}
              </span>
            </span>
            {mayOpen && (row.hold?.because === "window" || row.hold?.because === "interval") ? (
              <Button
                size="sm"
                busy={open.isPending && open.variables?.kind === row.kind}
                title="Lets what waits go now, and what comes within an hour"
                onClick={() => open.mutate({ id: connection.id, kind: row.kind, minutes: 60 })}
              >
                Run now
              </Button>
            ) : null}
            {mayManage ? (
              <Button
                size="sm"
                aria-label={`Change when ${POSTING_KIND_WORD[row.kind].toLowerCase()} goes`}
                onClick={() => setChanging(row)}
              >
                Change
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {changing ? (
        <TimingDialog
          connection={connection}
          row={changing}
          onClose={() => setChanging(null)}
          onDone={() => {
            setChanging(null);
            onChanged();
          }}
        />
      ) : null}
    </>
  );
}

/** What ends the waiting, or that nothing waits. */
function Next({ row }: { row: Kind }) {
  const zone = useZone();
  const now = useNow();
  const { hold, openUntil } = row;
  if (openUntil) return <span>let go by a person until {clockTime(openUntil.getTime(), now, zone)}</span>;
  if (hold === null) return row.timing.mode === "windows" ? <span className="text-ok">window open</span> : null;
  if (hold.because === "paused") return <span className="text-late">class paused</span>;
  if (hold.because === "degraded") return <span className="text-late">held by a degraded rule</span>;
  if (hold.untilMs === null) return <span className="text-broken">no window ever opens</span>;
  return (
    <span>
      next {hold.because === "window" ? "window" : "batch"} {clockTime(hold.untilMs, now, zone)}
    </span>
  );
}
