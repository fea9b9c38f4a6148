"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { Diff } from "@/components/diff/diff";
import { OdooRecord } from "@/components/odoo/odoo-record";
import { ProofDialog } from "@/components/proof/proof-dialog";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Identifier } from "@/components/ui/identifier";
import { formatDuration } from "@/components/ui/number";
import { Fact, Facts, Section, SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { CANCELLABLE, REPOSTABLE } from "@/core/postings/filter";
import { HOLD_WORD } from "@/core/postings/hold-words";
import { CheckList, EnrichedList } from "./explained";
import { postingRows } from "./fields";
import { HoldWords } from "./hold-words";
import { PostingBadge } from "./posting-badge";
import { CancelDialog, RepostOneDialog } from "./repost-dialog";
import type { PostingDetail } from "./rows";
import { POSTING_KIND_WORD } from "./words";

/** One posting: what it changes, why it waits or failed, every attempt with Odoo's own words. */
export function PostingPanel({
  id,
  onClose,
  onWalk,
}: {
  id: string;
  onClose: () => void;
  onWalk?: (step: 1 | -1) => void;
}) {
  const trpc = useTRPC();
  const got = useQuery(trpc.postings.get.queryOptions({ id }));
  return (
    <SidePanel
      label="Posting"
      onClose={onClose}
      onWalk={onWalk}
      header={got.data ? <Head detail={got.data} /> : got.error ? null : <SkeletonLines lines={2} />}
    >
      {got.error ? (
        <ErrorState title="This posting could not be read" error={got.error} onRetry={() => void got.refetch()} />
      ) : got.data ? (
        <Body key={got.data.posting.id} detail={got.data} onChanged={() => void got.refetch()} />
      ) : (
        <div className="p-4">
          <SkeletonLines lines={9} />
        </div>
      )}
    </SidePanel>
  );
}

function Head({ detail: { posting } }: { detail: PostingDetail }) {
  return (
    <div className="flex flex-col gap-0.5">
      <div className="flex flex-wrap items-center gap-x-3">
        <PostingBadge state={posting.state} />
        <span className="text-ink-3 text-xs">
          changed <Time at={posting.updatedAt} />
        </span>
      </div>
      <h2 className="truncate font-semibold text-base leading-snug">
        {POSTING_KIND_WORD[posting.kind]}
        <span className="font-normal text-ink-2"> on {posting.recordName ?? `picking ${posting.recordId}`}</span>
      </h2>
    </div>
  );
}

function Body({ detail, onChanged }: { detail: PostingDetail; onChanged: () => void }) {
  const { posting, attempts, odooLink, explained } = detail;
  const mayRepost = useMay("postings:repost");
  const [asking, setAsking] = useState<"repost" | "cancel" | null>(null);
  const [proving, prove] = useQueryState("proof", parseAsBoolean.withDefault(false));
  const can = (states: readonly string[]) => mayRepost && states.includes(posting.state);
  const done = posting.postedAt !== null;
  return (
    <>
      <div className="flex flex-col gap-3 border-line border-b px-4 py-3">
        <Standing posting={posting} />
        <div className="flex flex-wrap gap-2">
          {can(REPOSTABLE) ? (
            <Button variant="primary" onClick={() => setAsking("repost")}>
              Post again
            </Button>
          ) : null}
          {can(CANCELLABLE) ? <Button onClick={() => setAsking("cancel")}>Cancel</Button> : null}
          <Button onClick={() => void prove(true)}>Proof</Button>
        </div>
      </div>
      <Section title="What it changes in Odoo">
        <Diff
          rows={postingRows(posting.before, posting.after ?? posting.desired)}
          oldTitle="Before"
          newTitle={done ? "Posted" : "To be posted"}
          label="Before and after"
        />
      </Section>
      <Section title={done ? "Checks, as they stand now" : "Checks before it is posted"}>
        <CheckList checks={explained.checks} />
      </Section>
      <Section title="Where its values come from">
        <EnrichedList fields={explained.fields} />
      </Section>
      <Section title={attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts`}>
        <Attempts attempts={attempts} />
      </Section>
      <Section title="Where">
        <Facts>
          {posting.invoiceId ? (
            <Fact name="Freight bill">
              <Link
                href={`/freight?tab=all&id=${posting.invoiceId}`}
                className="text-accent underline-offset-2 hover:underline"
              >
                {posting.recordName ?? posting.invoiceId.slice(-8)}
              </Link>
            </Fact>
          ) : (
            <Fact name="Shipment">
              <Link
                href={`/shipments/${posting.shipmentId}`}
                className="text-accent underline-offset-2 hover:underline"
              >
                {posting.shipmentName ?? posting.shipmentId.slice(-8)}
              </Link>
            </Fact>
          )}
          <Fact name="Odoo record">
            <OdooRecord link={odooLink} name={posting.recordName ?? `${posting.recordModel} ${posting.recordId}`} />
          </Fact>
          <Fact name="Connection">{posting.connection}</Fact>
          {posting.messageId ? (
            <Fact name="Asked for by">
              <Link href={`/messages/${posting.messageId}`} className="text-accent underline-offset-2 hover:underline">
                a message
              </Link>
              {posting.receivedAt ? (
                <>
                  , received <Time at={posting.receivedAt} />
                </>
              ) : null}
            </Fact>
          ) : null}
          {posting.receivedAt && posting.postedAt ? (
            <Fact name="Took">
              {formatDuration(posting.postedAt.getTime() - posting.receivedAt.getTime())} from receipt to Odoo
            </Fact>
          ) : null}
        </Facts>
      </Section>
      <Section title="Details">
        <Facts>
          <Fact name="Key">
            <Identifier value={posting.key} max={44} />
          </Fact>
          {posting.correlationId ? (
            <Fact name="Correlation">
              <Identifier value={posting.correlationId} max={44} />
            </Fact>
          ) : null}
          <Fact name="Sort">{posting.level ? "Level: the newest replaces those that wait" : "Edge: happens once"}</Fact>
          <Fact name="Planned">
            <Time at={posting.createdAt} show="both" />
          </Fact>
          {posting.sentAt ? (
            <Fact name="Sent">
              <Time at={posting.sentAt} show="both" />
            </Fact>
          ) : null}
          {posting.postedAt ? (
            <Fact name="Posted">
              <Time at={posting.postedAt} show="both" />
            </Fact>
          ) : null}
          {posting.verifiedAt ? (
            <Fact name="Read back">
              <Time at={posting.verifiedAt} show="both" />
            </Fact>
          ) : null}
          <Fact name="Id">
            <Identifier value={posting.id} max={44} />
          </Fact>
        </Facts>
      </Section>
      {proving ? (
        <ProofDialog
          subject={{ kind: "posting", id: posting.id }}
          title={done ? "Why does Odoo hold this?" : "Why is this to be posted?"}
          onClose={() => void prove(null, { history: "replace" })}
        />
      ) : null}
      {asking === "repost" ? (
        <RepostOneDialog
          id={posting.id}
          onClose={() => {
            setAsking(null);
            onChanged();
          }}
        />
      ) : null}
      {asking === "cancel" ? (
        <CancelDialog
          target={{ ids: [posting.id] }}
          count={1}
          onClose={() => setAsking(null)}
          onDone={() => {
            setAsking(null);
            onChanged();
          }}
        />
      ) : null}
    </>
  );
}

/** Why it stands where it stands, and what happens next. */
function Standing({ posting }: Pick<PostingDetail, "posting">) {
  if (posting.state === "held" && posting.heldBecause) {
    const hold = HOLD_WORD[posting.heldBecause];
    return (
      <p>
        <span className="font-medium">
          <HoldWords row={posting} />.
        </span>{" "}
        <span className="text-ink-2">{hold.ends}</span>
      </p>
    );
  }
  if (posting.state === "planned")
    return (
      <p className="text-ink-2">
        Goes out <Time at={posting.dueAt} />, after those before it for this record.
        {posting.lastReason ? <span className="block break-words">{posting.lastReason}</span> : null}
      </p>
    );
  if (posting.state === "unconfirmed")
    return (
      <p className="text-ink-2">
        <span className="font-medium text-ink">It was sent and no answer came.</span> Odoo is read before anything is
        sent again, next <Time at={posting.dueAt} />. {posting.lastReason}
      </p>
    );
  if (posting.lastReason)
    return (
      <p className="break-words">
        {posting.state === "rejected" || posting.state === "dead" ? (
          <span className="font-medium">Odoo says: </span>
        ) : null}
        {posting.lastReason}
      </p>
    );
  return (
    <p className="text-ink-2">{posting.verifiedAt ? "Odoo was read back and holds it." : "Nothing needs doing."}</p>
  );
}

const PURPOSE = { send: "Sent", look_up: "Looked up", verify: "Read back" } as const;
const OUTCOME_TONE: Readonly<Record<string, "ok" | "broken" | "late">> = {
  accepted: "ok",
  holds: "ok",
  rejected: "broken",
  impossible: "broken",
};

const isEmpty = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0);

function Attempts({ attempts }: Pick<PostingDetail, "attempts">) {
  if (attempts.length === 0) return <p className="text-ink-3">Nothing has been sent to Odoo for it.</p>;
  return (
    <ol className="flex flex-col">
      {attempts.map((attempt) => {
        const tone = attempt.outcome === null ? "late" : (OUTCOME_TONE[attempt.outcome] ?? "late");
        return (
          <li key={attempt.id} className="flex flex-col gap-1 border-line border-b py-2 last:border-b-0">
            <span className="flex flex-wrap items-center gap-x-2">
              <span className="font-medium">{PURPOSE[attempt.purpose]}</span>
              <Badge tone={tone} shape={tone === "ok" ? "check" : tone === "broken" ? "cross" : "clock"}>
                {attempt.outcome ?? "no answer yet"}
              </Badge>
              <span className="ml-auto text-ink-3 text-xs">
                {attempt.durationMs === null ? "" : `${formatDuration(attempt.durationMs)} · `}
                <Time at={attempt.startedAt} />
              </span>
            </span>
            {attempt.reason ? <span className="break-words text-ink-2">{attempt.reason}</span> : null}
            {isEmpty(attempt.request) && isEmpty(attempt.answer) ? null : (
              <details className="text-xs">
                <summary className="cursor-pointer text-ink-3">Call and answer</summary>
                <pre className="mt-1 max-h-64 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-[12px] leading-[17px]">
                  {JSON.stringify({ request: attempt.request, answer: attempt.answer }, null, 2)}
                </pre>
              </details>
            )}
          </li>
        );
      })}
    </ol>
  );
}
