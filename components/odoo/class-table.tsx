"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { formatCount, formatDuration } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import type { PostingClass } from "@/core/postings/policy";
import type { Connection } from "./rows";

/** What each class has due, how old it is and how fast it drains; a class may be paused while the others go on. */
export function ClassTable({ overview, onChanged }: { overview: Connection; onChanged: () => void }) {
  const trpc = useTRPC();
  const { connection, classes, pace } = overview;
  const mayManage = useMay("odoo:manage") && connection.state !== "archived";
  const after = (what: string) => ({
    onSuccess: ({ released, held }: { released: number; held: number }) => {
      toast.success(`${what}: ${formatCount(released + held)} ${released + held === 1 ? "posting" : "postings"}`);
      onChanged();
    },
    onError: (error: { message: string }) => toast.error(error.message),
  });
  const pause = useMutation(trpc.odoo.pauseClass.mutationOptions(after("Paused")));
  const resume = useMutation(trpc.odoo.resumeClass.mutationOptions(after("Resumed")));
  const button = (name: PostingClass, paused: boolean) => (
    <Button
      size="sm"
      aria-label={`${paused ? "Resume" : "Pause"} the ${name} class`}
      busy={(paused ? resume : pause).isPending && (paused ? resume : pause).variables?.class === name}
      onClick={() => (paused ? resume : pause).mutate({ id: connection.id, class: name })}
    >
      {paused ? "Resume" : "Pause"}
    </Button>
  );
  return (
    <div className="mt-3 flex flex-col gap-2">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keys */}
      <div tabIndex={0} className="overflow-x-auto">
        <table className="w-full min-w-[430px] text-sm">
          <thead>
            <tr className="text-left text-ink-3 text-xs">
              <th scope="col" className="py-1 pr-2 font-normal">
                Class
              </th>
              <th scope="col" className="px-2 py-1 text-right font-normal">
                Due
              </th>
              <th scope="col" className="px-2 py-1 text-right font-normal">
                Held
              </th>
              <th scope="col" className="px-2 py-1 font-normal">
                Oldest
              </th>
              <th scope="col" className="px-2 py-1 text-right font-normal">
                A minute
              </th>
              <th scope="col" className="px-2 py-1 font-normal">
                Through in
              </th>
              <th scope="col" className="py-1 pl-2">
                <span className="sr-only">Pause</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {classes.map((row) => (
              <tr key={row.class} className="border-line border-t">
                <th scope="row" className="py-1.5 pr-2 text-left font-normal">
                  {row.class}
                  {row.paused ? <span className="text-late"> paused</span> : null}
                </th>
                <td className="px-2 py-1.5 text-right tabular-nums">{formatCount(row.due)}</td>
                <td className="px-2 py-1.5 text-right tabular-nums">
                  {row.held > 0 ? (
                    <Link
                      href={`/postings?tab=waiting&connection=${connection.id}`}
                      className="text-accent underline-offset-2 hover:underline"
                    >
                      {formatCount(row.held)}
                    </Link>
                  ) : (
                    <span className="text-ink-3">0</span>
                  )}
                </td>
                <td className="px-2 py-1.5">
                  {row.oldest ? <Time at={row.oldest} /> : <span className="text-ink-3">–</span>}
                </td>
                <td className="px-2 py-1.5 text-right tabular-nums">{formatCount(Math.round(row.perMinute))}</td>
                <td className="px-2 py-1.5">
                  {row.due === 0 ? (
                    <span className="text-ink-3">–</span>
                  ) : row.drainSeconds === null ? (
                    <span className="text-ink-2">not moving yet</span>
                  ) : (
                    formatDuration(Math.max(1, row.drainSeconds) * 1000)
                  )}
                </td>
                <td className="py-1 pl-2 text-right">{mayManage ? button(row.class, row.paused) : null}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pace ? (
        <p className="text-ink-2">
          {pace.share >= 1
            ? `Up to ${Math.floor(pace.share)} ${pace.share < 2 ? "call" : "calls"} at once, of ${connection.concurrency} allowed`
            : `One call at once, with rests: ${Math.round(pace.share * 100)} % of the time`}
          {pace.pulseMs !== null && pace.quietMs !== null
            ? `; a page of transfers takes Odoo ${Math.round(pace.pulseMs)} ms, ${Math.round(pace.quietMs)} ms when Waypost is quiet`
            : ""}
          {" ("}
          <Time at={pace.at} />
          {")."}
          {pace.reason ? (
            <span className="block text-ink-3 text-xs">Last slowed down because {pace.reason}.</span>
          ) : null}
        </p>
      ) : null}
    </div>
  );
}
