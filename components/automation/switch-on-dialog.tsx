"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import { type RuleSays, refusalsOfRule } from "@/core/exceptions/automation";
import { DryRunResult } from "./dry-run-result";
import { type Listed, type Rule, said } from "./rows";

/** A rule goes on only through its dry run; one that would loop or match everything says why it cannot. */
export function SwitchOnDialog({
  rule,
  listed,
  onClose,
}: {
  rule: Rule & { says: RuleSays };
  listed: Listed;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const tried = useMutation(trpc.automation.dryRun.mutationOptions());
  const { mutate } = tried;
  useEffect(() => mutate(rule.says), [mutate, rule.says]);
  const turnOn = useMutation(
    trpc.automation.switch.mutationOptions({
      onSuccess: () => {
        toast.success(`“${rule.name}” is on.`);
        void queries.invalidateQueries(trpc.automation.list.queryFilter());
        onClose();
      },
    }),
  );
  const others = listed.rules.flatMap((one) => (one.on && one.says ? [{ ...one, says: one.says }] : []));
  const refusals = refusalsOfRule(rule, others);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Switch “${rule.name}” on`}
      description={said(rule.says, rule.cause, listed)}
      footer={
        <>
          <Button onClick={onClose}>Leave it off</Button>
          <Button
            variant="primary"
            disabled={!tried.data || refusals.length > 0}
            busy={turnOn.isPending}
            onClick={() => turnOn.mutate({ id: rule.id, on: true })}
          >
            {tried.data && tried.data.standing > 0
              ? `Switch on, it acts on ${formatCount(tried.data.standing)} that stand`
              : "Switch on"}
          </Button>
        </>
      }
    >
      {refusals.map((why) => (
        <p key={why} role="alert" className="mb-2 text-broken">
          {why}
        </p>
      ))}
      {[tried.error, turnOn.error].map((error) =>
        error ? (
          <p key={error.message} role="alert" className="mb-2 text-broken">
            {error.message}
          </p>
        ) : null,
      )}
      {tried.data ? <DryRunResult found={tried.data} /> : tried.error ? null : <SkeletonLines lines={4} />}
    </Dialog>
  );
}
