"use client";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { Diff } from "@/components/diff/diff";
import { postingRows } from "@/components/postings/fields";
import { useTRPC } from "@/components/providers";
import { valueInWords } from "@/components/shipments/ownership";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/input";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import type { AppRouter } from "@/server/api/root";
import { useRefreshRows } from "./rows";
import { sentence } from "./words";

type Preview = inferRouterOutputs<AppRouter>["shipments"]["previewCorrection"];
type Decided = inferRouterInputs<AppRouter>["shipments"]["previewCorrection"]["decided"];

/**
 * What a decision about a field would change, and the button that takes it; nothing is written before. A decision on an older picture is a
 * conflict: the preview is then made anew.
 */
export function Correction({
  shipmentId,
  decided,
  button,
  suggestedWhy = "",
  onDone,
}: {
  shipmentId: string;
  /** null: nothing is chosen yet. */
  decided: Decided | null;
  button: string;
  suggestedWhy?: string;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const refresh = useRefreshRows();
  const [why, setWhy] = useState(suggestedWhy);
  const preview = useQuery({
    ...trpc.shipments.previewCorrection.queryOptions({ shipmentId, decided: decided as Decided }),
    enabled: decided !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
  const settle = () => {
    void queries.invalidateQueries(trpc.shipments.sources.queryFilter({ shipmentId }));
    void queries.invalidateQueries(trpc.shipments.previewCorrection.queryFilter());
    void queries.invalidateQueries(trpc.exceptions.explain.queryFilter());
    refresh([], {});
  };
  const correct = useMutation(
    trpc.shipments.correct.mutationOptions({
      onSuccess: () => {
        toast.success("Decided. What follows from it is on its way.");
        settle();
        onDone();
      },
      onError: (error) => {
        toast.error(error.message);
        settle();
      },
    }),
  );
  if (decided === null) return null;
  if (preview.error) return <p className="text-broken">{preview.error.message}</p>;
  if (!preview.data) return <SkeletonLines lines={3} />;
  const stale = preview.isPlaceholderData;
  const { refusal, standing } = preview.data;
  return (
    <div className={stale ? "flex flex-col gap-3 opacity-60" : "flex flex-col gap-3"} aria-busy={stale}>
      {refusal ? (
        <p role="alert" className="text-broken">
          {refusal.message}
        </p>
      ) : (
        <>
          <Changes preview={preview.data} what={decided.what} />
          <Field label="Why">
            {(control) => (
              <Input
                {...control}
                value={why}
                maxLength={500}
                placeholder="Asked the customer"
                onChange={(event) => setWhy(event.target.value)}
              />
            )}
          </Field>
          <div>
            <Button
              variant="primary"
              disabled={stale || why.trim().length < 3}
              busy={correct.isPending}
              onClick={() => correct.mutate({ shipmentId, decided, seen: standing, why: why.trim() })}
            >
              {button}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

function Changes({ preview, what }: { preview: Preview; what: Decided["what"] }) {
  const { before, after, closes, opens, postings, linked } = preview;
  return (
    <section aria-label="What this will change" className="flex flex-col gap-2">
      <Diff
        rows={[
          {
            field: sentence(what),
            old: { value: valueInWords(what, before) },
            new: { value: valueInWords(what, after) },
          },
        ]}
        oldTitle="Counts now"
        newTitle="Will count"
        label="What will count"
      />
      <ul className="flex flex-col gap-0.5 text-ink-2">
        {closes.map((one) => (
          <li key={one.id}>Closes “{one.label}”.</li>
        ))}
        {opens.map((one) => (
          <li key={one.text} className="text-late">
            Opens “{one.label}”: {one.text}.
          </li>
        ))}
        {postings.length === 0 ? (
          <li>
            {linked
              ? "Nothing is posted: Odoo holds this already, or is told nothing of it."
              : "Nothing is posted: the shipment has no transfer in Odoo yet."}
          </li>
        ) : null}
      </ul>
      {postings.map((posting) => (
        <div key={`${posting.kind} ${JSON.stringify(posting.after)}`} className="flex flex-col gap-1">
          <span className="flex flex-wrap items-baseline gap-x-2">
            To Odoo: {sentence(posting.kind).toLowerCase()}
            {posting.record ? <span className="font-mono text-[12px]">{posting.record}</span> : null}
            {posting.held ? (
              <Badge tone="late" shape="half">
                Waits: {posting.held.replaceAll("_", " ")}
              </Badge>
            ) : null}
          </span>
          <Diff
            rows={postingRows(posting.before, posting.after)}
            oldTitle="In Odoo"
            newTitle="Will be posted"
            label={`${sentence(posting.kind)} in Odoo`}
          />
        </div>
      ))}
    </section>
  );
}
