"use client";
import { Select } from "@/components/ui/select";
import type { RouteTarget } from "@/core/routing/rules";
import { type Named, placeWords } from "./route-words";

const NONE = "none";
const keyOf = ({ connectionId, companyId }: RouteTarget) => `${connectionId} ${companyId ?? ""}`;

/** One of the Odoos, or one company of an Odoo that has several. */
export function TargetSelect({
  label,
  value,
  odoos,
  none,
  onChange,
}: {
  label: string;
  value: RouteTarget | null;
  odoos: readonly Named[];
  /** Word for no Odoo, where that is a choice. */
  none?: string;
  onChange: (target: RouteTarget | null) => void;
}) {
  const targets = odoos.flatMap(({ id, companies = [] }): RouteTarget[] => [
    { connectionId: id, companyId: null },
    ...(companies.length > 1 ? companies.map((company) => ({ connectionId: id, companyId: company.id })) : []),
  ]);
  const isKnown = value === null || targets.some((one) => keyOf(one) === keyOf(value));
  const all = isKnown || value === null ? targets : [...targets, value];
  return (
    <Select
      aria-label={label}
      className="w-56"
      value={value === null ? (none ? NONE : null) : keyOf(value)}
      placeholder="Choose an Odoo"
      onChange={(key) => onChange(key === NONE ? null : (all.find((one) => keyOf(one) === key) ?? null))}
      choices={[
        ...(none ? [{ value: NONE, label: none }] : []),
        ...all.map((one) => ({ value: keyOf(one), label: placeWords(one, odoos) })),
      ]}
    />
  );
}
