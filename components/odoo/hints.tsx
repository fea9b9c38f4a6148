"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { HINT_OVERLAP_HOURS } from "@/core/settings/key-generations";
import type { Connection } from "./rows";

/** Odoo's own webhook as a hint: when the last came, the address to put in, and how. */
export function Hints({ overview }: { overview: Connection }) {
  const trpc = useTRPC();
  const mayManage = useMay("odoo:manage");
  const { connection, hintedAt } = overview;
  const [shown, setShown] = useState(false);
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const rotate = useMutation(
    trpc.odoo.rotateHint.mutationOptions({
      onSuccess: (made) => {
        queries.setQueryData(trpc.odoo.hint.queryKey({ id: connection.id }), made);
        setAsking(false);
        toast.success("There is a new address: put it into Odoo");
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const address = useQuery({ ...trpc.odoo.hint.queryOptions({ id: connection.id }), enabled: shown && mayManage });
  return (
    <div className="flex flex-col gap-2">
      <p className="text-ink-2">
        {hintedAt ? (
          <>
            The last hint came <Time at={hintedAt} />.
          </>
        ) : (
          `No hint came yet: changes are found by the poll every ${connection.pollSeconds} s.`
        )}{" "}
        A hint lets the poll look at once. Nothing of it is believed, and one that is lost costs only the wait until the
        next poll.
      </p>
      {mayManage && !shown ? (
        <div>
          <Button onClick={() => setShown(true)}>Show how to set it up</Button>
        </div>
      ) : null}
      {shown ? (
        <>
          <ol className="flex list-decimal flex-col gap-1 pl-5 text-ink-2">
            <li>
              In Odoo (17 or newer), as an administrator: install{" "}
              <b className="font-medium text-ink">Automation Rules</b> and open Settings, Technical, Automation Rules.
            </li>
            <li>
              New rule: model <b className="font-medium text-ink">Transfer</b>, trigger{" "}
              <b className="font-medium text-ink">On save</b>, when updating State and Tracking Reference.
            </li>
            <li>
              Add an action <b className="font-medium text-ink">Send webhook notification</b> with this address. No
              field needs to be sent.
            </li>
            <li>The same for model Sales Order, when updating Status, if orders should be seen at once too.</li>
          </ol>
          {address.error ? <p className="text-broken">{address.error.message}</p> : null}
          {address.data ? (
            <div className="flex flex-col gap-1 rounded-md border border-line bg-sunken px-2 py-1.5">
              <code className="select-all break-all font-mono text-[12px]">{address.data.url}</code>
              {address.data.oldUntil ? (
                <span className="text-late text-xs">
                  The address before it works until <Time at={address.data.oldUntil} show="both" />: put this one into
                  Odoo.
                </span>
              ) : null}
              <span className="text-ink-3 text-xs">
                The secret stands in the address, because Odoo signs nothing: keep it to Odoo. Whoever has it can only
                ask for a look.
              </span>
              <div>
                <Button size="sm" onClick={() => setAsking(true)}>
                  Change the secret
                </Button>
              </div>
            </div>
          ) : null}
        </>
      ) : null}
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={`Change the secret of the hints of ${connection.name}`}
        description={`There is a new address then. The present one works for ${HINT_OVERLAP_HOURS} hours more, so that Odoo can be told the new one. It stands in the audit log.`}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Leave it</Button>
            <Button variant="primary" busy={rotate.isPending} onClick={() => rotate.mutate({ id: connection.id })}>
              Change the secret
            </Button>
          </>
        }
      />
    </div>
  );
}
