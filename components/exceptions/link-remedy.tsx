"use client";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, SearchInput, Textarea } from "@/components/ui/input";
import { Section } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import type { AppRouter } from "@/server/api/root";
import { type ExceptionDetail, useRefreshRows } from "./rows";
import { sentence } from "./words";

type Candidate = {
  id: string;
  name: string;
  stage: string | null;
  carrier: string | null;
  customer: string | null;
  reasons?: readonly string[];
};
type Asking = { what: "link" | "apart"; other: Candidate };

/** Links the shipment of the exception to the right one, or says that two are two. */
export function LinkRemedy({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const mayLink = useMay("shipments:link");
  const explained = useQuery(trpc.exceptions.explain.queryOptions({ id: exception.id }));
  const [said, setSaid] = useState("");
  const [asking, setAsking] = useState<Asking | null>(null);
  const found = useQuery({
    ...trpc.shipments.search.queryOptions({ said: said.trim() || "-" }),
    enabled: said.trim().length >= 3,
    placeholderData: keepPreviousData,
  });
  const { shipmentId } = exception;
  if (!mayLink || !shipmentId) return null;
  const pair = exception.kind === "duplicate_shipment";
  const searched = said.trim().length >= 3 ? (found.data?.items ?? []).filter((s) => s.id !== shipmentId) : [];
  const candidates: Candidate[] = searched.length > 0 ? searched : (explained.data?.candidates ?? []);
  return (
    <Section title={pair ? "One shipment or two" : "Link it to the right shipment"}>
      <div className="flex flex-col gap-2">
        {explained.data?.pair && explained.data.pair.reasons.length > 0 ? (
          <ul aria-label="Why they may be one" className="list-disc pl-4 text-ink-2">
            {explained.data.pair.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        ) : null}
        <SearchInput
          aria-label="Find a shipment"
          placeholder="Order, picking or tracking number"
          value={said}
          maxLength={400}
          onChange={(event) => setSaid(event.target.value)}
        />
        {explained.isPending ? (
          <SkeletonLines lines={2} />
        ) : candidates.length === 0 ? (
          <p className="text-ink-3">
            {said.trim().length >= 3
              ? "No other shipment carries this number."
              : "Search for the order or picking these numbers belong to."}
          </p>
        ) : (
          <ul className="flex max-h-60 flex-col overflow-y-auto rounded-md border border-line">
            {candidates.map((candidate) => (
              <li
                key={candidate.id}
                className="flex items-center gap-2 border-line border-b px-2 py-1.5 last:border-b-0"
              >
                <span className="min-w-0 flex-1">
                  <Link
                    href={`/shipments/${candidate.id}`}
                    className="font-mono text-[12px] underline-offset-2 hover:underline"
                  >
                    {candidate.name}
                  </Link>
                  <span className="block break-words text-ink-3 text-xs">
                    {[candidate.stage?.replaceAll("_", " "), candidate.carrier, candidate.customer]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                  {pair
                    ? null
                    : candidate.reasons?.map((reason) => (
                        <span key={reason} className="block break-words text-ink-2 text-xs">
                          {reason}
                        </span>
                      ))}
                </span>
                <Button size="sm" variant="primary" onClick={() => setAsking({ what: "link", other: candidate })}>
                  {pair ? "Merge" : "Link"}
                </Button>
                {pair ? (
                  <Button size="sm" onClick={() => setAsking({ what: "apart", other: candidate })}>
                    Keep apart
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </div>
      {asking ? (
        <WhyDialog
          asking={asking}
          pair={pair}
          shipmentId={shipmentId}
          name={exception.shipmentName ?? "this shipment"}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </Section>
  );
}

function WhyDialog({
  asking,
  pair,
  shipmentId,
  name,
  onClose,
}: {
  asking: Asking;
  pair: boolean;
  shipmentId: string;
  name: string;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefreshRows();
  const [why, setWhy] = useState("");
  const after = (words: string) => ({
    onSuccess: () => {
      toast.success(words);
      refresh([], {});
      onClose();
    },
    onError: (error: { message: string }) => toast.error(error.message),
  });
  const link = useMutation(trpc.shipments.link.mutationOptions(after(`${name} belongs to ${asking.other.name} now`)));
  const apart = useMutation(trpc.shipments.keepApart.mutationOptions(after("They stay two shipments")));
  const input = { shipmentId, headId: asking.other.id, why: why.trim() };
  const merge = asking.what === "link";
  const preview = useQuery({
    ...trpc.shipments.previewLink.queryOptions({ shipmentId, headId: asking.other.id }),
    enabled: merge,
    staleTime: 0,
    retry: false,
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={
        merge
          ? `${pair ? "Merge" : "Link"} ${name} ${pair ? "into" : "to"} ${asking.other.name}`
          : `Keep ${name} and ${asking.other.name} apart`
      }
      description={
        merge
          ? `All facts of both count for ${asking.other.name} from now on, and its state is worked out anew. It can be undone on the shipment's page.`
          : "Waypost will not ask about these two again. It can be taken back on the resolved exception."
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabled={input.why === ""}
            busy={link.isPending || apart.isPending}
            onClick={() => (merge ? link.mutate(input) : apart.mutate(input))}
          >
            {merge ? (pair ? "Merge" : "Link") : "Keep apart"}
          </Button>
        </>
      }
    >
      {merge ? (
        <div className="mb-3">
          {preview.error ? (
            <p className="text-broken">{preview.error.message}</p>
          ) : preview.data ? (
            <WhatFollows preview={preview.data} name={asking.other.name} />
          ) : (
            <SkeletonLines lines={2} />
          )}
        </div>
      ) : null}
      <Field label="Why">
        {(control) => (
          <Textarea
            {...control}
            autoFocus
            maxLength={500}
            value={why}
            placeholder="Same order, second label"
            onChange={(event) => setWhy(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}

type LinkPreview = inferRouterOutputs<AppRouter>["shipments"]["previewLink"];

/** What the link changes, before it is made. */
function WhatFollows({ preview, name }: { preview: LinkPreview; name: string }) {
  const word = (milestone: string | null) => (milestone ? sentence(milestone).toLowerCase() : "nothing reached");
  const { before, after, opens, closes, postings } = preview;
  return (
    <ul aria-label="What follows from it" className="flex flex-col gap-0.5 text-ink-2">
      <li>
        {name} is {before === after ? `still ${word(after)}` : `${word(after)} then, ${word(before)} now`}.
      </li>
      {closes > 0 ? <li>Closes {closes === 1 ? "1 exception" : `${closes} exceptions`} of it.</li> : null}
      {opens.map((text) => (
        <li key={text} className="text-late">
          Opens: {text}.
        </li>
      ))}
      {postings.length === 0 ? <li>Nothing is posted to Odoo.</li> : null}
      {postings.map((posting) => (
        <li key={`${posting.kind} ${JSON.stringify(posting.after)}`}>
          To Odoo: {sentence(posting.kind).toLowerCase()} on {posting.record}
          {posting.held ? `, waits: ${posting.held.replaceAll("_", " ")}` : ""}.
        </li>
      ))}
    </ul>
  );
}
