"use client";
import { useMutation } from "@tanstack/react-query";
import { TimingFields, useTiming } from "@/components/odoo/timing-fields";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toaster";
import { REAL_TIME } from "@/core/postings/timing";
import type { Standing } from "./types";

const WORDS = {
  settlement: {
    title: "When freight settlement runs",
    description:
      "For vendor bills, credits, freight costs and landed costs on every connection. What waits is decided anew; who changed it is in the audit log.",
    always: "As it comes",
    gathers: "What comes is gathered and goes together.",
  },
  carriers: {
    title: "When carrier figures are counted",
    description:
      "In windows one run begins with each of them; what it does not finish goes with the next. Between runs the scorecards stand still. Who changed it is in the audit log.",
    always: "All the time",
    gathers: "What changed meanwhile is counted together.",
  },
} as const;

/** The schedule of a batch workflow that has a timing: all the time, every so many minutes, or within windows. */
export function ScheduleDialog({
  of,
  standing,
  onClose,
  onDone,
}: {
  of: keyof typeof WORDS;
  standing: Standing;
  onClose: () => void;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const words = WORDS[of];
  const edited = useTiming(standing.timing ?? REAL_TIME);
  const after = { onError: (error: { message: string }) => toast.error(error.message) };
  const settings = useMutation(
    trpc.settings.change.mutationOptions({
      ...after,
      onSuccess: () => {
        toast.success("Saved. It holds from now on.");
        onDone();
      },
    }),
  );
  const settlement = useMutation(
    trpc.batches.scheduleSettlement.mutationOptions({
      ...after,
      onSuccess: ({ released, held }) => {
        toast.success(
          held > 0
            ? `Saved: ${formatCount(held)} wait by the new schedule`
            : released > 0
              ? `Saved: ${formatCount(released)} go out now`
              : "Saved. It holds from now on.",
        );
        onDone();
      },
    }),
  );
  const save = () => {
    if (edited.timing === null) return;
    if (of === "settlement") settlement.mutate({ timing: edited.timing, seen: standing.words });
    else
      settings.mutate({
        name: "analytics",
        value: { timing: edited.timing },
        seen: { timing: standing.timing ?? REAL_TIME },
      });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={words.title}
      description={words.description}
      className="max-w-[620px]"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            variant="primary"
            busy={settings.isPending || settlement.isPending}
            disabled={edited.timing === null}
            onClick={save}
          >
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {standing.timing === null ? (
          <p className="text-late">
            The kinds have different schedules now ({standing.words}); saving gives all of them this one.
          </p>
        ) : null}
        <Field label="Runs">
          {(control) => (
            <Select
              {...control}
              value={edited.mode}
              onChange={edited.setMode}
              choices={[
                { value: "real_time", label: words.always },
                { value: "interval", label: "Every n minutes" },
                { value: "windows", label: "Within windows" },
              ]}
            />
          )}
        </Field>
        <TimingFields {...edited.fields} gathers={words.gathers} />
        {edited.wrong ? <p className="text-broken">{edited.wrong}</p> : null}
      </div>
    </Dialog>
  );
}
