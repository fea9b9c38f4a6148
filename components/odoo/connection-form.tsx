"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toaster";
import { newConnectionInput } from "@/core/odoo/connection-input";
import type { Connection } from "./rows";
import { TestReport } from "./test-report";

type Fields = {
  name: string;
  url: string;
  database: string;
  login: string;
  key: string;
  pollSeconds: string;
  ratePerSecond: string;
  concurrency: string;
  failurePercent: string;
};

const BLANK: Fields = {
  name: "",
  url: "https://",
  database: "",
  login: "",
  key: "",
  pollSeconds: "10",
  ratePerSecond: "20",
  concurrency: "4",
  failurePercent: "5",
};

/** A new connection, or changes to one. The key goes in and never comes out. */
export function ConnectionForm({
  connection,
  onClose,
  onDone,
}: {
  connection?: Connection["connection"];
  onClose: () => void;
  onDone: (id: number) => void;
}) {
  const trpc = useTRPC();
  const [fields, setFields] = useState<Fields>(
    connection
      ? {
          ...BLANK,
          name: connection.name,
          url: connection.url,
          database: connection.database,
          login: connection.login,
          pollSeconds: String(connection.pollSeconds),
          ratePerSecond: String(connection.ratePerSecond),
          concurrency: String(connection.concurrency),
          failurePercent: String(connection.failurePercent),
        }
      : BLANK,
  );
  const [tried, setTried] = useState(false);
  const elsewhere =
    connection !== undefined &&
    (fields.url !== connection.url || fields.database !== connection.database || fields.login !== connection.login);
  const keepsKey = connection !== undefined && !elsewhere && fields.key === "";
  const parsed = newConnectionInput.safeParse({
    name: fields.name,
    url: fields.url,
    database: fields.database,
    login: fields.login,
    key: keepsKey ? "stays-as-it-is" : fields.key,
    pollSeconds: Number(fields.pollSeconds),
    ratePerSecond: Number(fields.ratePerSecond),
    concurrency: Number(fields.concurrency),
    failurePercent: Number(fields.failurePercent),
  });
  const problem = (name: keyof Fields) =>
    tried && !parsed.success ? (parsed.error.issues.find((issue) => issue.path[0] === name)?.message ?? null) : null;
  const test = useMutation(trpc.odoo.test.mutationOptions({ onError: (error) => toast.error(error.message) }));
  const after = {
    onError: (error: { message: string }) => toast.error(error.message),
  };
  const connect = useMutation(trpc.odoo.connect.mutationOptions({ ...after, onSuccess: ({ id }) => onDone(id) }));
  const update = useMutation(
    trpc.odoo.update.mutationOptions({ ...after, onSuccess: () => connection && onDone(connection.id) }),
  );

  const submit = (act: "test" | "save") => {
    setTried(true);
    if (!parsed.success) return;
    const { url, database, login, key } = parsed.data;
    if (act === "test") {
      test.mutate(keepsKey && connection ? { id: connection.id } : { url, database, login, key });
      return;
    }
    if (!connection) connect.mutate(parsed.data);
    else
      update.mutate({
        ...parsed.data,
        id: connection.id,
        seen: connection.updatedAt,
        key: keepsKey ? null : key,
        notes: connection.notes as never,
        invoiceNeedsProof: connection.invoiceNeedsProof,
        postSince: connection.postSince,
      });
  };
  const set = (name: keyof Fields) => (event: { target: { value: string } }) =>
    setFields({ ...fields, [name]: event.target.value });
  const text = (name: keyof Fields, label: string, hint?: string, more: Record<string, unknown> = {}) => (
    <Field label={label} hint={hint} error={problem(name)}>
      {(control) => (
        <Input {...control} value={fields[name]} onChange={set(name)} autoComplete="off" spellCheck={false} {...more} />
      )}
    </Field>
  );

  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={connection ? `Change ${connection.name}` : "Connect an Odoo"}
      description={
        connection
          ? undefined
          : "It only reads at first. Each kind of posting is switched on by itself, after you have seen what it would post."
      }
      className="max-w-[600px]"
      footer={
        <>
          <Button onClick={onClose}>{connection ? "Leave it" : "Not now"}</Button>
          <Button busy={test.isPending} onClick={() => submit("test")}>
            Test
          </Button>
          <Button variant="primary" busy={connect.isPending || update.isPending} onClick={() => submit("save")}>
            {connection ? "Save" : "Connect"}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit("save");
        }}
      >
        {text("name", "Name", "What people call this Odoo", { autoFocus: true })}
        {text("url", "Address", "https, or http on this machine; without /web", { inputMode: "url" })}
        <div className="grid gap-3 sm:grid-cols-2">
          {text("database", "Database")}
          {text("login", "Login", "A user of its own for Waypost, with Inventory / User")}
        </div>
        {text(
          "key",
          "API key",
          connection
            ? keepsKey
              ? `Empty keeps the stored key, which ends in ${connection.keyHint}`
              : "The stored key belongs to another address, database or login: give the key again"
            : "From the user's preferences in Odoo, Account Security. It is stored encrypted and never shown again",
          { type: "password", autoComplete: "new-password" },
        )}
        <div className="grid gap-3 sm:grid-cols-2">
          {text("pollSeconds", "Read every (s)", undefined, { inputMode: "numeric" })}
          {text("ratePerSecond", "Calls a second, at most", undefined, { inputMode: "numeric" })}
          {text("concurrency", "At the same time, at most", undefined, { inputMode: "numeric" })}
          {text("failurePercent", "Calls that may fail within an hour (%)", undefined, { inputMode: "numeric" })}
        </div>
        {test.data ? (
          <div className="rounded-md border border-line p-3">
            <TestReport report={test.data} />
          </div>
        ) : null}
        <button type="submit" className="sr-only" tabIndex={-1}>
          Save
        </button>
      </form>
    </Dialog>
  );
}
