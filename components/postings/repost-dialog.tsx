"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Diff } from "@/components/diff/diff";
import { useTRPC } from "@/components/providers";
import { PaceField, usePace } from "@/components/runs/pace-field";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import type { PostingFilter } from "@/core/postings/filter";
import { CheckList, EnrichedList } from "./explained";
import { postingRows } from "./fields";
import type { RepostPreview } from "./rows";

export type PostingTarget = { ids: string[] } | { filter: PostingFilter; except: string[] };

const VERDICT: Readonly<Record<RepostPreview["verdict"], string>> = {
  holds: "Odoo holds it already",
  absent: "Odoo does not have it",
  differs: "Odoo holds something else",
  impossible: "It cannot be brought about any more",
  unread: "Odoo could not be asked",
};

/** Posts one again after Odoo was asked what it holds now; nothing is sent before the second click. */
export function RepostOneDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const preview = useMutation(trpc.postings.previewRepost.mutationOptions());
  const repost = useMutation(
    trpc.postings.repost.mutationOptions({
      onSuccess: (run) => {
        toast.success("Posting again has started", {
          action: { label: "See the run", onClick: () => router.push(`/runs/${run.id}`) },
        });
        onClose();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const { mutate } = preview;
  useEffect(() => mutate({ id }), [mutate, id]);
  const found = preview.data;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={found ? `Post again to ${found.record}` : "Post again"}
      description="Odoo is asked first; nothing has been sent yet."
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            variant="primary"
            busy={repost.isPending}
            disabled={!found || found.forbidden !== null || found.verdict === "impossible" || found.verdict === "holds"}
            onClick={() => repost.mutate({ target: { ids: [id] }, dryRun: false })}
          >
            Post again
          </Button>
        </>
      }
    >
      {preview.error ? <p className="text-broken">{preview.error.message}</p> : null}
      {found ? (
        <div className="flex flex-col gap-3">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <Badge
              tone={found.verdict === "holds" ? "ok" : found.verdict === "impossible" ? "broken" : "late"}
              shape={found.verdict === "holds" ? "check" : found.verdict === "impossible" ? "cross" : "diamond"}
            >
              {VERDICT[found.verdict]}
            </Badge>
            <span className="break-words text-ink-2">{found.reason}</span>
          </p>
          <Diff
            rows={postingRows(found.present, found.after)}
            oldTitle="In Odoo now"
            newTitle="Would be posted"
            label="What posting again changes"
          />
          <CheckList checks={found.checks} />
          <details>
            <summary className="cursor-pointer text-ink-3">Where its values come from</summary>
            <EnrichedList fields={found.fields} />
          </details>
          <p className="text-ink-3 text-xs">
            {found.forbidden !== null && found.verdict !== "holds"
              ? `It is not posted: ${found.forbidden}`
              : found.verdict === "holds"
                ? "There is nothing to send; it will be marked as posted when it is read back next."
                : "It goes by the same way as every posting: in order for its record, under the rate of the connection, and at most once."}
          </p>
        </div>
      ) : preview.error ? null : (
        <SkeletonLines lines={4} />
      )}
    </Dialog>
  );
}

/** Starts a run over many postings: a dry run that reads Odoo and changes nothing, from whose page the real one is started. */
export function RepostManyDialog({
  target,
  count,
  onClose,
}: {
  target: PostingTarget;
  count: number;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const pace = usePace();
  const repost = useMutation(
    trpc.postings.repost.mutationOptions({
      onSuccess: (run) => router.push(`/runs/${run.id}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Look at ${formatCount(count)} ${count === 1 ? "posting" : "postings"} before posting again`}
      description="A dry run reads what Odoo holds for each and lists what would be sent. It sends nothing; you start the real run from its page."
      footer={
        <>
          <Button onClick={onClose}>Leave them</Button>
          <Button
            variant="primary"
            busy={repost.isPending}
            disabled={!pace.fits}
            onClick={() => repost.mutate({ target, dryRun: true, perSecond: pace.perSecond })}
          >
            Start the dry run
          </Button>
        </>
      }
    >
      <PaceField pace={pace} hint="Empty: as fast as the connection allows" items={count} />
    </Dialog>
  );
}

/** Cancels postings that wait, with a reason that stays with each. */
export function CancelDialog({
  target,
  count,
  onClose,
  onDone,
}: {
  target: PostingTarget;
  count: number;
  onClose: () => void;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const [reason, setReason] = useState("");
  const cancel = useMutation(
    trpc.postings.cancel.mutationOptions({
      onSuccess: ({ cancelled, left }) => {
        toast.success(
          left === 0
            ? `Cancelled ${formatCount(cancelled)}`
            : `Cancelled ${formatCount(cancelled)}; ${formatCount(left)} did not wait any more`,
        );
        onDone();
      },
      onError: (error) => {
        toast.error(error.message);
        onDone();
      },
    }),
  );
  const what = count === 1 ? "this posting" : `${formatCount(count)} postings`;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Cancel ${what}`}
      description={`Odoo will not get ${count === 1 ? "it" : "them"}. Only what still waits is cancelled; what has left stays. Each can be posted again later.`}
      footer={
        <>
          <Button onClick={onClose}>Keep {count === 1 ? "it" : "them"}</Button>
          <Button
            variant="danger"
            busy={cancel.isPending}
            disabled={reason.trim().length < 3}
            onClick={() => cancel.mutate({ target, reason: reason.trim() })}
          >
            Cancel {what}
          </Button>
        </>
      }
    >
      <Field label="Why">
        {(control) => (
          <Input
            {...control}
            autoFocus
            maxLength={300}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            placeholder="Done by hand in Odoo"
          />
        )}
      </Field>
    </Dialog>
  );
}
