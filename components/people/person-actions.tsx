"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, Ellipsis, KeyRound, UserCheck, UserCog } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useViewer } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Dropdown, DropdownItem, DropdownSeparator } from "@/components/ui/dropdown";
import { toast } from "@/components/ui/toaster";
import type { HandedLink } from "./link-dialog";
import type { PersonRow } from "./people-screen";
import { RoleFields, roleInput } from "./role-fields";

/** What an administrator can do with one person. */
export function PersonActions({ person, onLink }: { person: PersonRow; onLink: (link: HandedLink) => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const viewer = useViewer();
  const [asking, setAsking] = useState<"role" | "disable" | null>(null);
  const done = (text: string) => () => {
    void queries.invalidateQueries(trpc.people.list.queryFilter());
    setAsking(null);
    toast.success(text);
  };
  const onError = (error: { message: string }) => toast.error(error.message);
  const enable = useMutation(
    trpc.people.enable.mutationOptions({ onSuccess: done(`${person.name} can sign in again`), onError }),
  );
  const reset = useMutation(
    trpc.people.resetPassword.mutationOptions({
      onSuccess: (link) => {
        void queries.invalidateQueries(trpc.people.list.queryFilter());
        onLink({ name: person.name, purpose: person.state === "invited" ? "invitation" : "reset", ...link });
      },
      onError,
    }),
  );
  return (
    <>
      <Dropdown
        align="end"
        trigger={
          <Button variant="quiet" size="sm" icon aria-label={`Actions for ${person.name}`}>
            <Ellipsis />
          </Button>
        }
      >
        {person.state === "disabled" ? (
          <DropdownItem onSelect={() => enable.mutate({ id: person.id })}>
            <UserCheck aria-hidden />
            Enable
          </DropdownItem>
        ) : (
          <>
            <DropdownItem onSelect={() => setAsking("role")}>
              <UserCog aria-hidden />
              Change role
            </DropdownItem>
            <DropdownItem onSelect={() => reset.mutate({ id: person.id })}>
              <KeyRound aria-hidden />
              {person.state === "invited" ? "Make another invitation link" : "Make a password link"}
            </DropdownItem>
            <DropdownSeparator />
            <DropdownItem danger onSelect={() => setAsking("disable")}>
              <Ban aria-hidden />
              Disable
            </DropdownItem>
          </>
        )}
      </Dropdown>
      {asking === "role" ? (
        <RoleDialog
          person={person}
          onClose={() => setAsking(null)}
          onDone={done(`${person.name} has another role now`)}
        />
      ) : null}
      {asking === "disable" ? (
        <DisableDialog
          person={person}
          self={person.id === viewer.id}
          onClose={() => setAsking(null)}
          onDone={done(`${person.name} is disabled`)}
        />
      ) : null}
    </>
  );
}

type AskProps = { person: PersonRow; onClose: () => void; onDone: () => void };

function RoleDialog({ person, onClose, onDone }: AskProps) {
  const trpc = useTRPC();
  const [choice, setChoice] = useState({
    role: person.role,
    carriers: person.partner?.carriers.join(", ") ?? "",
    warehouses: person.partner?.warehouses.join(", ") ?? "",
  });
  const change = useMutation(trpc.people.changeRole.mutationOptions({ onSuccess: onDone }));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Role of ${person.name}`}
      description="Their sessions end at once; they sign in again with the new role."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={change.isPending}
            onClick={() => change.mutate({ id: person.id, ...roleInput(choice) })}
          >
            Change role
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <RoleFields choice={choice} onChange={setChoice} />
        <Refusal error={change.error} />
      </div>
    </Dialog>
  );
}

function DisableDialog({ person, self, onClose, onDone }: AskProps & { self: boolean }) {
  const trpc = useTRPC();
  const disable = useMutation(trpc.people.disable.mutationOptions({ onSuccess: onDone }));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={self ? "Disable yourself?" : `Disable ${person.name}?`}
      description={`${self ? "Your" : "Their"} sessions and one-time links end at once. What ${self ? "you" : "they"} did stays in the audit log, and an administrator can enable ${self ? "you" : "them"} again.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={disable.isPending} onClick={() => disable.mutate({ id: person.id })}>
            Disable
          </Button>
        </>
      }
    >
      <Refusal error={disable.error} />
    </Dialog>
  );
}

function Refusal({ error }: { error: { message: string } | null }) {
  return error ? (
    <p role="alert" className="text-broken text-sm">
      {error.message}
    </p>
  ) : null;
}
