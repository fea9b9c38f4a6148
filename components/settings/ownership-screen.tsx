"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { RunProgress } from "@/components/runs/run-progress";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { WorkspaceSettings } from "@/core/settings/workspace";
import { OwnershipMatrix } from "./ownership-matrix";
import { OwnershipPreview } from "./ownership-preview";
import { useSetting } from "./use-setting";

/** Who decides each field: the matrix, what another order would change, and the run that folds shipments by it. */
export function OwnershipScreen() {
  const trpc = useTRPC();
  const read = useQuery(trpc.settings.read.queryOptions());
  const mayManage = useMay("settings:manage");
  const [review, setReview] = useState<string | null>(null);
  const change = read.data?.changes.find((one) => one.name === "ownership");
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <PageHeader
        title="Ownership"
        note={
          change ? (
            <>
              changed <Time at={change.at} />
              {change.by ? ` by ${change.by}` : ""}
            </>
          ) : read.data ? (
            "as shipped"
          ) : null
        }
      />
      <div className="flex flex-col gap-4 px-4 pb-6">
        <p className="max-w-3xl text-ink-2">
          Of each field the owner decides (1). What another kind of feed says is stored, shown as advice, and decides
          only where nobody before it has spoken. Fields marked <span className="text-late">watched</span> raise an
          exception where the advice differs. What a person of yours decided stands above every feed.
        </p>
        {read.error ? (
          <ErrorState title="The ownership could not be read" error={read.error} onRetry={() => void read.refetch()} />
        ) : read.data ? (
          <Editor
            key={change?.at.getTime() ?? 0}
            seen={read.data.settings.ownership}
            editable={mayManage}
            onReview={setReview}
          />
        ) : (
          <SkeletonLines lines={14} />
        )}
        {review ? (
          <section className="max-w-3xl" aria-label="Shipments folded by it">
            <RunProgress id={review} />
          </section>
        ) : null}
      </div>
    </div>
  );
}

function Editor({
  seen,
  editable,
  onReview,
}: {
  seen: WorkspaceSettings["ownership"];
  editable: boolean;
  onReview: (run: string | null) => void;
}) {
  const trpc = useTRPC();
  const { draft, setDraft, dirty, busy, error, undo, save } = useSetting("ownership", seen, (done) =>
    onReview(done.review?.id ?? null),
  );
  const preview = useMutation(trpc.settings.previewOwnership.mutationOptions());
  const change = (next: WorkspaceSettings["ownership"]) => {
    preview.reset();
    setDraft(next);
  };
  return (
    <>
      <OwnershipMatrix value={draft} stored={seen} onChange={editable ? change : null} />
      {dirty ? (
        <section
          className="sticky bottom-0 z-20 flex flex-col gap-3 border-line border-t bg-surface py-3"
          aria-label="Change"
        >
          {preview.data ? <OwnershipPreview preview={preview.data} /> : null}
          {preview.error || error ? (
            <p role="alert" className="text-broken text-sm">
              {(preview.error ?? error)?.message}
            </p>
          ) : null}
          <div className="flex flex-wrap items-center gap-2">
            {preview.data ? (
              <Button variant="primary" busy={busy} onClick={save}>
                Save, changing {preview.data.values} {preview.data.values === 1 ? "value" : "values"}
              </Button>
            ) : (
              <Button variant="primary" busy={preview.isPending} onClick={() => preview.mutate({ value: draft })}>
                See what it changes
              </Button>
            )}
            <Button
              variant="quiet"
              disabled={busy}
              onClick={() => {
                preview.reset();
                undo();
              }}
            >
              Undo
            </Button>
          </div>
        </section>
      ) : null}
    </>
  );
}
