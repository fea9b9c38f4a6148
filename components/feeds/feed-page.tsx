"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { type ReactNode, useState } from "react";
import { Sparkline } from "@/components/charts/sparkline";
import { MappingEditor } from "@/components/crosswalks/mapping-editor";
import { DegradedButton } from "@/components/degraded/start-dialog";
import { MessageLog } from "@/components/messages/message-log";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { useMay } from "@/components/shell/viewer";
import { CLASS_WORD } from "@/components/shipments/words";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Identifier } from "@/components/ui/identifier";
import { formatBytes, formatCount, formatDuration } from "@/components/ui/number";
import { Fact, Facts } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { CatchUpPart } from "./catch-up";
import { FeedSecrets } from "./feed-secrets";
import { FeedSettings } from "./feed-settings";
import { HealthBadge } from "./feeds-screen";
import type { FeedDetail } from "./rows";
import { SampleSender } from "./sample-sender";
import { cadenceInWords, VERIFY_WORD, WAY_WORD } from "./words";

const TABS = ["overview", "messages", "mapping", "settings"] as const;

export function FeedPage({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const got = useQuery({ ...trpc.feeds.get.queryOptions({ slug }), refetchInterval: 20_000 });
  useLive(["feeds"], () => void queries.invalidateQueries(trpc.feeds.get.queryFilter({ slug })), 4_000);
  if (got.error)
    return (
      <ErrorState title="This feed could not be read" error={got.error} onRetry={() => void got.refetch()}>
        <Link href="/feeds" className="text-accent underline-offset-2 hover:underline">
          All feeds
        </Link>
      </ErrorState>
    );
  if (!got.data)
    return (
      <div className="p-4">
        <SkeletonLines lines={10} />
      </div>
    );
  return <Loaded detail={got.data} onChanged={() => void queries.invalidateQueries(trpc.feeds.pathFilter())} />;
}

function Loaded({ detail, onChanged }: { detail: FeedDetail; onChanged: () => void }) {
  const { feed, unmapped } = detail;
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(TABS).withDefault("overview"));
  const mayMap = useMay("crosswalks:read");
  const tabs: { value: (typeof TABS)[number]; label: string; count?: number | null }[] = [
    { value: "overview", label: "Overview" },
    { value: "messages", label: "Messages" },
    ...(mayMap ? [{ value: "mapping" as const, label: "Mapping", count: unmapped === 0 ? null : unmapped }] : []),
    ...(feed.adapter === "odoo" ? [] : [{ value: "settings" as const, label: "Settings" }]),
  ];
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <header className="flex shrink-0 flex-wrap items-end gap-x-4 gap-y-2 px-4 pt-3 pb-2">
        <div className="min-w-0">
          <Link href="/feeds" className="inline-flex items-center gap-1 text-ink-3 text-xs hover:text-ink">
            <ArrowLeft className="size-3" aria-hidden />
            Feeds
          </Link>
          <h1 className="break-words font-semibold text-xl tracking-tight">{feed.name}</h1>
        </div>
        <span className="flex flex-wrap items-center gap-x-3 pb-1">
          <HealthBadge row={detail} filled />
          <span className="text-ink-2">{detail.health.why}</span>
        </span>
        <span className="ml-auto flex gap-2">
          <DegradedButton about={{ feed }} />
          <PauseButton detail={detail} onChanged={onChanged} />
        </span>
      </header>
      <nav aria-label="Parts of the feed" className="flex shrink-0 gap-4 overflow-x-auto border-line border-b px-4">
        {tabs.map((one) => (
          <button
            key={one.value}
            type="button"
            aria-current={one.value === tab ? "page" : undefined}
            onClick={() => void setTab(one.value)}
            className={cn(
              "-mb-px whitespace-nowrap border-transparent border-b-2 px-0.5 py-2 text-ink-2 text-sm hover:text-ink",
              one.value === tab && "border-accent font-medium text-ink",
            )}
          >
            {one.label}
            {one.count == null ? null : <span className="ml-1.5 text-ink-3 text-xs">{formatCount(one.count)}</span>}
          </button>
        ))}
      </nav>
      {tab === "overview" ? <Overview detail={detail} onChanged={onChanged} /> : null}
      {tab === "messages" ? <MessageLog feedId={feed.id} /> : null}
      {tab === "mapping" && mayMap ? (
        <MappingEditor feedId={feed.id} slug={feed.slug} version={feed.mappingVersion} />
      ) : null}
      {tab === "settings" ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <FeedSettings key={feed.updatedAt.getTime()} detail={detail} onChanged={onChanged} />
        </div>
      ) : null}
    </div>
  );
}

