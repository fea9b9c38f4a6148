"use client";
import { useMemo } from "react";
import { cn } from "@/components/ui/class-names";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import {
  DATE_ORDER_WORD,
  type DateOrder,
  mappingGaps,
  OPTIONS,
  optionOf,
  ROWS_WORD,
  targetOf,
  withTarget,
} from "./csv-targets";
import type { Layout, Mapping, Target } from "./rows";

const ORDERS = Object.entries(DATE_ORDER_WORD).map(([value, label]) => ({ value: value as DateOrder, label }));
const ROW_CHOICES = Object.entries(ROWS_WORD).map(([value, label]) => ({ value: value as Mapping["rows"], label }));
const UNITS = (["g", "kg", "lb", "oz"] as const).map((value) => ({ value, label: value }));
const ENCODINGS: Readonly<Record<string, string>> = { "utf-8": "UTF-8", "utf-16le": "UTF-16", "utf-16be": "UTF-16" };
const DELIMITERS: Readonly<Record<string, string>> = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" };

/** What was found out about a file: encoding, delimiter, rows, doubts. */
export function LayoutFacts({ layout }: { layout: Layout }) {
  const { doubts } = layout.suggestedMapping;
  const unsure = layout.dateColumns.filter((column) => column.ambiguous);
  return (
    <div className="flex flex-col gap-1">
      <p className="text-ink-2">
        {ENCODINGS[layout.encoding] ?? layout.encoding}, columns parted by{" "}
        {DELIMITERS[layout.delimiter] ?? layout.delimiter}, {layout.header.length} columns,{" "}
        {layout.rows.toLocaleString("en")} rows
        {layout.headerRow > 1 ? `, header in line ${layout.headerRow}` : ""}
        {layout.decimal ? `, decimals with ${layout.decimal === "," ? "a comma" : "a point"}` : ""}.
      </p>
      {unsure.map((column) => (
        <p key={column.column} className="text-late">
          The dates of “{column.column}” ({column.samples[0]}) fit more than one order: choose it.
        </p>
      ))}
      {doubts.map((doubt) => (
        <p key={doubt} className="text-late">
          {doubt.charAt(0).toUpperCase() + doubt.slice(1)}.
        </p>
      ))}
    </div>
  );
}

/** Each column of the file, samples of it, and what it gives. */
export function CsvMapping({
  layout,
  mapping,
  onChange,
}: {
  /** Null while no sample was given: then only the mapped columns are listed. */
  layout: Layout | null;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}) {
  const header = useMemo(
    () => (layout ? layout.header.filter((name) => name !== "") : mapping.columns.map((one) => one.column)),
    [layout, mapping.columns],
  );
  const lost = mapping.columns.filter((one) => !header.includes(one.column));
  const gaps = mappingGaps(mapping, layout ? header : []);
  const set = (column: string, target: Target | null) => onChange(withTarget(mapping, header, column, target));
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2">
        <span>Each row is</span>
        <Select
          aria-label="What each row is"
          value={mapping.rows}
          onChange={(rows) => onChange({ ...mapping, rows })}
          choices={ROW_CHOICES}
          className="w-64"
        />
      </p>
      <div className="overflow-x-auto rounded-md border border-line">
        <table className="w-full min-w-[640px] table-fixed text-sm">
          <thead>
            <tr className="text-left text-ink-3 text-xs">
              <th scope="col" className="w-[24%] px-2 py-1.5 font-normal">
                Column
              </th>
              <th scope="col" className="w-[26%] px-2 py-1.5 font-normal">
                In the sample
              </th>
              <th scope="col" className="px-2 py-1.5 font-normal">
                Gives
              </th>
            </tr>
          </thead>
          <tbody>
            {[...header, ...lost.map((one) => one.column)].map((name) => {
              const target = mapping.columns.find((one) => one.column === name);
              const samples = layout?.columns.find((column) => column.name === name)?.samples ?? [];
              const dates = layout?.dateColumns.find((column) => column.column === name);
              return (
                <tr key={name} className="border-line border-t align-top">
                  <th
                    scope="row"
                    className={cn(
                      "break-words px-2 py-1.5 text-left font-medium",
                      !header.includes(name) && "text-late",
                    )}
                  >
                    {name}
                  </th>
                  <td className="truncate px-2 py-1.5 font-mono text-[12px] text-ink-2" title={samples.join("\n")}>
                    {samples.slice(0, 2).join(" · ") || <span className="font-sans text-ink-3">empty</span>}
                  </td>
                  <td className="px-2 py-1">
                    <div className="flex flex-wrap items-center gap-1.5">
                      <select
                        aria-label={`What ${name} gives`}
                        value={optionOf(target)}
                        onChange={(event) =>
                          set(name, targetOf(name, event.target.value, target, { order: dates?.order ?? null }))
                        }
                        className={cn(
                          "h-7 max-w-56 rounded-md border border-control bg-surface px-1.5 text-sm",
                          target === undefined && "text-ink-3",
                        )}
                      >
                        {[...new Set(OPTIONS.map((one) => one.group))].map((group) =>
                          group === "" ? (
                            OPTIONS.filter((one) => one.group === "").map((one) => (
                              <option key={one.value} value={one.value}>
                                {one.label}
                              </option>
                            ))
                          ) : (
                            <optgroup key={group} label={group}>
                              {OPTIONS.filter((one) => one.group === group).map((one) => (
                                <option key={one.value} value={one.value}>
                                  {one.label}
                                </option>
                              ))}
                            </optgroup>
                          ),
                        )}
                      </select>
                      {target ? <Detail target={target} onChange={(next) => set(name, next)} /> : null}
                    </div>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {gaps.map((gap) => (
        <p key={gap} className="text-late">
          {gap}
        </p>
      ))}
    </div>
  );
}

function Detail({ target, onChange }: { target: Target; onChange: (target: Target) => void }) {
  if ("order" in target)
    return (
      <Select
        aria-label={`Order of the dates in ${target.column}`}
        value={target.order}
        onChange={(order) => onChange({ ...target, order })}
        choices={ORDERS}
        className="w-36"
      />
    );
  if (target.gives === "weight")
    return (
      <Select
        aria-label={`Unit of ${target.column}`}
        value={target.unit}
        onChange={(unit) => onChange({ ...target, unit })}
        choices={UNITS}
        className="w-16"
      />
    );
  if (target.gives === "money")
    return (
      <Input
        aria-label={`Currency of ${target.column}`}
        value={target.currency}
        maxLength={3}
        onChange={(event) => onChange({ ...target, currency: event.target.value.toUpperCase() })}
        className="w-16 uppercase"
      />
    );
  if (target.gives === "charge_amount")
    return (
      <Input
        aria-label={`The charge that ${target.column} always holds`}
        placeholder="charge, if always one"
        value={target.charge ?? ""}
        maxLength={100}
        onChange={(event) => onChange({ ...target, charge: event.target.value === "" ? null : event.target.value })}
        className="w-40"
      />
    );
  if (target.gives === "reference")
    return (
      <Input
        aria-label={`Issuer of the numbers in ${target.column}`}
        placeholder="issuer, if always one"
        value={target.issuer ?? ""}
        maxLength={60}
        onChange={(event) =>
          onChange({ ...target, issuer: event.target.value.trim() === "" ? null : event.target.value.trim() })
        }
        className="w-36"
      />
    );
  return null;
}
