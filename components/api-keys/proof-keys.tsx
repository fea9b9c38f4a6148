"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Identifier } from "@/components/ui/identifier";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";

/** The public keys by which proofs are verified, and the change to another one. */
export function ProofKeys() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayManage = useMay("settings:manage");
  const [asking, setAsking] = useState(false);
  const keys = useQuery(trpc.proof.keys.queryOptions());
  const rotate = useMutation(
    trpc.proof.rotateKey.mutationOptions({
      onSuccess: ({ keyId }) => {
        void queries.invalidateQueries(trpc.proof.keys.queryFilter());
        setAsking(false);
        toast.success(`Proofs are signed with the key ${keyId} from now on`);
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <section
      aria-label="Signing keys of proofs"
      className="mx-4 mt-4 mb-6 max-h-72 shrink-0 overflow-y-auto rounded-lg border border-line bg-surface p-4"
    >
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h2 className="font-semibold text-base">Signing keys of proofs</h2>
          <p className="text-ink-2">
            Proofs are signed with the present key. Those before it stay published, so that what they signed still
            verifies; what one signs after its end does not.
          </p>
        </div>
        {mayManage ? <Button onClick={() => setAsking(true)}>Change the key</Button> : null}
      </div>
      {keys.error ? <p className="text-broken">{keys.error.message}</p> : null}
      <ul className="mt-2 flex flex-col">
        {(keys.data ?? []).map(({ keyId, publicKey, current, retiredAt }) => (
          <li key={keyId} className="flex flex-wrap items-baseline gap-x-3 border-line border-t py-1.5">
            <Identifier value={keyId} max={20} />
            <Badge tone={current ? "ok" : "idle"} shape={current ? "check" : "dash"}>
              {current ? "present" : "retired"}
            </Badge>
            <span className="min-w-0 text-ink-3 text-xs">
              public key <Identifier value={publicKey} max={24} />
            </span>
            {retiredAt ? (
              <span className="ml-auto text-ink-3 text-xs">
                until <Time at={retiredAt} show="both" />
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Sign proofs with another key"
        description="New proofs are signed with a new key. Whoever pinned the present one has to take the new one from GET /api/v1/proof-keys. The present one stays published for the proofs made so far. It stands in the audit log."
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Leave it</Button>
            <Button variant="primary" busy={rotate.isPending} onClick={() => rotate.mutate()}>
              Change the key
            </Button>
          </>
        }
      />
    </section>
  );
}
