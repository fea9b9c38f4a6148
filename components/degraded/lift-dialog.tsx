"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toaster";
import type { Rule } from "./rows";

const HELD = [
  { value: "post", label: "Post it now" },
  { value: "leave", label: "Leave it for good" },
] as const;

/** Ends a rule, and says what becomes of what it held back. */
export function LiftDialog({ rule, onClose, onDone }: { rule: Rule; onClose: () => void; onDone: () => void }) {
  const trpc = useTRPC();
  const holds = rule.connectionId !== null && rule.viaConnectionId === null;
  const [held, setHeld] = useState<"post" | "leave">(rule.rule === "queue" ? "post" : "leave");
  const lift = useMutation(
    trpc.degraded.lift.mutationOptions({
      onSuccess: ({ released, left }) => {
        toast.success(
          holds ? `Lifted: ${formatCount(released)} go out, ${formatCount(left)} are left for good` : "Lifted",
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
      title={`Lift the rule about ${rule.about}`}
      description={holds ? undefined : "From now on all goes as it did before."}
      className="max-w-[440px]"
      footer={
        <>
          <Button onClick={onClose}>Leave it in force</Button>
          <Button
            variant="primary"
            busy={lift.isPending}
            onClick={() => lift.mutate({ id: rule.id, held: holds ? held : "post" })}
          >
            Lift
          </Button>
        </>
      }
    >
      {holds ? (
        <Field
          label="What it held back"
          hint={
            held === "post"
              ? "It goes to Odoo as its policy says. What is there already is not made twice."
              : "It is cancelled with the reason of this rule, and stays in the list."
          }
        >
          {(control) => <Select {...control} value={held} onChange={setHeld} choices={HELD} />}
        </Field>
      ) : null}
    </Dialog>
  );
}
