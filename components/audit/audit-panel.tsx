"use client";
import { Diff, type DiffRow } from "@/components/diff/diff";
import { Identifier } from "@/components/ui/identifier";
import { Fact, Facts, Section, SidePanel } from "@/components/ui/side-panel";
import { Time } from "@/components/ui/time";
import { ACTION_LABELS } from "@/core/access/audit-filter";
import type { AuditRow } from "./audit-screen";

const KIND = { person: "Person", api_key: "API key", system: "Waypost itself" } as const;

/** One row of the audit log with what it changed. */
export function AuditPanel({
  row,
  onClose,
  onWalk,
}: {
  row: AuditRow;
  onClose: () => void;
  onWalk: (step: 1 | -1) => void;
}) {
  const changes = diffOf(row);
  return (
    <SidePanel
      label="Audit row"
      onClose={onClose}
      onWalk={onWalk}
      header={<h2 className="truncate font-semibold text-base">{ACTION_LABELS[row.action] ?? row.action}</h2>}
    >
      <Section title="What happened">
        <Facts>
          <Fact name="When">
            <Time at={row.at} show="both" />
          </Fact>
          <Fact name="Who">
            {row.actorName} <span className="text-ink-3">· {KIND[row.actorKind]}</span>
          </Fact>
          <Fact name="About">
            <Identifier value={row.subject} max={48} />
          </Fact>
          <Fact name="Action">
            <span className="font-mono text-[12px]">{row.action}</span>
          </Fact>
          {row.reason ? <Fact name="Reason">{row.reason}</Fact> : null}
          {row.correlationId ? (
            <Fact name="Correlation">
              <Identifier value={row.correlationId} max={40} />
            </Fact>
          ) : null}
        </Facts>
      </Section>
      <Section title="Change">
        {changes.length > 0 ? (
          <Diff rows={changes} label="Before and after" />
        ) : (
          <p className="text-ink-3">This act changed no stored value.</p>
        )}
      </Section>
    </SidePanel>
  );
}

type Fields = Record<string, unknown>;

function fieldsOf(side: unknown): Fields {
  if (side === null || side === undefined) return {};
  return typeof side === "object" && !Array.isArray(side) ? (side as Fields) : { value: side };
}

function diffOf(row: AuditRow): DiffRow[] {
  const before = fieldsOf(row.before);
  const after = fieldsOf(row.after);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((field) => ({
    field,
    old: field in before ? { value: before[field] } : null,
    new: field in after ? { value: after[field] } : null,
  }));
}
