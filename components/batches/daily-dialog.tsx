"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { useSetting } from "@/components/settings/use-setting";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SkeletonLines } from "@/components/ui/skeleton";
import type { WorkspaceSettings } from "@/core/settings/workspace";

/** At which time of day, and in which zone, the day that ended is reconciled. */
export function DailyDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const trpc = useTRPC();
  const read = useQuery(trpc.settings.read.queryOptions());
  if (read.data) return <Form seen={read.data.settings.reconciliation} onClose={onClose} onDone={onDone} />;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title="When days are reconciled">
      {read.error ? (
        <ErrorState title="The schedule could not be read" error={read.error} onRetry={() => void read.refetch()} />
      ) : (
        <SkeletonLines lines={3} />
      )}
    </Dialog>
  );
}

function Form({
  seen,
  onClose,
  onDone,
}: {
  seen: WorkspaceSettings["reconciliation"];
  onClose: () => void;
  onDone: () => void;
}) {
  const { draft, setDraft, dirty, busy, error, save } = useSetting("reconciliation", seen, onDone);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="When days are reconciled"
      description="The day that ended is compared with Odoo at this time. Who changed it is in the audit log."
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button variant="primary" disabled={!dirty} busy={busy} onClick={save}>
            Save
          </Button>
        </>
      }
    >
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label="Runs">
          {(control) => (
            <Select
              {...control}
              value={draft.nightly ? "daily" : "never"}
              onChange={(next) => setDraft({ ...draft, nightly: next === "daily" })}
              choices={[
                { value: "daily", label: "Every day" },
                { value: "never", label: "By hand alone" },
              ]}
            />
          )}
        </Field>
        <Field label="At">
          {(control) => (
            <Input
              {...control}
              type="time"
              disabled={!draft.nightly}
              value={draft.startAt}
              onChange={(event) => setDraft({ ...draft, startAt: event.target.value })}
            />
          )}
        </Field>
        <Field label="Time zone" hint="Days begin and end by its clocks">
          {(control) => (
            <Input
              {...control}
              value={draft.zone}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setDraft({ ...draft, zone: event.target.value })}
            />
          )}
        </Field>
      </div>
      {error ? (
        <p role="alert" className="mt-3 text-broken">
          {error.message}
        </p>
      ) : null}
    </Dialog>
  );
}
