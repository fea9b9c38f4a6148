"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { CopyLine } from "@/components/people/link-dialog";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { rightsByNoun } from "@/core/access/right-labels";
import type { Right } from "@/core/access/rights";

const FORM = "new-api-key";
const ENDS = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "never", label: "Never" },
] as const;
type Ends = (typeof ENDS)[number]["value"];

export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [ends, setEnds] = useState<Ends>("365");
  const [scopes, setScopes] = useState<readonly Right[]>([]);
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: () => void queries.invalidateQueries(trpc.apiKeys.list.queryFilter()),
    }),
  );
  if (create.data) return <ShownOnce name={name} value={create.data.key} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, scopes: [...scopes], expiresInDays: ends === "never" ? null : Number(ends) });
  };
  const toggle = (right: Right) =>
    setScopes(scopes.includes(right) ? scopes.filter((s) => s !== right) : [...scopes, right]);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New API key"
      description="It may do what is ticked here, and nothing else."
      className="max-w-[640px]"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={FORM} variant="primary" busy={create.isPending} disabled={scopes.length === 0}>
            Make key with {scopes.length} {scopes.length === 1 ? "scope" : "scopes"}
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-3">
        <div className="flex flex-wrap gap-3">
          <Field label="What it is for" className="min-w-48 flex-1">
            {(control) => (
              <Input {...control} required maxLength={120} value={name} onChange={(e) => setName(e.target.value)} />
            )}
          </Field>
          <Field label="Ends">
            {(control) => <Select {...control} value={ends} onChange={setEnds} choices={ENDS} />}
          </Field>
        </div>
        <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
          {rightsByNoun().map(({ noun, label, rights }) => (
            <fieldset key={noun}>
              <legend className="mb-1 font-medium text-ink-2 text-xs">{label}</legend>
              <div className="flex flex-wrap gap-x-4 gap-y-1">
                {rights.map((right) => (
                  // biome-ignore lint/a11y/noLabelWithoutControl: the check box is a button inside it
                  <label key={right} className="flex items-center gap-1.5">
                    <Checkbox checked={scopes.includes(right)} onCheckedChange={() => toggle(right)} />
                    {right.slice(noun.length + 1)}
                  </label>
                ))}
              </div>
            </fieldset>
          ))}
        </div>
        {create.error ? (
          <p role="alert" className="text-broken text-sm">
            {create.error.message}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}

function ShownOnce({ name, value, onClose }: { name: string; value: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Key "${name}" is made`}
      description="Copy it now: it is not kept and cannot be shown again."
      footer={
        <Button variant="primary" onClick={onClose}>
          I have copied it
        </Button>
      }
    >
      <CopyLine value={value} label="API key" />
      <p className="mt-3 text-ink-3 text-xs">
        Send it as <code className="font-mono">Authorization: Bearer {value.slice(0, 8)}…</code>
      </p>
    </Dialog>
  );
}