function PauseButton({ detail: { feed }, onChanged }: { detail: FeedDetail; onChanged: () => void }) {
  const trpc = useTRPC();
  const mayManage = useMay("feeds:manage");
  const [asking, setAsking] = useState(false);
  const after = {
    onSuccess: () => {
      setAsking(false);
      onChanged();
    },
    onError: (error: { message: string }) => toast.error(error.message),
  };
  const pause = useMutation(trpc.feeds.pause.mutationOptions(after));
  const resume = useMutation(trpc.feeds.resume.mutationOptions(after));
  if (!mayManage || feed.state === "archived") return null;
  if (feed.state === "paused")
    return (
      <Button variant="primary" busy={resume.isPending} onClick={() => resume.mutate({ id: feed.id })}>
        Resume
      </Button>
    );
  return (
    <>
      <Button onClick={() => setAsking(true)}>Pause</Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={`Pause ${feed.name}`}
        description={
          feed.wayIn === "push"
            ? "Its door answers 409 to every delivery until it is resumed; most senders try again for a while and then give up. What was received is still read."
            : feed.wayIn === "file"
              ? "Files stay in its folder until it is resumed. What was received is still read."
              : "Nothing is read from its source until it is resumed. What was received is still read."
        }
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Keep it going</Button>
            <Button variant="danger" busy={pause.isPending} onClick={() => pause.mutate({ id: feed.id })}>
              Pause
            </Button>
          </>
        }
      />
    </>
  );
}

function Overview({ detail, onChanged }: { detail: FeedDetail; onChanged: () => void }) {
  const { feed, day, lag } = detail;
  const mayManage = useMay("feeds:manage");
  const maySecrets = useMay("feeds:secrets");
  const messages = `/feeds/${feed.slug}?tab=messages`;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="grid lg:grid-cols-2">
        <div className="min-w-0 border-line lg:border-r">
          <Part title="The last 24 hours">
            <Sparkline
              values={detail.hours}
              label={`${formatCount(day.received)} messages in 24 hours, by hour, the newest at the right`}
              className="mb-3 h-14 w-full"
            />
            <dl className="grid grid-cols-3 gap-x-4 gap-y-3 sm:grid-cols-6">
              <Figure name="Received" value={day.received} href={messages} />
              <Figure name="Events" value={day.events} />
              <Figure
                name="Duplicates"
                value={day.duplicates}
                hint="The same bytes came again; they got the first one's receipt"
              />
              <Figure name="Failed" value={day.failed} href={`${messages}&show=failed`} bad />
              <Figure
                name="Refused"
                value={day.rejected}
                bad
                hint="Wrong signature or key; they are counted and not kept"
              />
              <Figure name="Throttled" value={day.limited} bad hint="Told to come back later (429)" />
            </dl>
          </Part>
          <Part title="How it does">
            <Facts>
              <Fact name="Last message">
                <Time at={detail.lastAt} show="both" />
              </Fact>
              <Fact name="Rhythm">{cadenceInWords(detail.perMinute, day.received)}</Fact>
              <Fact name="Silent after">
                {feed.silenceMinutes === null
                  ? "told from its own rhythm"
                  : formatDuration(feed.silenceMinutes * 60_000)}
              </Fact>
              <Fact name="Delay at the source">
                {lag
                  ? `half within ${formatDuration(lag.p50)}, 95 of 100 within ${formatDuration(lag.p95)}, from the event to its receipt`
                  : "not known yet"}
              </Fact>
              <Fact name="Unread">
                {detail.waiting === 0 ? (
                  "nothing waits"
                ) : (
                  <Link href={`${messages}&show=waiting`} className="text-accent underline-offset-2 hover:underline">
                    {formatCount(detail.waiting)} wait, the oldest since <Time at={detail.oldestWaiting} />
                  </Link>
                )}
              </Fact>
              <Fact name="Exceptions">
                {detail.openExceptions === 0 ? (
                  "none open"
                ) : (
                  <Link
                    href={`/exceptions?view=list&feed=${feed.id}`}
                    className="text-accent underline-offset-2 hover:underline"
                  >
                    {formatCount(detail.openExceptions)} open
                  </Link>
                )}
              </Fact>
              <Fact name="Unmapped words">
                {detail.unmapped === 0 ? (
                  "none"
                ) : (
                  <Link
                    href={`/feeds/${feed.slug}?tab=mapping`}
                    className="text-accent underline-offset-2 hover:underline"
                  >
                    {formatCount(detail.unmapped)} to map
                  </Link>
                )}
              </Fact>
            </Facts>
          </Part>
          {mayManage && feed.state === "active" ? (
            <Part title="Try it">
              <SampleSender feedId={feed.id} wayIn={feed.wayIn} />
            </Part>
          ) : null}
          {feed.wayIn === "file" ? (
            <Part title="Files">
              <Files feedId={feed.id} />
            </Part>
          ) : null}
        </div>
        <div className="min-w-0">
          <Part title="What it is">
            <Facts>
              <Fact name="Class">{CLASS_WORD[feed.class]}</Fact>
              <Fact name="Speaks">{feed.adapter}</Fact>
              <Fact name="Way in">{WAY_WORD[feed.wayIn]}</Fact>
              {detail.url ? (
                <Fact name="Address">
                  <Identifier value={detail.url} max={64} />
                </Fact>
              ) : null}
              {feed.folder ? (
                <Fact name="Folder">
                  <Identifier value={feed.folder.startsWith("/") ? feed.folder : `folders/${feed.folder}`} max={64} />
                </Fact>
              ) : null}
              <Fact name="Proof">{VERIFY_WORD[feed.verify].word}</Fact>
              <Fact name="Zone">{feed.zone ?? "not set: times without an offset are taken as UTC"}</Fact>
              {feed.wayIn === "push" ? (
                <Fact name="Limits">
                  {formatCount(feed.ratePerSecond)} a second, {formatCount(feed.rateBurst)} at once,{" "}
                  {formatBytes(feed.maxBytes)} a message
                </Fact>
              ) : null}
              <Fact name="Mapping">version {feed.mappingVersion}</Fact>
              <Fact name="Owner">{feed.owner ?? "–"}</Fact>
              <Fact name="Made">
                <Time at={feed.createdAt} show="both" />
              </Fact>
            </Facts>
          </Part>
          {feed.wayIn === "push" && feed.adapter !== "odoo" ? (
            <Part title="What was missed">
              <CatchUpPart feed={feed} />
            </Part>
          ) : null}
          {feed.verify !== "none" && (maySecrets || mayManage) ? (
            <Part title="Secrets">
              <FeedSecrets detail={detail} onChanged={onChanged} />
            </Part>
          ) : null}
        </div>
      </div>
    </div>
  );
}

