"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { RunProgress } from "@/components/runs/run-progress";
import { useSetting } from "@/components/settings/use-setting";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { RouteRule, Routing } from "@/core/routing/rules";
import type { Named } from "./route-words";
import { RoutingPreview, type Untaken } from "./routing-preview";
import { RuleList } from "./rule-list";
import { TargetSelect } from "./target-select";

/** To which Odoo a shipment belongs: the rules in their order, the dry run over what is open, and the run that applies them. */
export function RoutingScreen() {
  const trpc = useTRPC();
  const read = useQuery(trpc.settings.read.queryOptions());
  const choices = useQuery(trpc.settings.routingChoices.queryOptions());
  const [review, setReview] = useState<string | null>(null);
  const change = read.data?.changes.find((one) => one.name === "routing");
  const error = read.error ?? choices.error;
  const retry = () => void Promise.all([read.refetch(), choices.refetch()]);
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <PageHeader
        title="Routing"
        note={
          change ? (
            <>
              version {read.data?.settings.routing.version}, changed <Time at={change.at} />
              {change.by ? ` by ${change.by}` : ""}
            </>
          ) : null
        }
      />
      <div className="flex flex-col gap-4 px-4 pb-6">
        <p className="max-w-3xl text-ink-2">
          To which Odoo, and which company of it, what a message tells belongs. The first rule that fits decides; an
          order number is then looked for in that Odoo alone. A shipment that is linked to a transfer stays with its
          Odoo, whatever the rules say.
        </p>
        {error ? (
          <ErrorState title="The routing could not be read" error={error} onRetry={retry} />
        ) : !read.data || !choices.data ? (
          <SkeletonLines lines={8} />
        ) : choices.data.targets.length === 0 ? (
          <EmptyState title="There is no Odoo to route to yet">
            Connect one on the{" "}
            <Link href="/settings/odoo" className="text-accent underline-offset-2 hover:underline">
              Odoo page
            </Link>
            . Rules are needed as soon as there are two of them, or one with several companies.
          </EmptyState>
        ) : (
          <Editor
            key={change?.at.getTime() ?? 0}
            seen={read.data.settings.routing}
            odoos={choices.data.targets}
            feeds={choices.data.feeds}
            onReview={setReview}
          />
        )}
        {review ? (
          <section className="max-w-3xl" aria-label="Shipments routed by it">
            <RunProgress id={review} />
          </section>
        ) : null}
      </div>
    </div>
  );
}

function Editor({
  seen,
  odoos,
  feeds,
  onReview,
}: {
  seen: Routing;
  odoos: readonly Named[];
  feeds: readonly { id: number; name: string }[];
  onReview: (run: string | null) => void;
}) {
  const trpc = useTRPC();
  const { draft, setDraft, dirty, busy, error, undo, save } = useSetting("routing", seen, (done) =>
    onReview(done.review?.id ?? null),
  );
  const preview = useMutation(trpc.settings.previewRouting.mutationOptions());
  const change = (over: Partial<Routing>) => {
    preview.reset();
    setDraft({ ...draft, ...over });
  };
  const add = (when: Partial<RouteRule["when"]>, name: string) => {
    const to = { connectionId: odoos[0]?.id ?? 0, companyId: null };
    const conditions = { feed: [], warehouse: [], company: [], country: [], channel: [], ...when };
    change({ rules: [...draft.rules, { id: crypto.randomUUID(), name, when: conditions, to }] });
  };
  const tried = preview.data ?? null;
  return (
    <div className="max-w-6xl">
      {draft.rules.length === 0 ? (
        <p className="text-ink-3">
          No rule yet.{" "}
          {odoos.length > 1
            ? "A number that two Odoos have is asked about, and what none has is an exception."
            : "Everything belongs to the one Odoo there is."}
        </p>
      ) : null}
      <RuleList
        rules={draft.rules}
        odoos={odoos}
        feeds={feeds}
        counts={tried?.rules ?? null}
        onChange={(rules) => change({ rules })}
      />
      <div className="flex flex-wrap items-center gap-2 py-2">
        <span className="text-ink-2">What no rule takes belongs to</span>
        <TargetSelect
          label="Odoo for all others"
          value={draft.otherwise}
          odoos={odoos}
          none={odoos.length > 1 ? "none: it is an exception" : "the one there is"}
          onChange={(otherwise) => change({ otherwise })}
        />
      </div>
      <Button onClick={() => add({}, `Rule ${draft.rules.length + 1}`)}>
        <Plus aria-hidden />
        Add a rule
      </Button>
      <section className="mt-4 flex flex-col gap-3 border-line border-t py-3" aria-label="Dry run">
        {tried ? (
          <RoutingPreview
            preview={tried}
            odoos={odoos}
            onAdd={(like) => add(conditionOf(like), nameOf(like, draft.rules))}
          />
        ) : null}
        {preview.error || error ? (
          <p role="alert" className="text-broken text-sm">
            {(preview.error ?? error)?.message}
          </p>
        ) : null}
        <div className="flex flex-wrap items-center gap-2">
          {dirty && tried ? (
            <Button variant="primary" busy={busy} onClick={save}>
              Save
            </Button>
          ) : (
            <Button
              variant={dirty ? "primary" : "secondary"}
              busy={preview.isPending}
              onClick={() => preview.mutate({ value: draft })}
            >
              See what goes where
            </Button>
          )}
          {dirty ? (
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
          ) : null}
        </div>
      </section>
    </div>
  );
}

/** The most telling of what is known of the shipments: their warehouse, else their company, channel or country. */
function conditionOf(like: Untaken): Partial<RouteRule["when"]> {
  for (const field of ["warehouse", "company", "channel", "country"] as const) {
    const value = like[field];
    if (value !== null) return { [field]: [value] };
  }
  return {};
}

function nameOf(like: Untaken, rules: readonly RouteRule[]): string {
  const name = (like.warehouse ?? like.company ?? like.channel ?? like.country ?? "Rule").slice(0, 50);
  return rules.some((rule) => rule.name === name) ? `${name} ${rules.length + 1}` : name;
}
