"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { wallInstant } from "@/components/messages/wall-instant";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, Input } from "@/components/ui/input";
import { absolute, Time, useZone } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import type { Connection } from "./rows";

const NOTES = [
  ["picked_up", "Picked up"],
  ["in_transit", "In transit"],
  ["out_for_delivery", "Out for delivery"],
  ["available_for_pickup", "Ready for pickup"],
  ["delivered", "Delivered"],
  ["return_initiated", "Return started"],
  ["returned", "Returned"],
] as const;

/** Which milestones leave a note, and from when on facts are posted. */
export function Policy({ connection, onChanged }: { connection: Connection["connection"]; onChanged: () => void }) {
  const trpc = useTRPC();
  const zone = useZone();
  const mayManage = useMay("odoo:manage");
  const [notes, setNotes] = useState<readonly string[]>(connection.notes);
  const was = connection.postSince ? absolute(connection.postSince, zone, false).replace(" ", "T") : "";
  // null until somebody writes: the zone of the viewer is known only after the first drawing
  const [written, setSince] = useState<string | null>(null);
  const since = written ?? was;
  const update = useMutation(
    trpc.odoo.update.mutationOptions({
      onSuccess: () => {
        toast.success("Saved");
        onChanged();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const [needsProof, setNeedsProof] = useState(connection.invoiceNeedsProof);
  const changed =
    needsProof !== connection.invoiceNeedsProof ||
    since !== was ||
    [...notes].sort().join() !== [...connection.notes].sort().join();
  const save = () => {
    const { id, name, url, database, login, pollSeconds, ratePerSecond, concurrency, failurePercent, updatedAt } =
      connection;
    const instant = wallInstant(since, zone);
    const postSince = since === was ? connection.postSince : instant === null ? null : new Date(instant);
    update.mutate({
      id,
      name,
      url,
      database,
      login,
      pollSeconds,
      ratePerSecond,
      concurrency,
      failurePercent,
      seen: updatedAt,
      key: null,
      notes: [...notes] as never,
      invoiceNeedsProof: needsProof,
      postSince,
    });
  };
  return (
    <div className="flex flex-col gap-3">
      <fieldset disabled={!mayManage} className="flex flex-col gap-1">
        <legend className="mb-1 font-medium text-ink-2 text-xs">Leave a note in the chatter at</legend>
        <div className="grid gap-1 sm:grid-cols-2">
          {NOTES.map(([value, word]) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a button inside of its label
            <label key={value} className="flex min-h-6 items-center gap-2">
              <Checkbox
                checked={notes.includes(value)}
                onCheckedChange={(on) =>
                  setNotes(on === true ? [...notes, value] : notes.filter((note) => note !== value))
                }
              />
              {word}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset disabled={!mayManage} className="flex flex-col gap-1">
        <legend className="mb-1 font-medium text-ink-2 text-xs">Invoice an order</legend>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a button inside of its label */}
        <label className="flex min-h-6 items-center gap-2">
          <Checkbox checked={needsProof} onCheckedChange={(on) => setNeedsProof(on === true)} />
          Only once the proof of delivery is there
        </label>
      </fieldset>
      <Field
        label={`Post facts received since (${zone})`}
        hint={
          connection.postSince ? (
            <>
              Notes, validations and documents for facts of before <Time at={connection.postSince} show="absolute" />{" "}
              are shown and never posted.
            </>
          ) : (
            "Set by itself when the first kind is switched on."
          )
        }
      >
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            disabled={!mayManage}
            value={since}
            onChange={(event) => setSince(event.target.value)}
            className="w-52"
          />
        )}
      </Field>
      {mayManage && changed ? (
        <div>
          <Button variant="primary" busy={update.isPending} onClick={save}>
            Save
          </Button>
        </div>
      ) : null}
    </div>
  );
}
