import type { ExceptionState, Severity } from "@/core/exceptions/kinds";
import { Badge } from "./badge";
import type { MarkShape } from "./mark";

export const SEVERITY_SHAPE: Readonly<Record<Severity, MarkShape>> = {
  critical: "octagon",
  high: "triangle",
  medium: "diamond",
  low: "ring",
};
export const SEVERITY_WORD: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
};
export const STATE_SHAPE: Readonly<Record<ExceptionState, MarkShape>> = {
  open: "ring",
  acknowledged: "half",
  snoozed: "moon",
  suppressed: "dash",
  resolved: "check",
};
export const STATE_WORD: Readonly<Record<ExceptionState, string>> = {
  open: "Open",
  acknowledged: "Acknowledged",
  snoozed: "Snoozed",
  suppressed: "Suppressed",
  resolved: "Resolved",
};

export function SeverityBadge({ severity, filled }: { severity: Severity; filled?: boolean }) {
  return (
    <Badge tone={severity} shape={SEVERITY_SHAPE[severity]} filled={filled}>
      {SEVERITY_WORD[severity]}
    </Badge>
  );
}

export function StateBadge({ state, filled }: { state: ExceptionState; filled?: boolean }) {
  return (
    <Badge tone={state} shape={STATE_SHAPE[state]} filled={filled}>
      {STATE_WORD[state]}
    </Badge>
  );
}
