"use client";
import { X } from "lucide-react";
import { useMemo } from "react";
import { useViewer } from "@/components/shell/viewer";
import { FacetFilter } from "@/components/tables/facet-filter";
import { Button } from "@/components/ui/button";
import { SEVERITY_WORD, SeverityBadge, STATE_WORD, StateBadge } from "@/components/ui/severity";
import {
  type ExceptionCell,
  type ExceptionFilter,
  type Facet,
  facetCounts,
  ME,
  NOBODY,
} from "@/core/exceptions/filter";
import {
  EXCEPTION_KINDS,
  EXCEPTION_SPECS,
  EXCEPTION_STATES,
  type ExceptionState,
  IMPACTS,
  RESPONSIBLE_PARTIES,
  SEVERITIES,
} from "@/core/exceptions/kinds";
import type { SetUrl } from "./url";
import { IMPACT_WORD, PARTY_WORD } from "./words";

export type Colleague = { id: string; name: string };

/** Filters with counts that add up to the list. */
export function FilterBar({
  cells,
  filter,
  feeds,
  teams,
  colleagues,
  set,
}: {
  cells: readonly ExceptionCell[];
  filter: ExceptionFilter;
  feeds: readonly { id: number; name: string }[];
  teams: readonly { id: string; name: string }[];
  colleagues: readonly Colleague[];
  set: SetUrl;
}) {
  const me = useViewer().id;
  const counts = useMemo(() => {
    const of = (facet: Facet, values: (cell: ExceptionCell) => readonly string[]) =>
      facetCounts(cells, filter, me, facet, values);
    return {
      severity: of("severity", (c) => [c.severity]),
      state: of("state", (c) => [c.state]),
      kind: of("kind", (c) => [c.kind]),
      impact: of("impact", (c) => EXCEPTION_SPECS[c.kind].impacts),
      owner: of("owner", (c) => ownersOf(c, me)),
      party: of("party", (c) => [c.party]),
      regressed: of("regressed", (c) => [String(c.regressed)]),
      feed: of("feed", (c) => (c.feedId === null ? [] : [String(c.feedId)])),
    };
  }, [cells, filter, me]);
  const kinds = EXCEPTION_KINDS.filter((kind) => counts.kind.has(kind) || filter.kind.includes(kind));
  const people = colleagues.filter((p) => p.id !== me && (counts.owner.has(p.id) || filter.owner.includes(p.id)));
  const filtered =
    filter.severity.length +
      filter.kind.length +
      filter.impact.length +
      filter.owner.length +
      filter.feed.length +
      filter.party.length >
      0 ||
    filter.overdue ||
    filter.regressed ||
    filter.action ||
    filter.state.length > 0;

  return (
    <>
      <FacetFilter
        label="Severity"
        value={filter.severity}
        onChange={(severity) => void set({ severity })}
        choices={SEVERITIES.map((value) => ({
          value,
          words: SEVERITY_WORD[value],
          label: <SeverityBadge severity={value} />,
          count: counts.severity.get(value) ?? 0,
        }))}
      />
      <FacetFilter
        label="State"
        value={filter.state}
        onChange={(state) => void set({ state })}
        choices={EXCEPTION_STATES.map((value: ExceptionState) => ({
          value,
          words: STATE_WORD[value],
          label: <StateBadge state={value} />,
          count:
            value === "resolved" && !filter.state.includes("resolved") ? undefined : (counts.state.get(value) ?? 0),
        }))}
      />
      <FacetFilter
        label="Kind"
        value={filter.kind}
        onChange={(kind) => void set({ kind })}
        choices={kinds.map((value) => ({
          value,
          words: EXCEPTION_SPECS[value].label,
          label: EXCEPTION_SPECS[value].label,
          count: counts.kind.get(value) ?? 0,
        }))}
      />
      <FacetFilter
        label="Owner"
        value={filter.owner}
        onChange={(owner) => void set({ owner })}
        choices={[
          { value: ME, words: "Me", label: "Me", count: counts.owner.get(ME) ?? 0 },
          { value: NOBODY, words: "Nobody", label: "Nobody", count: counts.owner.get(NOBODY) ?? 0 },
          ...teams.map((t) => ({
            value: t.id,
            words: t.name,
            label: `${t.name} (team)`,
            count: counts.owner.get(t.id) ?? 0,
          })),
          ...people.map((p) => ({ value: p.id, words: p.name, label: p.name, count: counts.owner.get(p.id) ?? 0 })),
        ]}
      />
      <FacetFilter
        label="Touches"
        value={filter.impact}
        onChange={(impact) => void set({ impact })}
        choices={IMPACTS.map((value) => ({
          value,
          words: IMPACT_WORD[value],
          label: IMPACT_WORD[value],
          count: counts.impact.get(value) ?? 0,
        }))}
      />
      <FacetFilter
        label="Responsible"
        value={filter.party}
        onChange={(party) => void set({ party })}
        choices={RESPONSIBLE_PARTIES.map((value) => ({
          value,
          words: PARTY_WORD[value],
          label: PARTY_WORD[value],
          count: counts.party.get(value) ?? 0,
        }))}
      />
      <FacetFilter
        label="Feed"
        value={filter.feed.map(String)}
        onChange={(feed) => void set({ feed: feed.map(Number) })}
        choices={feeds.map((feed) => ({
          value: String(feed.id),
          words: feed.name,
          label: feed.name,
          count: counts.feed.get(String(feed.id)) ?? 0,
        }))}
      />
      {filter.regressed || (counts.regressed.get("true") ?? 0) > 0 ? (
        <FacetFilter
          label="Regressed"
          value={filter.regressed ? ["true"] : []}
          onChange={(chosen) => void set({ regressed: chosen.length > 0 })}
          choices={[
            {
              value: "true",
              words: "Came back",
              label: "Came back after it was settled",
              count: counts.regressed.get("true") ?? 0,
            },
          ]}
        />
      ) : null}
      {filtered ? (
        <Button
          variant="quiet"
          onClick={() =>
            void set({
              severity: [],
              state: [],
              kind: [],
              owner: [],
              impact: [],
              feed: [],
              party: [],
              overdue: false,
              regressed: false,
              action: false,
            })
          }
        >
          <X aria-hidden />
          Clear
        </Button>
      ) : null}
    </>
  );
}

/** The values of the owner facet that a cell counts for. */
function ownersOf({ assigneeId, teamId }: ExceptionCell, me: string): string[] {
  if (assigneeId === null && teamId === null) return [NOBODY];
  const person = assigneeId === null ? [] : assigneeId === me ? [ME, me] : [assigneeId];
  return teamId === null ? person : [...person, teamId];
}
