import type { ReactNode } from "react";
import { cn } from "@/components/ui/class-names";
import { Time } from "@/components/ui/time";
import { changedPart } from "./changed-part";

export type DiffSide = { value: unknown; source?: string; at?: Date | string | number | null };
export type DiffRow = { field: ReactNode; old: DiffSide | null; new: DiffSide | null };

/** A value in words: nothing is a dash, lists are joined, objects are name and value pairs. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined || value === "" || value === false) return "";
  if (value === true) return "yes";
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([name, part]) => `${name}: ${inWords(part)}`)
      .join(" · ");
  return String(value);
}

/** Old and new side by side, a row a field, the changed part marked inside the value, with source and time of each. */
export function Diff({
  rows,
  oldTitle = "Before",
  newTitle = "After",
  label,
  className,
}: {
  rows: readonly DiffRow[];
  oldTitle?: ReactNode;
  newTitle?: ReactNode;
  label?: string;
  className?: string;
}) {
  return (
    <div className={cn("overflow-x-auto rounded-md border border-line", className)}>
      <table aria-label={label} className="w-full min-w-[340px] table-fixed text-sm">
        <thead>
          <tr className="text-left text-ink-3 text-xs">
            <th scope="col" className="w-[26%] px-2 py-1.5 font-normal">
              Field
            </th>
            <th scope="col" className="border-line border-l px-2 py-1.5 font-normal">
              {oldTitle}
            </th>
            <th scope="col" className="border-line border-l px-2 py-1.5 font-normal">
              {newTitle}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <DiffLine key={typeof row.field === "string" ? row.field : i} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DiffLine({ row }: { row: DiffRow }) {
  const before = inWords(row.old?.value);
  const after = inWords(row.new?.value);
  const part = changedPart(before, after);
  const changed = before !== after;
  return (
    <tr className="border-line border-t align-top">
      <th scope="row" className="break-words px-2 py-1.5 text-left font-normal text-ink-2">
        {row.field}
        {changed ? null : <span className="sr-only"> (unchanged)</span>}
      </th>
      <Side side={row.old} text={before} part={part.old} start={part.start} end={part.end} tone="removed" />
      <Side side={row.new} text={after} part={part.new} start={part.start} end={part.end} tone="added" />
    </tr>
  );
}

function Side({
  side,
  text,
  part,
  start,
  end,
  tone,
}: {
  side: DiffSide | null;
  text: string;
  part: string;
  start: string;
  end: string;
  tone: "added" | "removed";
}) {
  const Marked = tone === "added" ? "ins" : "del";
  return (
    <td className="break-words border-line border-l px-2 py-1.5 font-mono text-[12px]">
      {text === "" ? (
        <span className="font-sans text-ink-3">empty</span>
      ) : part === "" ? (
        text
      ) : (
        <>
          {start}
          <Marked
            className={cn(
              "rounded-sm no-underline",
              tone === "added" ? "bg-added" : "bg-removed line-through decoration-1",
            )}
          >
            {part}
          </Marked>
          {end}
        </>
      )}
      {side?.source || side?.at ? (
        <span className="mt-0.5 block font-sans text-ink-3 text-xs">
          {side.source}
          {side.source && side.at ? ", " : ""}
          {side.at ? <Time at={side.at} /> : null}
        </span>
      ) : null}
    </td>
  );
}
