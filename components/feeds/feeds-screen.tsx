"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Sparkline } from "@/components/charts/sparkline";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { CLASS_WORD } from "@/components/shipments/words";
import { type Column, DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { Mark } from "@/components/ui/mark";
import { formatCount, formatDuration } from "@/components/ui/number";
import { SEVERITY_SHAPE } from "@/components/ui/severity";
import { Time } from "@/components/ui/time";
import { SEVERITIES } from "@/core/exceptions/kinds";
import type { FeedRow } from "./rows";
import { cadenceInWords, HEALTH_SHAPE, WAY_WORD } from "./words";

function HealthBadge({ row, filled }: { row: Pick<FeedRow, "health">; filled?: boolean }) {
  return (
    <Badge tone={row.health.tone} shape={HEALTH_SHAPE[row.health.tone]} filled={filled} title={row.health.why}>
      {row.health.word}
    </Badge>
  );
}

function Figure({ value, href, bad }: { value: number; href: string; bad?: boolean }) {
  if (value === 0) return <span className="text-ink-3">0</span>;
  return (
    <Link
      href={href}
      onClick={(event) => event.stopPropagation()}
      className={cn("underline-offset-2 hover:underline", bad && "text-broken")}
    >
      {formatCount(value)}
    </Link>
  );
}

const columns: Column<FeedRow>[] = [
  {
    id: "health",
    label: "Health",
    width: 120,
    narrowWidth: 118,
    fixed: true,
    cell: (row) => <HealthBadge row={row} />,
  },
  {
    id: "name",
    label: "Feed",
    width: 196,
    narrowWidth: 170,
    grow: true,
    fixed: true,
    cell: (row) => (
      <span title={row.feed.slug}>
        <span className="font-medium">{row.feed.name}</span>
        <span className="text-ink-3"> {CLASS_WORD[row.feed.class]}</span>
      </span>
    ),
  },
  { id: "way", label: "Way in", width: 84, wide: true, hidden: true, cell: (row) => WAY_WORD[row.feed.wayIn] },
  { id: "last", label: "Last message", width: 100, cell: (row) => <Time at={row.lastAt} /> },
  {
    id: "cadence",
    label: "Rhythm",
    width: 168,
    wide: true,
    cell: (row) => (
      <span className="inline-flex items-center gap-2 align-middle">
        <Sparkline
          values={row.hours}
          label={`${formatCount(row.day.received)} messages in 24 hours, by hour`}
          className="h-4 w-16"
        />
        <span className="text-ink-2">{cadenceInWords(row.perMinute, row.day.received)}</span>
      </span>
    ),
  },
  {
    id: "lag",
    label: "Delay, median",
    width: 100,
    align: "right",
    wide: true,
    cell: (row) =>
      row.lag ? (
        <span title={`95 of 100 within ${formatDuration(row.lag.p95)}, from the event to its receipt`}>
          {formatDuration(row.lag.p50)}
        </span>
      ) : (
        <span className="text-ink-3">–</span>
      ),
  },
  {
    id: "day",
    label: "24 h",
    width: 66,
    align: "right",
    wide: true,
    cell: (row) => <Figure value={row.day.received} href={`/feeds/${row.feed.slug}?tab=messages`} />,
  },
  {
    id: "duplicates",
    label: "Duplicates",
    width: 82,
    align: "right",
    wide: true,
    cell: (row) => (
      <span className={row.day.duplicates === 0 ? "text-ink-3" : ""}>{formatCount(row.day.duplicates)}</span>
    ),
  },
  {
    id: "failed",
    label: "Failed",
    width: 62,
    align: "right",
    wide: true,
    cell: (row) => <Figure value={row.day.failed} href={`/feeds/${row.feed.slug}?tab=messages&show=failed`} bad />,
  },
  {
    id: "refused",
    label: "Refused",
    width: 68,
    align: "right",
    wide: true,
    cell: (row) => (
      <span
        className={row.day.rejected === 0 ? "text-ink-3" : "text-broken"}
        title="Deliveries with a wrong signature or key; they are counted and not kept"
      >
        {formatCount(row.day.rejected)}
      </span>
    ),
  },
  {
    id: "waiting",
    label: "Unread",
    width: 64,
    align: "right",
    wide: true,
    cell: (row) => <Figure value={row.waiting} href={`/feeds/${row.feed.slug}?tab=messages&show=waiting`} />,
  },
  {
    id: "words",
    label: "Unmapped",
    width: 78,
    align: "right",
    wide: true,
    cell: (row) => <Figure value={row.unmapped} href={`/feeds/${row.feed.slug}?tab=mapping`} />,
  },
  {
    id: "exceptions",
    label: "Exceptions",
    width: 86,
    align: "right",
    wide: true,
    cell: (row) =>
      row.openExceptions === 0 ? (
        <span className="text-ink-3">0</span>
      ) : (
        <Link
          href={`/exceptions?view=list&feed=${row.feed.id}`}
          onClick={(event) => event.stopPropagation()}
          className="inline-flex items-center gap-1 underline-offset-2 hover:underline"
        >
          <Mark
            shape={SEVERITY_SHAPE[SEVERITIES[row.worst ?? 3] ?? "low"]}
            className={INK[SEVERITIES[row.worst ?? 3] ?? "low"]}
          />
          {formatCount(row.openExceptions)}
        </Link>
      ),
  },
  { id: "owner", label: "Owner", width: 120, wide: true, hidden: true, cell: (row) => row.feed.owner ?? "–" },
];

const INK = { critical: "text-critical", high: "text-high", medium: "text-medium", low: "text-low" } as const;

export function FeedsScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const mayManage = useMay("feeds:manage");
  const list = useQuery({ ...trpc.feeds.list.queryOptions(), refetchInterval: 20_000 });
  useLive(["feeds"], () => void queries.invalidateQueries(trpc.feeds.list.queryFilter()), 4_000);
  const detection = useQuery(trpc.feeds.detection.queryOptions());
  const { meanMs = null, count = 0 } = detection.data ?? {};
  const noticed =
    meanMs === null
      ? ""
      : `; a silent feed was noticed after ${formatDuration(meanMs)} on average (${formatCount(count)} in 30 days)`;
  const rows = list.data ?? [];
  const troubled = rows.filter((row) => row.health.tone === "broken" || row.health.tone === "late").length;
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <PageHeader
        title="Feeds"
        note={
          list.data && rows.length > 0
            ? troubled === 0
              ? `All are well${noticed}`
              : `${troubled} of ${rows.length} need a look${noticed}`
            : undefined
        }
        actions={
          mayManage ? (
            <Button variant="primary" asChild>
              <Link href="/feeds/new">New feed</Link>
            </Button>
          ) : null
        }
      />
      <DataTable
        name="feeds"
        label="Feeds"
        columns={columns}
        rows={rows}
        rowId={(row) => String(row.feed.id)}
        loading={list.isPending}
        error={list.error}
        onRetry={() => void list.refetch()}
        onActivate={(row) => router.push(`/feeds/${row.feed.slug}`)}
        total={list.data?.length}
        noun={["feed", "feeds"]}
        rowTone={(row) => (row.feed.state === "active" ? undefined : "muted")}
        empty={
          <EmptyState
            title="No feeds yet"
            action={
              mayManage ? (
                <Button variant="primary" asChild>
                  <Link href="/feeds/new">Make the first feed</Link>
                </Button>
              ) : undefined
            }
          >
            A feed is one outside system: a carrier's webhook, a warehouse's export. An Odoo connection makes its own.
          </EmptyState>
        }
      />
    </div>
  );
}

export { HealthBadge };
