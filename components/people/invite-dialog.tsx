"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import type { HandedLink } from "./link-dialog";
import { type RoleChoice, RoleFields, roleInput } from "./role-fields";

const FORM = "invite-person";

export function InviteDialog({ onClose, onDone }: { onClose: () => void; onDone: (link: HandedLink) => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [choice, setChoice] = useState<RoleChoice>({ role: "support", carriers: "", warehouses: "" });
  const invite = useMutation(
    trpc.people.invite.mutationOptions({
      onSuccess: ({ link }) => {
        void queries.invalidateQueries(trpc.people.list.queryFilter());
        onDone({ name, purpose: "invitation", ...link });
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ name, email, ...roleInput(choice) });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Invite a person"
      description="You get a link that works once, to hand over as you like. They set their own password by it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={FORM} variant="primary" busy={invite.isPending}>
            Make the link
          </Button>
        </>
      }
    >
      <form id={FORM} method="post" onSubmit={submit} className="flex flex-col gap-3">
        <Field label="Name">
          {(control) => (
            <Input {...control} required maxLength={120} value={name} onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
        <Field label="E-mail address">
          {(control) => (
            <Input {...control} type="email" required value={email} onChange={(e) => setEmail(e.target.value)} />
          )}
        </Field>
        <RoleFields choice={choice} onChange={setChoice} />
        {invite.error ? (
          <p role="alert" className="text-broken text-sm">
            {invite.error.message}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
