"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useState } from "react";
import { changeInWords } from "@/components/postings/change-in-words";
import { POSTING_KIND_EFFECT, POSTING_KIND_WORD } from "@/components/postings/words";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import { Time, useNow } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { DRY_RUN_HOURS } from "@/core/odoo/connection-input";
import { POSTING_KINDS, type PostingKind } from "@/core/postings/kinds";
import type { Connection, DryRun } from "./rows";

/** Posting kinds as switches; each goes on only through its dry run. */
export function KindSwitches({ overview, onChanged }: { overview: Connection; onChanged: () => void }) {
  const { connection, backlog } = overview;
  const now = useNow();
  const mayManage = useMay("odoo:manage");
  const [asking, setAsking] = useState<{ kind: PostingKind; to: "on" | "off" } | null>(null);
  return (
    <>
      <ul className="flex flex-col">
        {POSTING_KINDS.map((kind) => {
          const on = connection.kinds[kind] === "on";
          const held = backlog
            .filter(
              (row) =>
                row.kind === kind &&
                row.state === "held" &&
                (row.heldBecause === "observe" || row.heldBecause === "kind_off"),
            )
            .reduce((sum, row) => sum + row.count, 0);
          const ran = connection.dryRuns[kind];
          const fresh = ran !== undefined && now - Date.parse(ran) < DRY_RUN_HOURS * 3_600_000;
          return (
            <li key={kind} className="flex items-start gap-3 border-line border-b py-2.5 last:border-b-0">
              <Switch
                aria-label={`Post ${POSTING_KIND_WORD[kind].toLowerCase()}`}
                checked={on}
                disabled={!mayManage || connection.state === "archived"}
                onCheckedChange={(next) => setAsking({ kind, to: next ? "on" : "off" })}
                className="mt-0.5"
              />
              <span className="min-w-0 flex-1">
                <span className="font-medium">{POSTING_KIND_WORD[kind]}</span>
                <span className="block text-ink-2">{POSTING_KIND_EFFECT[kind]}</span>
                <span className="flex flex-wrap gap-x-3 text-ink-3 text-xs">
                  {held > 0 ? (
                    <Link
                      href={`/postings?tab=waiting&kind=${kind}&connection=${connection.id}`}
                      className="text-accent underline-offset-2 hover:underline"
                    >
                      {formatCount(held)} waiting for this switch
                    </Link>
                  ) : null}
                  {ran ? (
                    <span>
                      dry run <Time at={ran} />
                      {!on && !fresh ? ", too old to switch on by" : ""}
                    </span>
                  ) : on ? null : (
                    <span>no dry run yet</span>
                  )}
                </span>
              </span>
              {mayManage && !on ? (
                <Button size="sm" onClick={() => setAsking({ kind, to: "on" })}>
                  Dry run
                </Button>
              ) : null}
            </li>
          );
        })}
      </ul>
      {asking?.to === "on" ? (
        <DryRunDialog
          connection={connection}
          kind={asking.kind}
          onClose={() => {
            setAsking(null);
            onChanged();
          }}
        />
      ) : null}
      {asking?.to === "off" ? (
        <OffDialog
          connection={connection}
          kind={asking.kind}
          due={backlog
            .filter((row) => row.kind === asking.kind && row.state === "planned")
            .reduce((sum, row) => sum + row.count, 0)}
          onClose={() => {
            setAsking(null);
            onChanged();
          }}
        />
      ) : null}
    </>
  );
}

type Shown = { connection: Connection["connection"]; kind: PostingKind; onClose: () => void };