function Figure({
  name,
  value,
  href,
  bad,
  hint,
}: {
  name: string;
  value: number;
  href?: string;
  bad?: boolean;
  hint?: string;
}) {
  const text = (
    <span className={cn("font-semibold text-base", bad && value > 0 && "text-broken")}>{formatCount(value)}</span>
  );
  return (
    <div title={hint}>
      <dt className="text-ink-3 text-xs">{name}</dt>
      <dd>
        {href ? (
          <Link href={href} className="underline-offset-2 hover:underline">
            {text}
          </Link>
        ) : (
          text
        )}
      </dd>
    </div>
  );
}

function Files({ feedId }: { feedId: number }) {
  const trpc = useTRPC();
  const files = useQuery(trpc.feeds.files.queryOptions({ id: feedId }));
  if (files.error) return <p className="text-broken">{files.error.message}</p>;
  if (!files.data) return <SkeletonLines lines={3} />;
  if (files.data.length === 0) return <p className="text-ink-3">No file has come yet.</p>;
  return (
    <ul className="flex flex-col">
      {files.data.slice(0, 20).map((file) => (
        <li
          key={`${file.name} ${file.digest}`}
          className="flex flex-wrap items-baseline gap-x-3 border-line border-b py-1.5 last:border-b-0"
        >
          <Badge tone={file.state === "taken" ? "ok" : "broken"} shape={file.state === "taken" ? "check" : "cross"}>
            {file.state === "taken" ? "Taken" : "Refused"}
          </Badge>
          {file.messageId ? (
            <Link href={`/messages/${file.messageId}`} className="min-w-0 truncate underline-offset-2 hover:underline">
              {file.name}
            </Link>
          ) : (
            <span className="min-w-0 truncate">{file.name}</span>
          )}
          <span className="ml-auto text-ink-3 text-xs">
            {formatBytes(file.size)}, <Time at={file.seenAt} />
          </span>
          {file.why ? <span className="w-full break-words text-ink-2">{file.why}</span> : null}
        </li>
      ))}
    </ul>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-line border-b px-4 py-3">
      <h2 className="mb-2 font-semibold text-base">{title}</h2>
      {children}
    </section>
  );
}
