"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { Section, SidePanel } from "@/components/ui/side-panel";
import { toast } from "@/components/ui/toaster";
import { type RuleSays, refusalsOfRule, ruleSays } from "@/core/exceptions/automation";
import { DryRunResult } from "./dry-run-result";
import { type Listed, type Rule, said } from "./rows";
import { RuleActs } from "./rule-acts";
import { RuleFields } from "./rule-fields";

const BLANK: RuleSays = {
  when: { kind: [], severity: [], feed: [], carrier: [], group: null },
  given: { olderThanMinutes: 0, owner: "anybody", state: [], says: "" },
  does: { act: "acknowledge" },
};

/** One rule: what it says in a sentence, its parts, what it would have done, what it did. */
export function RulePanel({
  rule,
  listed,
  onClose,
  onSaved,
}: {
  rule: Rule | null;
  listed: Listed;
  onClose: () => void;
  onSaved: (id: string) => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayManage = useMay("automation:manage");
  const [name, setName] = useState(rule?.name ?? "");
  const [says, setSays] = useState<RuleSays>(rule?.says ?? BLANK);
  const [deleting, setDeleting] = useState(false);
  const tried = useMutation(trpc.automation.dryRun.mutationOptions());
  const listFilter = trpc.automation.list.queryFilter();
  const save = useMutation(
    trpc.automation.save.mutationOptions({
      onSuccess: async ({ id }) => {
        toast.success(rule ? "Saved." : "Saved, switched off. Switch it on in the list after its dry run.");
        await queries.invalidateQueries(listFilter);
        onSaved(id);
      },
    }),
  );
  const remove = useMutation(
    trpc.automation.delete.mutationOptions({
      onSuccess: async () => {
        toast.success("Deleted. What it did stays done.");
        onClose();
        await queries.invalidateQueries(listFilter);
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const change = (next: RuleSays) => {
    tried.reset();
    save.reset();
    setSays(next);
  };
  const parsed = ruleSays.safeParse(says);
  const others = listed.rules.flatMap((one) => (one.on && one.says ? [{ ...one, says: one.says }] : []));
  const named = { id: rule?.id ?? "new", name: name.trim() || "this rule", says };
  const refusals = says.when.kind.length === 0 && !rule ? [] : refusalsOfRule(named, others);
  const unchanged = rule?.name === name.trim() && JSON.stringify(rule.says) === JSON.stringify(says);
  const unsayable = parsed.success ? null : "Something is missing in what it does.";
  return (
    <SidePanel
      label="Rule"
      header={<h2 className="truncate font-semibold text-base">{rule ? rule.name : "New rule"}</h2>}
      onClose={onClose}
      footer={
        mayManage ? (
          <div className="flex flex-wrap items-center gap-2">
            <Button
              variant="primary"
              busy={save.isPending}
              disabled={name.trim() === "" || !parsed.success || unchanged || (rule?.on && refusals.length > 0)}
              onClick={() =>
                save.mutate({
                  ...(rule ? { id: rule.id, version: rule.version } : {}),
                  name: name.trim(),
                  says,
                  on: rule?.on ?? false,
                })
              }
            >
              {rule ? "Save" : "Save switched off"}
            </Button>
            <Button
              busy={tried.isPending}
              disabled={!parsed.success || says.when.kind.length === 0}
              onClick={() => tried.mutate(says)}
            >
              Dry run over 30 days
            </Button>
            {rule ? (
              <Button variant="quiet" className="ml-auto" onClick={() => setDeleting(true)}>
                Delete
              </Button>
            ) : null}
            {save.error ? (
              <p role="alert" className="w-full text-broken text-sm">
                {save.error.message}
              </p>
            ) : null}
          </div>
        ) : undefined
      }
    >
      <Section title="In words">
        <p aria-live="polite">{said(says, rule?.cause ?? null, listed)}</p>
        {says.when.kind.length === 0 && !rule ? (
          <p className="mt-1 text-ink-3 text-xs">
            Choose at least one kind: a rule that matches everything is refused.
          </p>
        ) : null}
        {[...refusals, ...(unsayable ? [unsayable] : [])].map((why) => (
          <p key={why} role="alert" className="mt-1 text-broken text-sm">
            {why}
          </p>
        ))}
      </Section>
      {mayManage ? (
        <Section title="Rule">
          <Field label="Name" className="mb-3">
            {(control) => (
              <Input {...control} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
          <RuleFields says={says} onChange={change} listed={listed} cause={rule?.cause ?? null} />
        </Section>
      ) : null}
      {tried.data || tried.error ? (
        <Section title="Dry run">
          {tried.error ? (
            <p role="alert" className="text-broken">
              {tried.error.message}
            </p>
          ) : null}
          {tried.data ? <DryRunResult found={tried.data} /> : null}
        </Section>
      ) : null}
      {rule ? <RuleActs rule={rule} /> : null}
      {deleting && rule ? (
        <Dialog
          open
          onOpenChange={setDeleting}
          title={`Delete “${rule.name}”`}
          description="It acts no more. What it did stays done and stays in the audit log, but can no longer be taken back from here."
          footer={
            <>
              <Button onClick={() => setDeleting(false)}>Keep it</Button>
              <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate({ id: rule.id })}>
                Delete
              </Button>
            </>
          }
        />
      ) : null}
    </SidePanel>
  );
}
