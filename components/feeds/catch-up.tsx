"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { formatCount, formatDuration } from "@/components/ui/number";
import { Fact, Facts } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { CatchUpDialog } from "./catch-up-dialog";
import type { CatchUp, FeedDetail } from "./rows";

const DAY_MS = 86_400_000;

/** How a feed of webhooks gets what its source did not send: where the source is asked, how that went, what it brought. */
export function CatchUpPart({ feed }: { feed: FeedDetail["feed"] }) {
  const trpc = useTRPC();
  const mayManage = useMay("feeds:manage");
  const [open, setOpen] = useState<"settings" | "ask" | "end" | null>(null);
  const got = useQuery({ ...trpc.feeds.catchUp.queryOptions({ id: feed.id }), refetchInterval: 10_000 });
  const done = () => {
    setOpen(null);
    void got.refetch();
  };
  if (got.error) return <p className="text-broken">{got.error.message}</p>;
  if (got.data === undefined) return <SkeletonLines lines={3} />;
  const now = got.data;
  return (
    <>
      {now === null ? (
        <p className="max-w-[60ch] text-ink-2">
          A webhook that never comes is lost, unless its source is asked. Say where, and Waypost asks now and then,
          fetches what is missing, marks it as recovered, and tells of it.
        </p>
      ) : (
        <Told feed={feed} catchUp={now} />
      )}
      {mayManage ? (
        <p className="mt-3 flex flex-wrap gap-2">
          <Button onClick={() => setOpen("settings")}>{now === null ? "Ask its source" : "Change"}</Button>
          {now === null ? null : (
            <>
              <Button onClick={() => setOpen("ask")} disabled={feed.state !== "active"}>
                Ask now
              </Button>
              <Button variant="quiet" onClick={() => setOpen("end")}>
                Ask no more
              </Button>
            </>
          )}
        </p>
      ) : null}
      {open === "settings" ? (
        <CatchUpDialog feed={feed} catchUp={now} onDone={done} onClose={() => setOpen(null)} />
      ) : null}
      {open === "ask" && now ? (
        <AskDialog feed={feed} catchUp={now} onDone={done} onClose={() => setOpen(null)} />
      ) : null}
      {open === "end" ? <EndDialog feed={feed} onDone={done} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function Told({ feed, catchUp }: { feed: FeedDetail["feed"]; catchUp: CatchUp }) {
  const { settings } = catchUp;
  const messages = `/feeds/${feed.slug}?tab=messages&show=recovered`;
  return (
    <Facts>
      <Fact name="Asked">
        <span className="break-all">{hostOf(settings.url)}</span>, every{" "}
        {formatDuration(settings.everyMinutes * 60_000)}
        {catchUp.keyHint === null || settings.header === null ? null : (
          <span className="text-ink-3">
            , key <span className="font-mono text-[12px]">…{catchUp.keyHint}</span>
          </span>
        )}
      </Fact>
      <Fact name="Last asked">
        {catchUp.askedAt === null ? (
          "not yet"
        ) : (
          <>
            <Time at={catchUp.askedAt} show="both" />{" "}
            {catchUp.lastError === null ? (
              <Badge tone="ok" shape="check">
                answered
              </Badge>
            ) : (
              <Badge tone="broken" shape="cross">
                failed {catchUp.failures === 1 ? "once" : `${formatCount(catchUp.failures)} times in a row`}
              </Badge>
            )}
          </>
        )}
        {catchUp.lastError === null ? null : <span className="block text-broken">{catchUp.lastError}</span>}
      </Fact>
      {catchUp.askedAt !== null && catchUp.lastError === null ? (
        <Fact name="It brought">
          {formatCount(catchUp.found)} {catchUp.found === 1 ? "update" : "updates"}, {formatCount(catchUp.stored)} not
          stored before;{" "}
          {catchUp.countAt !== null ? (
            "what was missed is being counted"
          ) : catchUp.recovered === 0 ? (
            "nothing had been missed"
          ) : (
            <Link href={messages} className="text-late underline-offset-2 hover:underline">
              {formatCount(catchUp.recovered)} {catchUp.recovered === 1 ? "event" : "events"} recovered
            </Link>
          )}
        </Fact>
      ) : null}
      <Fact name="Recovered so far">
        {catchUp.recoveredEver === 0 ? (
          "nothing"
        ) : (
          <Link href={messages} className="text-accent underline-offset-2 hover:underline">
            {formatCount(catchUp.recoveredEver)} {catchUp.recoveredEver === 1 ? "event" : "events"}
          </Link>
        )}
      </Fact>
      <Fact name="Next">
        {feed.state === "active" ? <Time at={catchUp.nextAt} show="both" /> : `when the feed is ${feed.state} no more`}
      </Fact>
    </Facts>
  );
}

function hostOf(url: string): string {
  const found = /^https?:\/\/([^/?#]+)/.exec(url);
  return found?.[1] ?? url;
}

type Shut = { onDone: () => void; onClose: () => void };

function AskDialog({ feed, catchUp, onDone, onClose }: { feed: FeedDetail["feed"]; catchUp: CatchUp } & Shut) {
  const trpc = useTRPC();
  const [day, setDay] = useState("");
  const ask = useMutation(
    trpc.feeds.askNow.mutationOptions({
      onSuccess: () => {
        toast.success("It is asked within seconds");
        onDone();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const from = day === "" ? null : new Date(`${day}T00:00:00Z`);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Ask the source of ${feed.name}`}
      description={
        catchUp.askedThrough === null
          ? "It is asked for the last day, or from the day below."
          : `It is asked for what changed since ${formatDuration(catchUp.settings.overlapMinutes * 60_000)} before the last asking, or from the day below.`
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={ask.isPending} onClick={() => ask.mutate({ id: feed.id, from })}>
            Ask now
          </Button>
        </>
      }
    >
      <Field label="From (UTC)" hint="Empty: as usual. What is known already is not taken twice.">
        {(control) => (
          <Input
            {...control}
            type="date"
            className="w-44"
            value={day}
            max={new Date(Date.now()).toISOString().slice(0, 10)}
            min={new Date(Date.now() - 3_650 * DAY_MS).toISOString().slice(0, 10)}
            onChange={(event) => setDay(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}

function EndDialog({ feed, onDone, onClose }: { feed: FeedDetail["feed"] } & Shut) {
  const trpc = useTRPC();
  const end = useMutation(
    trpc.feeds.endCatchUp.mutationOptions({ onSuccess: onDone, onError: (error) => toast.error(error.message) }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Ask its source no more"
      description={`A webhook of ${feed.name} that does not come stays unknown from then on. What was recovered stays. The key is forgotten.`}
      footer={
        <>
          <Button onClick={onClose}>Keep asking</Button>
          <Button variant="danger" busy={end.isPending} onClick={() => end.mutate({ id: feed.id })}>
            Ask no more
          </Button>
        </>
      }
    />
  );
}
