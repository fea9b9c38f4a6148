"use client";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toaster";
import { STATUS_CHOICES, STATUS_FIELD } from "@/core/odoo/status-field";
import type { Connection } from "./rows";
import { storedReport } from "./test-report";

/** Where the status goes in this Odoo as far as the last test knows, and the step that makes a field for it. */
export function StatusFieldSetUp({
  connection,
  onChanged,
}: {
  connection: Connection["connection"];
  onChanged: () => void;
}) {
  const mayManage = useMay("odoo:manage");
  const [asking, setAsking] = useState(false);
  const modules = storedReport(connection.lastTest)?.modules;
  return (
    <div className="flex flex-wrap items-start gap-3">
      <p className="min-w-0 flex-1 text-ink-2">
        {modules === undefined
          ? "Whether transfers have a field for the delivery status is known once the connection is tested."
          : modules.status_field
            ? `Transfers have the field ${STATUS_FIELD}. It is what the status goes to.`
            : modules.delivery_state
              ? "The community module delivery_state is installed: the status goes to its fields, unless you make one of our own."
              : "Transfers have no field for the delivery status yet. Making one needs an administrator of Odoo once."}
      </p>
      {mayManage && connection.state !== "archived" && !modules?.status_field ? (
        <Button size="sm" onClick={() => setAsking(true)}>
          Set up the status field
        </Button>
      ) : null}
      {asking ? (
        <SetUpDialog
          connection={connection}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            onChanged();
          }}
        />
      ) : null}
    </div>
  );
}

function SetUpDialog({
  connection,
  onClose,
  onDone,
}: {
  connection: Connection["connection"];
  onClose: () => void;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const [login, setLogin] = useState("");
  const [key, setKey] = useState("");
  const test = useMutation(trpc.odoo.test.mutationOptions({ onSettled: onDone }));
  const setUp = useMutation(
    trpc.odoo.setUpStatusField.mutationOptions({
      onSuccess: ({ done }) => {
        toast.success(done === "made" ? "The status field is made" : "The status field was there already");
        test.mutate({ id: connection.id });
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUp.mutate({ id: connection.id, login, key });
  };
  const ready = login.trim() !== "" && key.length >= 4;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Set up the status field in ${connection.name}`}
      description="Adds one field to transfers and changes nothing else; an administrator of Odoo can remove it at any time."
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            variant="primary"
            type="submit"
            form="status-field-setup"
            disabled={!ready}
            busy={setUp.isPending || test.isPending}
          >
            Make the field
          </Button>
        </>
      }
    >
      <form id="status-field-setup" onSubmit={submit} className="flex flex-col gap-3">
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-md border border-line p-3 text-sm">
          <dt className="text-ink-3">Model</dt>
          <dd className="font-mono text-[12px]">stock.picking</dd>
          <dt className="text-ink-3">Field</dt>
          <dd className="font-mono text-[12px]">{STATUS_FIELD}</dd>
          <dt className="text-ink-3">Shown as</dt>
          <dd>Delivery status</dd>
          <dt className="text-ink-3">Choices</dt>
          <dd>{STATUS_CHOICES.map(({ label }) => label).join(", ")}</dd>
        </dl>
        <Field label="Login of an administrator">
          {(control) => (
            <Input {...control} value={login} onChange={(event) => setLogin(event.target.value)} autoComplete="off" />
          )}
        </Field>
        <Field label="API key of that administrator" hint="Used for this step alone and kept nowhere.">
          {(control) => (
            <Input
              {...control}
              type="password"
              value={key}
              onChange={(event) => setKey(event.target.value)}
              autoComplete="off"
            />
          )}
        </Field>
        {setUp.error ? (
          <p role="alert" className="text-broken">
            {setUp.error.message}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
