"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { Field, Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { LEARN_DAYS, LEARN_TIMES } from "@/core/exceptions/learn";
import { type Listed, type Suggestion, said } from "./rows";

/** What people did the same way again and again; nothing of it acts before somebody approves it. */
export function SuggestionList({ suggestions, listed }: { suggestions: readonly Suggestion[]; listed: Listed }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayManage = useMay("automation:manage");
  const [naming, setNaming] = useState<Suggestion | null>(null);
  const decide = useMutation(
    trpc.automation.decide.mutationOptions({
      onSuccess: ({ ruleId }) =>
        toast.success(ruleId ? "Approved. The rule is on." : "Dismissed. It will not be suggested again."),
      onError: (error) => toast.error(error.message),
      onSettled: () => {
        setNaming(null);
        void queries.invalidateQueries(trpc.automation.suggestions.queryFilter());
        void queries.invalidateQueries(trpc.automation.list.queryFilter());
      },
    }),
  );
  const learn = useMutation(
    trpc.automation.learn.mutationOptions({
      onSuccess: ({ fresh }) => toast.success(fresh === 0 ? "Nothing new was found." : `Found ${formatCount(fresh)}.`),
      onError: (error) => toast.error(error.message),
      onSettled: () => queries.invalidateQueries(trpc.automation.suggestions.queryFilter()),
    }),
  );
  const again = mayManage ? (
    <Button busy={learn.isPending} onClick={() => learn.mutate()}>
      Look now
    </Button>
  ) : null;
  if (suggestions.length === 0)
    return (
      <EmptyState title="Nothing was learnt yet" action={again}>
        When people close one cause {LEARN_TIMES} times within {LEARN_DAYS} days with the same words, a rule for it is
        suggested here. It does nothing until somebody approves it.
      </EmptyState>
    );
  return (
    <>
      <div className="mb-1 flex max-w-4xl items-center gap-3">
        <p className="min-w-0 flex-1 text-ink-3 text-xs">
          Looked for every quarter of an hour. Nothing acts before somebody approves it.
        </p>
        {again}
      </div>
      <ul aria-label="Learnt" className="max-w-4xl">
        {suggestions.map((one) => (
          <li key={one.id} className="flex flex-wrap items-start gap-3 border-line border-b py-3">
            <div className="min-w-0 flex-1 basis-72">
              <p className="font-medium">
                This was resolved the same way {formatCount(one.times)} times, by {formatCount(one.people)}{" "}
                {one.people === 1 ? "person" : "people"}
              </p>
              <p className="text-ink-2">{said(one.says, one.cause, listed)}</p>
              <p className="flex flex-wrap gap-x-3 text-ink-3 text-xs">
                <span>{one.share} % of what was closed by hand</span>
                <span>
                  first <Time at={one.firstAt} />, last <Time at={one.lastAt} />
                </span>
                {one.examples.map((id, at) => (
                  <Link
                    key={id}
                    href={`/exceptions?view=list&id=${id}`}
                    className="text-accent underline-offset-2 hover:underline"
                  >
                    example {at + 1}
                  </Link>
                ))}
              </p>
            </div>
            {mayManage ? (
              <span className="flex gap-2">
                <Button disabled={decide.isPending} onClick={() => decide.mutate({ id: one.id, approve: false })}>
                  Dismiss
                </Button>
                <Button variant="primary" disabled={decide.isPending} onClick={() => setNaming(one)}>
                  Approve
                </Button>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {naming ? (
        <ApproveDialog
          suggestion={naming}
          listed={listed}
          busy={decide.isPending}
          onClose={() => setNaming(null)}
          onApprove={(name) => decide.mutate({ id: naming.id, approve: true, name })}
        />
      ) : null}
    </>
  );
}

const FORM = "approve-suggestion";

function ApproveDialog({
  suggestion,
  listed,
  busy,
  onClose,
  onApprove,
}: {
  suggestion: Suggestion;
  listed: Listed;
  busy: boolean;
  onClose: () => void;
  onApprove: (name: string) => void;
}) {
  const [name, setName] = useState((suggestion.cause ?? "Learnt").slice(0, 80));
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Approve this rule"
      description={`${said(suggestion.says, suggestion.cause, listed)} It is on at once and acts on what stands and on what comes. Your approval is in the audit log.`}
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" form={FORM} variant="primary" busy={busy} disabled={name.trim() === ""}>
            Approve and switch on
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        onSubmit={(event) => {
          event.preventDefault();
          onApprove(name.trim());
        }}
      >
        <Field label="Name of the rule">
          {(control) => <Input {...control} maxLength={80} value={name} onChange={(e) => setName(e.target.value)} />}
        </Field>
      </form>
    </Dialog>
  );
}
