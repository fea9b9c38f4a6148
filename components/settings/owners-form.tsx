"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { FacetFilter } from "@/components/tables/facet-filter";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { SEVERITY_WORD } from "@/components/ui/severity";
import { toast } from "@/components/ui/toaster";
import { EXCEPTION_KINDS, EXCEPTION_SPECS, SEVERITIES } from "@/core/exceptions/kinds";
import { type OwnerRule, ownerCondition } from "@/core/exceptions/owner-rules";
import type { WorkspaceSettings } from "@/core/settings/workspace";
import { SaveBar } from "./save-bar";
import { useSetting } from "./use-setting";

type Owners = WorkspaceSettings["owners"];
type Named = { id: string; name: string };

const NAMES = ["carrier", "warehouse", "company", "customer"] as const;

/** Teams, and the rules by which new exceptions find their owner, with a dry run over what stands now. */
export function OwnersForm({ seen, editable }: { seen: Owners; editable: boolean }) {
  const trpc = useTRPC();
  const { draft, setDraft, ...bar } = useSetting("owners", seen);
  const people = useQuery({ ...trpc.access.colleagues.queryOptions(), enabled: editable });
  const feeds = useQuery(
    trpc.exceptions.counts.queryOptions({ group: null, shipment: null, resolved: false }, { enabled: editable }),
  );
  const mayOdoo = useMay("odoo:read");
  const odoos = useQuery(trpc.odoo.list.queryOptions(undefined, { enabled: mayOdoo }));
  const tried = useMutation(trpc.exceptions.tryOwners.mutationOptions({ onError: (e) => toast.error(e.message) }));
  const give = useMutation(
    trpc.exceptions.giveToOwners.mutationOptions({
      onSuccess: ({ changed, more }) =>
        toast.success(`${formatCount(changed)} found their owner.${more ? " There are more: give again." : ""}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  const change = (next: Owners) => {
    tried.reset();
    setDraft(next);
  };
  const setRule = (at: number, rule: OwnerRule) =>
    change({ ...draft, rules: draft.rules.map((one, index) => (index === at ? rule : one)) });
  const move = (at: number, step: 1 | -1) => {
    const rules = [...draft.rules];
    const [rule] = rules.splice(at, 1);
    if (rule) rules.splice(at + step, 0, rule);
    change({ ...draft, rules });
  };
  const colleagues = people.data ?? [];
  const first = draft.teams[0] ?? colleagues[0];
  return (
    <div className="max-w-4xl">
      <p className="mb-3 text-ink-2">
        A new exception goes to the owner of the first rule that fits it. Whom a person chose is never changed by a
        rule.
      </p>
      <Teams owners={draft} colleagues={colleagues} editable={editable} onChange={change} />
      <h2 className="mt-6 mb-2 font-semibold text-sm">Rules</h2>
      {draft.rules.length === 0 ? <p className="text-ink-3">No rule yet: new exceptions belong to nobody.</p> : null}
      <ol>
        {draft.rules.map((rule, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule has no name of its own, its place is what it is
          <li key={at} className="flex flex-wrap items-center gap-2 border-line border-b py-2">
            <span className="w-5 text-ink-3 tabular-nums">{at + 1}</span>
            <Conditions
              rule={rule}
              feeds={feeds.data?.feeds ?? []}
              connections={(odoos.data ?? []).map((one) => one.connection)}
              editable={editable}
              onChange={(next) => setRule(at, next)}
            />
            <Select
              aria-label={`Owner of rule ${at + 1}`}
              disabled={!editable}
              className="w-44"
              value={"team" in rule.to ? `team ${rule.to.team}` : `person ${rule.to.person}`}
              onChange={(to) => {
                const [kind, id = ""] = to.split(" ");
                setRule(at, { ...rule, to: kind === "team" ? { team: id } : { person: id } });
              }}
              choices={[
                ...draft.teams.map((t) => ({ value: `team ${t.id}`, label: `${t.name} (team)` })),
                ...colleagues.map((p) => ({ value: `person ${p.id}`, label: p.name })),
              ]}
            />
            {tried.data?.rules[at] ? (
              <span className="text-ink-2 text-xs">
                would own {formatCount(tried.data.rules[at].owns)} open ones
                {tried.data.rules[at].kept > 0 ? `, ${formatCount(tried.data.rules[at].kept)} keep theirs` : ""}
              </span>
            ) : null}
            {editable ? (
              <span className="ml-auto flex gap-1">
                <Button
                  variant="quiet"
                  icon
                  aria-label={`Rule ${at + 1} up`}
                  disabled={at === 0}
                  onClick={() => move(at, -1)}
                >
                  <ArrowUp />
                </Button>
                <Button
                  variant="quiet"
                  icon
                  aria-label={`Rule ${at + 1} down`}
                  disabled={at === draft.rules.length - 1}
                  onClick={() => move(at, 1)}
                >
                  <ArrowDown />
                </Button>
                <Button
                  variant="quiet"
                  icon
                  aria-label={`Take rule ${at + 1} away`}
                  onClick={() => change({ ...draft, rules: draft.rules.filter((_, index) => index !== at) })}
                >
                  <Trash2 />
                </Button>
              </span>
            ) : null}
          </li>
        ))}
      </ol>
      {editable ? (
        <div className="mt-2 flex flex-wrap items-center gap-2">
          <Button
            disabled={!first}
            onClick={() =>
              first &&
              change({
                ...draft,
                rules: [
                  ...draft.rules,
                  {
                    when: ownerCondition.parse({}),
                    to: draft.teams.some((t) => t.id === first.id) ? { team: first.id } : { person: first.id },
                  },
                ],
              })
            }
          >
            <Plus aria-hidden />
            Add a rule
          </Button>
          <Button
            busy={tried.isPending}
            disabled={draft.rules.length === 0}
            onClick={() => tried.mutate({ rules: draft.rules })}
          >
            Try on what stands now
          </Button>
          <Button
            busy={give.isPending}
            disabled={bar.dirty || seen.rules.length === 0}
            title={bar.dirty ? "Save first" : undefined}
            onClick={() => give.mutate()}
          >
            Give what stands now
          </Button>
          {tried.data ? (
            <span className="text-ink-2 text-xs" role="status">
              {formatCount(tried.data.unowned)} would stay without an owner. Nothing was changed.
            </span>
          ) : null}
        </div>
      ) : null}
      {tried.data?.refusals.map((words) => (
        <p key={words} role="alert" className="mt-1 text-broken">
          {words}
        </p>
      ))}
      {editable ? <SaveBar {...bar} /> : null}
    </div>
  );
}

function Teams({
  owners,
  colleagues,
  editable,
  onChange,
}: {
  owners: Owners;
  colleagues: readonly Named[];
  editable: boolean;
  onChange: (owners: Owners) => void;
}) {
  const set = (id: string, over: Partial<Owners["teams"][number]>) =>
    onChange({ ...owners, teams: owners.teams.map((t) => (t.id === id ? { ...t, ...over } : t)) });
  return (
    <section aria-label="Teams">
      <h2 className="mb-2 font-semibold text-sm">Teams</h2>
      {owners.teams.map((team) => (
        <div key={team.id} className="flex flex-wrap items-center gap-2 border-line border-b py-1">
          <Input
            aria-label="Name of the team"
            className="w-48"
            maxLength={60}
            disabled={!editable}
            value={team.name}
            onChange={(event) => set(team.id, { name: event.target.value })}
          />
          {editable ? (
            <>
              <FacetFilter
                label="People"
                value={team.people}
                onChange={(people) => set(team.id, { people })}
                choices={colleagues.map((p) => ({ value: p.id, words: p.name, label: p.name }))}
              />
              <Button
                variant="quiet"
                icon
                aria-label={`Take the team ${team.name} away`}
                onClick={() => onChange({ ...owners, teams: owners.teams.filter((t) => t.id !== team.id) })}
              >
                <Trash2 />
              </Button>
            </>
          ) : (
            <span className="text-ink-2">{formatCount(team.people.length)} people</span>
          )}
        </div>
      ))}
      {editable ? (
        <Button
          className="mt-2"
          onClick={() =>
            onChange({
              ...owners,
              teams: [
                ...owners.teams,
                { id: crypto.randomUUID(), name: `Team ${owners.teams.length + 1}`, people: [] },
              ],
            })
          }
        >
          <Plus aria-hidden />
          Add a team
        </Button>
      ) : null}
    </section>
  );
}

function Conditions({
  rule,
  feeds,
  connections,
  editable,
  onChange,
}: {
  rule: OwnerRule;
  feeds: readonly { id: number; name: string }[];
  connections: readonly { id: number; name: string }[];
  editable: boolean;
  onChange: (rule: OwnerRule) => void;
}) {
  const { when } = rule;
  const set = (over: Partial<OwnerRule["when"]>) => onChange({ ...rule, when: { ...when, ...over } });
  if (!editable) {
    const said = [
      ...when.kind.map((kind) => EXCEPTION_SPECS[kind].label),
      ...when.severity.map((severity) => SEVERITY_WORD[severity]),
      ...when.feed.map((id) => feeds.find((feed) => feed.id === id)?.name ?? `feed ${id}`),
      ...when.connection.map((id) => connections.find((one) => one.id === id)?.name ?? `Odoo connection ${id}`),
      ...NAMES.flatMap((name) => when[name]),
    ];
    return <span className="text-ink-2">{said.join(", ")}</span>;
  }
  return (
    <>
      <FacetFilter
        label="Kind"
        value={when.kind}
        onChange={(kind) => set({ kind })}
        choices={EXCEPTION_KINDS.map((value) => ({
          value,
          words: EXCEPTION_SPECS[value].label,
          label: EXCEPTION_SPECS[value].label,
        }))}
      />
      <FacetFilter
        label="Severity"
        value={when.severity}
        onChange={(severity) => set({ severity })}
        choices={SEVERITIES.map((value) => ({ value, words: SEVERITY_WORD[value], label: SEVERITY_WORD[value] }))}
      />
      <FacetFilter
        label="Feed"
        value={when.feed.map(String)}
        onChange={(feed) => set({ feed: feed.map(Number) })}
        choices={feeds.map((feed) => ({ value: String(feed.id), words: feed.name, label: feed.name }))}
      />
      <FacetFilter
        label="Odoo"
        value={when.connection.map(String)}
        onChange={(connection) => set({ connection: connection.map(Number) })}
        choices={connections.map((one) => ({ value: String(one.id), words: one.name, label: one.name }))}
      />
      {NAMES.map((name) => (
        <Input
          key={name}
          aria-label={`${name}, several by commas`}
          placeholder={name}
          className="w-28"
          defaultValue={when[name].join(", ")}
          onBlur={(event) =>
            set({
              [name]: event.target.value
                .split(",")
                .map((one) => one.trim())
                .filter(Boolean),
            })
          }
        />
      ))}
    </>
  );
}
