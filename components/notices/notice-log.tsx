"use client";
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import Link from "next/link";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { NOTICE_STATES } from "@/core/notices/occasions";
import { NOTICE_REASON_WORD, NOTICE_STATE_WORD, OCCASION_WORD } from "@/core/notices/words";
import { NoticeBadge } from "./notice-badge";
import type { NoticesStanding } from "./notices-screen";

const ALL = "all";

/** The last day in numbers, and the newest 100 messages with what became of each. */
export function NoticeLog({ counts }: Pick<NoticesStanding, "counts">) {
  const trpc = useTRPC();
  const [state, setState] = useQueryState("state", parseAsStringLiteral(NOTICE_STATES));
  const log = useQuery({ ...trpc.notices.log.queryOptions({ state }), refetchInterval: 15_000 });
  return (
    <div className="flex max-w-5xl flex-col gap-4">
      <dl aria-label="The last 24 hours" className="flex flex-wrap gap-x-8 gap-y-2">
        {NOTICE_STATES.map((one) => (
          <div key={one}>
            <dt className="text-ink-3 text-xs">{NOTICE_STATE_WORD[one]}, last 24 h</dt>
            <dd className="text-lg tabular-nums">{formatCount(counts[one])}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap items-center gap-2">
        <Select
          aria-label="State"
          value={state ?? ALL}
          onChange={(next) => void setState(next === ALL ? null : next)}
          choices={[
            { value: ALL, label: "All states" },
            ...NOTICE_STATES.map((value) => ({ value, label: NOTICE_STATE_WORD[value] })),
          ]}
          className="w-40"
        />
        <Button asChild>
          <a href={`/settings/notices/export${state ? `?state=${state}` : ""}`} download>
            <Download className="size-3.5" aria-hidden /> CSV
          </a>
        </Button>
        <span className="text-ink-3 text-xs">The newest 100; the file has all.</span>
      </div>
      {log.error ? (
        <ErrorState title="The log could not be read" error={log.error} onRetry={() => void log.refetch()} />
      ) : !log.data ? (
        <SkeletonLines lines={8} />
      ) : log.data.length === 0 ? (
        <EmptyState title={state ? "None in this state" : "Nobody was told anything yet"}>
          What customers are told stands here, and what they were not told with the reason.
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keys
        <div tabIndex={0} className="overflow-x-auto">
          <table className="w-full min-w-[720px] text-sm">
            <thead>
              <tr className="text-left text-ink-3 text-xs">
                {["Event received", "Shipment", "Occasion", "State", "Why", "To"].map((name) => (
                  <th key={name} scope="col" className="py-1 pr-3 font-normal">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {log.data.map((row) => (
                <tr key={row.id} className="border-line border-t">
                  <td className="whitespace-nowrap py-1.5 pr-3">
                    <Time at={row.receivedAt} />
                  </td>
                  <td className="py-1.5 pr-3">
                    <Link
                      href={`/shipments/${row.shipmentId}`}
                      className="text-accent underline-offset-2 hover:underline"
                    >
                      {row.shipment ?? "gone"}
                    </Link>
                  </td>
                  <td className="whitespace-nowrap py-1.5 pr-3">{OCCASION_WORD[row.occasion]}</td>
                  <td className="py-1.5 pr-3">
                    <NoticeBadge state={row.state} />
                  </td>
                  <td className="py-1.5 pr-3 text-ink-2">
                    {row.reason ? NOTICE_REASON_WORD[row.reason] : ""}
                    {row.state === "planned" ? (
                      <>
                        {row.reason ? "; next try " : "Next try "}
                        <Time at={row.dueAt} />
                      </>
                    ) : null}
                  </td>
                  <td className="py-1.5">{row.address ?? ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
