"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { PageHeader } from "@/components/shell/page-header";
import { type Column, DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { Time, useNow } from "@/components/ui/time";
import type { AppRouter } from "@/server/api/root";
import { NewKeyDialog } from "./new-key-dialog";
import { ProofKeys } from "./proof-keys";

type KeyRow = inferRouterOutputs<AppRouter>["apiKeys"]["list"][number];

export function ApiKeysScreen() {
  const trpc = useTRPC();
  const keys = useQuery(trpc.apiKeys.list.queryOptions());
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<KeyRow | null>(null);
  const columns: Column<KeyRow>[] = [
    { id: "name", label: "For", width: 220, fixed: true, cell: (k) => <span className="font-medium">{k.name}</span> },
    {
      id: "prefix",
      label: "Key",
      width: 110,
      cell: (k) => <span className="font-mono text-[12px]">{k.prefix}…</span>,
    },
    {
      id: "scopes",
      label: "Scopes",
      width: 280,
      grow: true,
      cell: (k) => <span title={k.scopes.join("\n")}>{k.scopes.join(", ")}</span>,
    },
    { id: "used", label: "Last used", width: 110, cell: (k) => <Time at={k.lastUsedAt} /> },
    { id: "made", label: "Made", width: 110, cell: (k) => <Time at={k.createdAt} /> },
    { id: "by", label: "By", width: 140, hidden: true, cell: (k) => k.createdBy ?? "Waypost" },
    { id: "state", label: "State", width: 170, cell: (k) => <StateOf apiKey={k} /> },
    {
      id: "actions",
      label: "Actions",
      width: 84,
      fixed: true,
      align: "right",
      cell: (k) =>
        k.revokedAt ? null : (
          <Button variant="quiet" size="sm" onClick={() => setRevoking(k)}>
            Revoke
          </Button>
        ),
    },
  ];
  return (
    <>
      <PageHeader
        title="API keys"
        note={
          <a className="underline underline-offset-2" href="/api/v1/openapi.json">
            openapi.json
          </a>
        }
        actions={
          <Button variant="primary" onClick={() => setMaking(true)}>
            New key
          </Button>
        }
      />
      <DataTable
        name="api-keys"
        label="API keys"
        columns={columns}
        rows={keys.data ?? []}
        rowId={(k) => k.id}
        loading={keys.isPending}
        error={keys.error}
        onRetry={() => void keys.refetch()}
        rowTone={(k) => (k.revokedAt ? "muted" : undefined)}
        total={keys.data?.length}
        noun={["key", "keys"]}
        empty={
          <EmptyState
            title="No keys yet"
            action={
              <Button variant="primary" onClick={() => setMaking(true)}>
                New key
              </Button>
            }
          >
            A key lets a script or another system read shipments and exceptions, mend mappings and replay messages by
            the API.
          </EmptyState>
        }
      />
      <ProofKeys />
      {making ? <NewKeyDialog onClose={() => setMaking(false)} /> : null}
      {revoking ? <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} /> : null}
    </>
  );
}

function StateOf({ apiKey }: { apiKey: KeyRow }) {
  const now = useNow();
  if (apiKey.revokedAt) {
    return (
      <Badge tone="idle" shape="cross">
        Revoked <Time at={apiKey.revokedAt} />
      </Badge>
    );
  }
  if (!apiKey.expiresAt) {
    return (
      <Badge tone="ok" shape="dot">
        Live, no end
      </Badge>
    );
  }
  const over = apiKey.expiresAt.getTime() <= now;
  return (
    <Badge tone={over ? "broken" : "ok"} shape={over ? "cross" : "dot"}>
      {over ? "Expired" : "Live, ends"} <Time at={apiKey.expiresAt} />
    </Badge>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: KeyRow; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries(trpc.apiKeys.list.queryFilter());
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Revoke "${apiKey.name}"?`}
      description="Whatever uses this key is refused from the next call on. A revoked key cannot be brought back."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={revoke.isPending} onClick={() => revoke.mutate({ id: apiKey.id })}>
            Revoke
          </Button>
        </>
      }
    >
      {revoke.error ? (
        <p role="alert" className="text-broken text-sm">
          {revoke.error.message}
        </p>
      ) : null}
    </Dialog>
  );
}
