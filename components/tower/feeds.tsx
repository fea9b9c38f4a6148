import Link from "next/link";
import { Sparkline } from "@/components/charts/sparkline";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { FLOW_SHAPE, FLOW_TONE, FLOW_WORD } from "@/components/ui/flow";
import { Mark } from "@/components/ui/mark";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { Part } from "./part";
import type { Overview } from "./types";

/** Each feed: how it is, when it spoke last, how much of it could be read. */
export function Feeds({ feeds, className }: { feeds: NonNullable<Overview["feeds"]>; className?: string }) {
  return (
    <Part title="Feeds" href="/feeds" aside="last 24 hours" className={className}>
      {feeds.length === 0 ? (
        <EmptyState title="No feed yet" className="py-4">
          <p>Set up the first source of messages under Feeds.</p>
        </EmptyState>
      ) : (
        <div className="overflow-x-auto pb-2">
          <table className="w-full min-w-[520px]">
            <thead>
              <tr className="text-left text-ink-3 text-xs">
                <th className="py-1 pl-4 font-normal">Feed</th>
                <th className="py-1 font-normal">Last message</th>
                <th className="py-1 font-normal">By hour</th>
                <th className="py-1 text-right font-normal">Received</th>
                <th className="py-1 text-right font-normal">Duplicate</th>
                <th className="py-1 pr-4 text-right font-normal">Unreadable</th>
              </tr>
            </thead>
            <tbody>
              {feeds.map((feed) => (
                <tr key={feed.id} className="border-line border-t hover:bg-sunken">
                  <td className="py-1.5 pl-4">
                    <Link
                      href={`/feeds/${feed.slug}`}
                      title={feed.lamp.words}
                      className={cn("inline-flex items-center gap-1.5", FLOW_TONE[feed.lamp.flow])}
                    >
                      <Mark shape={FLOW_SHAPE[feed.lamp.flow]} />
                      <span className="text-ink underline-offset-2 hover:underline">{feed.name}</span>
                      <span className={feed.lamp.flow === "ok" ? "sr-only" : "text-xs"}>
                        {feed.silent
                          ? "silent"
                          : feed.refused
                            ? "sender refused"
                            : feed.state === "paused"
                              ? "paused"
                              : FLOW_WORD[feed.lamp.flow]}
                      </span>
                    </Link>
                  </td>
                  <td className="py-1.5 text-ink-2">
                    <Time at={feed.lastAt} />
                  </td>
                  <td className="py-1.5">
                    <Sparkline
                      values={feed.hours}
                      label={`${formatCount(feed.received)} messages in 24 hours, by hour`}
                    />
                  </td>
                  <td className="py-1.5 text-right">{formatCount(feed.received)}</td>
                  <td className="py-1.5 text-right text-ink-2">{formatCount(feed.duplicates)}</td>
                  <td className={cn("py-1.5 pr-4 text-right", feed.failed > 0 ? "text-late" : "text-ink-2")}>
                    {feed.failed > 0 ? (
                      <Link href={`/feeds/${feed.slug}?show=failed`} className="underline-offset-2 hover:underline">
                        {formatCount(feed.failed)}
                      </Link>
                    ) : (
                      0
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Part>
  );
}
