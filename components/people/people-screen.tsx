"use client";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { type Column, DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Time } from "@/components/ui/time";
import { ROLE_LABELS } from "@/core/access/person";
import type { AppRouter } from "@/server/api/root";
import { InviteDialog } from "./invite-dialog";
import { type HandedLink, LinkDialog } from "./link-dialog";
import { PersonActions } from "./person-actions";

export type PersonRow = inferRouterOutputs<AppRouter>["people"]["list"][number];

export function PeopleScreen() {
  const trpc = useTRPC();
  const people = useQuery(trpc.people.list.queryOptions());
  const mayManage = useMay("people:manage");
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<HandedLink | null>(null);
  const active = people.data?.filter((p) => p.state === "active").length ?? 0;
  const columns: Column<PersonRow>[] = [
    {
      id: "name",
      label: "Name",
      width: 200,
      fixed: true,
      cell: (p) => <span className="font-medium">{p.name}</span>,
    },
    { id: "email", label: "E-mail address", width: 260, grow: true, cell: (p) => p.email },
    {
      id: "role",
      label: "Role",
      width: 200,
      cell: (p) => (
        <span title={ROLE_LABELS[p.role].for}>
          {ROLE_LABELS[p.role].label}
          {p.partner ? (
            <span className="text-ink-3"> · {[...p.partner.carriers, ...p.partner.warehouses].join(", ")}</span>
          ) : null}
        </span>
      ),
    },
    { id: "state", label: "State", width: 190, cell: (p) => <StateOf person={p} /> },
    { id: "seen", label: "Last sign-in", width: 120, cell: (p) => <Time at={p.lastSignInAt} /> },
    {
      id: "actions",
      label: "Actions",
      width: 72,
      fixed: true,
      align: "right",
      cell: (p) => (mayManage ? <PersonActions person={p} onLink={setLink} /> : null),
    },
  ];
  return (
    <>
      <PageHeader
        title="People"
        note={people.data ? `${active} active of ${people.data.length}` : undefined}
        actions={
          mayManage ? (
            <Button variant="primary" onClick={() => setInviting(true)}>
              Invite a person
            </Button>
          ) : null
        }
      />
      <DataTable
        name="people"
        label="People"
        columns={columns}
        rows={people.data ?? []}
        rowId={(p) => p.id}
        loading={people.isPending}
        error={people.error}
        onRetry={() => void people.refetch()}
        rowTone={(p) => (p.state === "disabled" ? "muted" : undefined)}
        noun={["person", "people"]}
        total={people.data?.length}
        empty={<EmptyState title="Nobody here yet">Invite the first person.</EmptyState>}
      />
      {inviting ? (
        <InviteDialog
          onClose={() => setInviting(false)}
          onDone={(handed) => {
            setInviting(false);
            setLink(handed);
          }}
        />
      ) : null}
      {link ? <LinkDialog link={link} onClose={() => setLink(null)} /> : null}
    </>
  );
}

function StateOf({ person }: { person: PersonRow }) {
  if (person.state === "disabled") {
    return (
      <Badge tone="idle" shape="pause">
        Disabled
      </Badge>
    );
  }
  if (person.lockedUntil) {
    return (
      <Badge tone="broken" shape="cross">
        Locked, opens <Time at={person.lockedUntil} />
      </Badge>
    );
  }
  if (person.state === "active") {
    return (
      <Badge tone="ok" shape="dot">
        Active{person.linkUntil ? ", reset link open" : ""}
      </Badge>
    );
  }
  return (
    <Badge tone={person.linkUntil ? "late" : "broken"} shape="clock">
      {person.linkUntil ? (
        <>
          Invited, link ends <Time at={person.linkUntil} />
        </>
      ) : (
        "Invited, link has ended"
      )}
    </Badge>
  );
}
