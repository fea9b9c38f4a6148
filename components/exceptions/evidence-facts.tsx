"use client";
import { Diff, inWords } from "@/components/diff/diff";
import { Identifier } from "@/components/ui/identifier";
import { Fact, Facts } from "@/components/ui/side-panel";
import { Time } from "@/components/ui/time";
import { spanInTwoUnits } from "@/core/duration";
import type { ExceptionKind } from "@/core/exceptions/kinds";
import type { Json } from "@/core/shipments/attributes";
import { sentence } from "./words";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const IDS = new Set(["candidates", "shipments", "run"]);
/** What the card of a refusal says in words already, or nobody needs. */
const ON_CARD = new Set(["advice", "failure", "recordId"]);

const FACT_NAME: Readonly<Record<string, string>> = { lateMinutes: "Late by", ended: "Came at" };

type Fields = { [name: string]: Json };

function isFields(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The canonical facts of an exception in words; kinds that compare two sources show them side by side. */
export function EvidenceFacts({ evidence, kind }: { evidence: Json; kind: ExceptionKind }) {
  if (!isFields(evidence) || Object.keys(evidence).length === 0) return null;
  if (kind === "odoo_drift")
    return (
      <Diff
        rows={[{ field: "Value", old: { value: evidence.posted }, new: { value: evidence.odoo } }]}
        oldTitle="Posted"
        newTitle="In Odoo now"
      />
    );
  if (kind === "quantity_mismatch" && Array.isArray(evidence.lines)) return <Quantities evidence={evidence} />;
  if (kind === "unreadable_message" && Array.isArray(evidence.problems))
    return <Problems problems={evidence.problems} count={evidence.count} />;
  const shown = Object.entries(evidence).filter(
    ([name, value]) =>
      value !== null &&
      value !== "" &&
      !IDS.has(name) &&
      !(kind === "posting_rejected" && ON_CARD.has(name)) &&
      inWords(value) !== "",
  );
  if (shown.length === 0) return null;
  return (
    <Facts>
      {shown.map(([name, value]) => (
        <Fact key={name} name={FACT_NAME[name] ?? sentence(name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase())}>
          <Value name={name} value={value} />
        </Fact>
      ))}
    </Facts>
  );
}

function Value({ name, value }: { name: string; value: Json }) {
  if (typeof value === "string" && INSTANT.test(value)) return <Time at={value} show="both" />;
  if (name.endsWith("Ms") && typeof value === "number") return <>{spanInTwoUnits(value)}</>;
  if (name === "lateMinutes" && typeof value === "number")
    return <>{value === 0 ? "nothing: it was only told late" : spanInTwoUnits(value * 60_000)}</>;
  if (name === "condition" && typeof value === "string") return <>{sentence(value)}</>;
  if (["word", "code", "reason"].includes(name) && typeof value === "string" && !/\s\S+\s/.test(value))
    return <Identifier value={value} max={48} />;
  if (Array.isArray(value) && value.every((v) => typeof v === "string"))
    return (
      <span className="flex flex-wrap gap-x-3">
        {value.map((v) => (
          <Identifier key={v} value={v} />
        ))}
      </span>
    );
  if (Array.isArray(value) && value.every(isFields))
    return (
      <span className="flex flex-col">
        {value.map((v) =>
          typeof v.value === "string" ? (
            <span key={JSON.stringify(v)}>
              <span className="text-ink-3">{typeof v.kind === "string" ? v.kind.replaceAll("_", " ") : ""} </span>
              <Identifier value={v.value} />
            </span>
          ) : (
            <span key={JSON.stringify(v)}>{inWords(v)}</span>
          ),
        )}
      </span>
    );
  return <>{inWords(value)}</>;
}

function Quantities({ evidence }: { evidence: Fields }) {
  const [ours, theirs] = Array.isArray(evidence.sources) ? evidence.sources.map(inWords) : ["Ours", "Theirs"];
  const lines = (Array.isArray(evidence.lines) ? evidence.lines : []).filter(isFields);
  return (
    <table className="w-full rounded-md border border-line text-sm">
      <thead>
        <tr className="text-ink-3 text-xs">
          <th className="px-2 py-1 text-left font-normal">Product</th>
          <th className="px-2 py-1 text-right font-normal">{ours}</th>
          <th className="px-2 py-1 text-right font-normal">{theirs}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={inWords(line.code)} className="border-line border-t">
            <td className="px-2 py-1 font-mono text-[12px]">{inWords(line.code)}</td>
            <td className="px-2 py-1 text-right">{inWords(line.ours) || "0"}</td>
            <td className="px-2 py-1 text-right">{inWords(line.theirs) || "0"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Problems({ problems, count }: { problems: Json[]; count: Json | undefined }) {
  const rows = problems.filter(isFields).slice(0, 12);
  const more = typeof count === "number" ? count - rows.length : 0;
  return (
    <div className="flex flex-col gap-1">
      <ol className="flex flex-col rounded-md border border-line">
        {rows.map((problem) => (
          <li key={JSON.stringify(problem)} className="border-line border-b px-2 py-1.5 last:border-b-0">
            <span className="font-mono text-[12px]">{inWords(problem.at) || "the message"}</span>
            <p className="break-words text-ink-2">
              expected {inWords(problem.expected)}
              {problem.found === null || problem.found === undefined ? "" : `, found “${inWords(problem.found)}”`}
            </p>
          </li>
        ))}
      </ol>
      {more > 0 ? <p className="text-ink-3 text-xs">and {more} more in the message</p> : null}
    </div>
  );
}