/** What would be posted now, row by row; the switch stands under it. */
function DryRunDialog({ connection, kind, onClose }: Shown) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [found, setFound] = useState<DryRun | null>(null);
  const dryRun = useMutation(trpc.odoo.dryRunKind.mutationOptions({ onSuccess: setFound }));
  const turnOn = useMutation(
    trpc.odoo.switchKind.mutationOptions({
      onSuccess: ({ moved, kept }) => {
        toast.success(
          `${POSTING_KIND_WORD[kind]} is on: ${formatCount(moved)} ${moved === 1 ? "posting goes" : "postings go"} out now${kept > 0 ? `, ${formatCount(kept)} from before stay unposted` : ""}`,
        );
        void queries.invalidateQueries(trpc.odoo.list.queryFilter());
        onClose();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const { mutate } = dryRun;
  useEffect(() => mutate({ id: connection.id, kind }), [mutate, connection.id, kind]);
  const effects =
    found === null ? "" : found.would === 0 ? "posts nothing right now" : `posts ${formatCount(found.would)} now`;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`${POSTING_KIND_WORD[kind]}: what ${connection.name} would be told now`}
      description="This is a dry run: Odoo has not been told anything."
      className="max-w-[760px]"
      footer={
        <>
          <Button onClick={onClose}>Leave it off</Button>
          <Button
            variant="primary"
            disabled={found === null || connection.kinds[kind] === "on"}
            busy={turnOn.isPending}
            onClick={() => turnOn.mutate({ id: connection.id, kind, to: "on" })}
          >
            Switch on{effects ? `, ${effects}` : ""}
          </Button>
        </>
      }
    >
      {dryRun.error ? <p className="text-broken">{dryRun.error.message}</p> : null}
      {found === null ? (
        dryRun.error ? null : (
          <SkeletonLines lines={6} />
        )
      ) : (
        <div className="flex flex-col gap-3">
          <p>
            {found.example ? (
              <>
                This kind is planned from the moment it is on, so nothing goes out at once. Of the newest{" "}
                {formatCount(found.example.looked)} transfers it would have told{" "}
                {found.example.found === 0 ? "nothing." : `the following of ${formatCount(found.example.found)}.`}
              </>
            ) : found.would === 0 ? (
              "No posting of this kind waits. From now on, new facts are posted as they come."
            ) : (
              <>
                <span className="font-medium">{formatCount(found.would)}</span> would go out at once
                {found.would > found.rows.length ? `; the oldest ${found.rows.length} are listed` : ""}.
              </>
            )}
            {found.kept > 0 ? (
              <span className="text-ink-2">
                {" "}
                {formatCount(found.kept)} from before <Time at={found.postSince} show="absolute" /> stay unposted, so
                that Odoo is not flooded with history.
              </span>
            ) : null}
          </p>
          {found.rows.length > 0 ? (
            <div className="max-h-[46vh] overflow-auto rounded-md border border-line">
              <table className="w-full min-w-[480px] table-fixed text-sm">
                <thead>
                  <tr className="sticky top-0 bg-raised text-left text-ink-3 text-xs">
                    <th scope="col" className="w-[150px] px-2 py-1.5 font-normal">
                      Odoo record
                    </th>
                    <th scope="col" className="px-2 py-1.5 font-normal">
                      Would be
                    </th>
                    <th scope="col" className="w-[110px] px-2 py-1.5 font-normal">
                      Known since
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {found.rows.map((row) => (
                    <tr key={row.id ?? row.shipmentId} className="border-line border-t align-top">
                      <td className="truncate px-2 py-1.5">
                        <Link
                          href={row.id === null ? `/shipments/${row.shipmentId}` : `/postings?id=${row.id}`}
                          className="underline-offset-2 hover:underline"
                        >
                          {row.recordName ?? `picking ${row.recordId}`}
                        </Link>
                      </td>
                      <td className="break-words px-2 py-1.5 font-mono text-[12px]">
                        {changeInWords(row.before, row.after) || "unchanged"}
                      </td>
                      <td className="px-2 py-1.5 text-ink-2">
                        <Time at={row.receivedAt ?? row.createdAt} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          ) : null}
        </div>
      )}
    </Dialog>
  );
}

function OffDialog({ connection, kind, due, onClose }: Shown & { due: number }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const turnOff = useMutation(
    trpc.odoo.switchKind.mutationOptions({
      onSuccess: ({ moved }) => {
        toast.success(`${POSTING_KIND_WORD[kind]} is off; ${formatCount(moved)} wait`);
        void queries.invalidateQueries(trpc.odoo.list.queryFilter());
        onClose();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Stop posting ${POSTING_KIND_WORD[kind].toLowerCase()} to ${connection.name}`}
      description={`${due === 0 ? "None is due right now." : `${formatCount(due)} that are due will wait.`} What is on its way goes on; what is in Odoo stays. New ones are planned and wait until this is switched on again.`}
      footer={
        <>
          <Button onClick={onClose}>Keep posting</Button>
          <Button
            variant="danger"
            busy={turnOff.isPending}
            onClick={() => turnOff.mutate({ id: connection.id, kind, to: "off" })}
          >
            Switch off
          </Button>
        </>
      }
    />
  );
}
