"use client";
import { useId } from "react";
import { Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { DEFAULT_THRESHOLDS } from "@/core/exceptions/thresholds";
import { THRESHOLD_FIELDS, type ThresholdField, type WorkspaceSettings } from "@/core/settings/workspace";
import { SaveBar } from "./save-bar";
import { useSetting } from "./use-setting";

type Thresholds = WorkspaceSettings["thresholds"];

export function ThresholdsForm({ seen, editable }: { seen: Thresholds; editable: boolean }) {
  const { draft, setDraft, ...bar } = useSetting("thresholds", seen);
  const groups = [...new Set(THRESHOLD_FIELDS.map((field) => field.group))];
  return (
    <div className="max-w-2xl">
      {groups.map((group) => (
        <section key={group} className="mb-6">
          <h2 className="mb-2 font-semibold text-sm">{group}</h2>
          <div className="flex flex-col">
            {THRESHOLD_FIELDS.filter((field) => field.group === group).map((field) => (
              <Row
                key={field.name}
                field={field}
                value={draft[field.name]}
                editable={editable}
                onChange={(value) => setDraft({ ...draft, [field.name]: value })}
              />
            ))}
          </div>
        </section>
      ))}
      {editable ? <SaveBar {...bar} /> : null}
    </div>
  );
}

function Row({
  field,
  value,
  editable,
  onChange,
}: {
  field: ThresholdField;
  value: number | boolean;
  editable: boolean;
  onChange: (value: number | boolean) => void;
}) {
  const id = useId();
  const shipped = DEFAULT_THRESHOLDS[field.name];
  return (
    <div className="grid min-h-9 grid-cols-[1fr_auto_120px] items-center gap-3 border-line border-b py-1">
      <label htmlFor={id}>{field.label}</label>
      <span className="flex items-center gap-2">
        {typeof value === "boolean" ? (
          <Switch id={id} checked={value} disabled={!editable} onCheckedChange={onChange} />
        ) : (
          <>
            <Input
              id={id}
              type="number"
              inputMode="numeric"
              min={0}
              disabled={!editable}
              value={Number.isNaN(value) ? "" : value}
              onChange={(event) => onChange(event.target.valueAsNumber)}
              className="w-24 text-right"
            />
            <span className="w-16 text-ink-3 text-xs">{field.unit}</span>
          </>
        )}
      </span>
      <span className="text-right text-ink-3 text-xs">
        {value === shipped ? "as shipped" : `shipped: ${shipped === true ? "on" : shipped === false ? "off" : shipped}`}
      </span>
    </div>
  );
}
