"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toaster";
import { POSTING_CLASSES, type PostingClass } from "@/core/postings/policy";
import type { Connection } from "./rows";
import { TimingFields, useTiming } from "./timing-fields";

type Kind = Connection["kinds"][number];

const CLASS_HINT: Readonly<Record<PostingClass, string>> = {
  urgent: "before all others",
  normal: "after the urgent",
  bulk: "last, but never not at all",
};
const MODES = [
  { value: "real_time", label: "As it comes" },
  { value: "interval", label: "Every n minutes" },
  { value: "windows", label: "Within windows" },
] as const;

/** Class and timing of one kind, with what the change does to what waits. */
export function TimingDialog({
  connection,
  row,
  onClose,
  onDone,
}: {
  connection: Connection["connection"];
  row: Kind;
  onClose: () => void;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const [name, setName] = useState<PostingClass>(row.class);
  const edited = useTiming(row.timing);
  const save = useMutation(
    trpc.odoo.setPolicy.mutationOptions({
      onSuccess: ({ released, held }) => {
        toast.success(
          held > 0
            ? `Saved: ${formatCount(held)} wait by the new policy`
            : released > 0
              ? `Saved: ${formatCount(released)} go out now`
              : "Saved",
        );
        onDone();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`${POSTING_KIND_WORD[row.kind]}: when it goes to ${connection.name}`}
      description="What waits is decided anew by the new policy; who changed it is in the audit log."
      className="max-w-[620px]"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            variant="primary"
            busy={save.isPending}
            disabled={edited.timing === null}
            onClick={() =>
              edited.timing &&
              save.mutate({
                id: connection.id,
                kind: row.kind,
                policy: { class: name, timing: edited.timing },
                seen: connection.updatedAt,
              })
            }
          >
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Class" hint={CLASS_HINT[name]}>
            {(control) => (
              <Select
                {...control}
                value={name}
                onChange={setName}
                choices={POSTING_CLASSES.map((value) => ({ value, label: value }))}
              />
            )}
          </Field>
          <Field label="Goes">
            {(control) => <Select {...control} value={edited.mode} onChange={edited.setMode} choices={MODES} />}
          </Field>
        </div>
        <TimingFields
          {...edited.fields}
          gathers="What comes is gathered and goes together; a newer value replaces one that waits."
        />
        {edited.wrong ? <p className="text-broken">{edited.wrong}</p> : null}
      </div>
    </Dialog>
  );
}
