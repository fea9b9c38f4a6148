"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Identifier } from "@/components/ui/identifier";
import { Mark } from "@/components/ui/mark";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { ProofSubject } from "@/core/proof/proof";
import { ChainList } from "./chain-list";
import { exportAddress } from "./why";

/** The chain behind a value in words, whether each link holds, and the document to take away or to check. */
export function ProofDialog({
  subject,
  title,
  onClose,
}: {
  subject: ProofSubject;
  title: string;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const got = useQuery({ ...trpc.proof.show.queryOptions(subject), staleTime: 0, retry: false });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description="From the raw bytes to what Odoo holds. Each link carries the digest of the one before it, and the whole is signed."
      className="top-[6vh] max-h-[88vh] max-w-[760px]"
      footer={
        <div className="flex flex-1 flex-wrap items-center justify-between gap-2">
          <CheckFile />
          {got.data ? (
            <Button variant="primary" asChild>
              <a href={exportAddress(subject)} download>
                Download the proof
              </a>
            </Button>
          ) : null}
        </div>
      }
    >
      {got.error ? (
        <ErrorState title="There is no proof of this" error={got.error} onRetry={() => void got.refetch()} />
      ) : got.data ? (
        <>
          <Standing verdict={got.data.verdict} links={got.data.links.length} />
          <ChainList links={got.data.links} checks={got.data.verdict.checks} />
          <p className="mt-3 flex flex-wrap items-baseline gap-x-1 text-ink-3 text-xs">
            Put together <Time at={new Date(got.data.madeAt)} /> and signed with the key{" "}
            <Identifier value={got.data.signer.keyId} />
          </p>
        </>
      ) : (
        <SkeletonLines lines={9} />
      )}
    </Dialog>
  );
}

function Standing({
  verdict,
  links,
}: {
  verdict: { ok: boolean; checks: { link: number | null; ok: boolean }[] };
  links: number;
}) {
  const bad = [...new Set(verdict.checks.filter((check) => !check.ok).map((check) => check.link))];
  const places = bad.filter((link) => link !== null).map((link) => link + 1);
  return (
    <p className="mb-3 flex items-center gap-2 font-medium">
      <Mark shape={verdict.ok ? "check" : "cross"} className={verdict.ok ? "text-ok" : "text-broken"} />
      {verdict.ok
        ? `All ${links} links hold.`
        : places.length > 0
          ? `Broken at ${places.length === 1 ? "link" : "links"} ${places.join(", ")}: what is stored is not what was received or said.`
          : "The signature does not hold."}
    </p>
  );
}

/** Lets a person check a proof that somebody sent them, against the key of this installation. */
function CheckFile() {
  const trpc = useTRPC();
  const id = useId();
  const [name, setName] = useState("");
  const check = useMutation(trpc.proof.check.mutationOptions());
  const failed = check.data?.checks.find((one) => !one.ok);
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1 text-xs">
      <label
        htmlFor={id}
        className="w-fit cursor-pointer rounded-sm text-accent underline-offset-2 focus-within:outline-2 focus-within:outline-accent hover:underline"
      >
        Check a proof you were sent
        <input
          id={id}
          type="file"
          accept=".json,application/json"
          className="sr-only"
          onChange={async (event) => {
            const file = event.target.files?.[0];
            if (!file) return;
            setName(file.name);
            check.mutate({ document: await file.text() });
            event.target.value = "";
          }}
        />
      </label>
      <output aria-live="polite" className="break-words">
        {check.isPending ? "Checking…" : null}
        {check.error ? <span className="text-broken">{check.error.message}</span> : null}
        {check.data ? (
          <span className={check.data.ok ? "text-ok" : "text-broken"}>
            {check.data.ok
              ? `${name} holds and was signed here.`
              : `${name} does not hold${failed?.link == null ? "" : ` at link ${failed.link + 1}`}: ${failed?.why ?? ""}`}
          </span>
        ) : null}
      </output>
    </div>
  );
}
