"use client";
import { PROBLEM_WORD } from "@/components/messages/words";
import { REFERENCE_WORD, sentence } from "@/components/shipments/words";
import { Badge } from "@/components/ui/badge";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { PreviewBills } from "./preview-bills";
import type { Preview } from "./rows";

/** What the adapter makes of a sample: shipments with numbers and events, and every problem at its place. */
export function PreviewResult({ preview }: { preview: Preview }) {
  const unmapped = preview.problems.filter((problem) => problem.kind === "unmapped_code").length;
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-x-2">
        <Badge
          tone={!preview.read ? "broken" : preview.problemCount > 0 ? "late" : "ok"}
          shape={!preview.read ? "cross" : preview.problemCount > 0 ? "half" : "check"}
        >
          {!preview.read ? "Cannot be read so" : preview.problemCount > 0 ? "Read in part" : "Read"}
        </Badge>
        <span className="text-ink-2">
          {preview.ignored
            ? `Nothing for us: ${preview.ignored}.`
            : `${[counted(preview.shipmentCount, "shipment"), counted(preview.eventCount, "event"), counted(preview.billCount, "bill")].filter((part) => part !== null).join(", ") || "Nothing"} of ${counted(preview.records, "record") ?? "no record"}; nothing was stored.`}
        </span>
      </p>
      {preview.problems.length > 0 ? (
        <ul className="flex max-h-40 flex-col overflow-y-auto rounded-md border border-line">
          {preview.problems.map((problem) => (
            <li
              key={`${problem.at} ${problem.kind} ${problem.found}`}
              className="border-line border-b px-2 py-1 last:border-b-0"
            >
              <span className="font-medium">{PROBLEM_WORD[problem.kind]}</span>
              {problem.at ? <code className="ml-2 font-mono text-[12px] text-ink-2">{problem.at}</code> : null}
              <span className="text-ink-2">
                {" "}
                expected {problem.expected}
                {problem.found === null ? "" : `, found “${problem.found}”`}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {unmapped > 0 ? (
        <p className="text-ink-3 text-xs">
          Unknown words do not stop a message: they wait in the mapping, and a replay reads them again.
        </p>
      ) : null}
      {preview.bills.length > 0 ? <PreviewBills bills={preview.bills} count={preview.billCount} /> : null}
      {preview.shipments.length > 0 ? (
        <div className="max-h-80 overflow-auto rounded-md border border-line">
          <table className="w-full min-w-[520px] table-fixed text-sm">
            <thead>
              <tr className="sticky top-0 bg-surface text-left text-ink-3 text-xs">
                <th scope="col" className="w-[17%] px-2 py-1.5 font-normal">
                  At
                </th>
                <th scope="col" className="w-[36%] px-2 py-1.5 font-normal">
                  Numbers
                </th>
                <th scope="col" className="px-2 py-1.5 font-normal">
                  Events and facts
                </th>
              </tr>
            </thead>
            <tbody>
              {preview.shipments.map((shipment) => (
                <tr
                  key={`${shipment.at} ${shipment.references.map((one) => one.value).join()}`}
                  className="border-line border-t align-top"
                >
                  <td className="px-2 py-1.5 text-ink-3">{shipment.at}</td>
                  <td className="px-2 py-1.5">
                    {shipment.references.map((reference) => (
                      <span key={`${reference.kind} ${reference.value}`} className="block truncate">
                        <span className="font-mono text-[12px]">{reference.said}</span>{" "}
                        <span className="text-ink-3 text-xs">
                          {REFERENCE_WORD[reference.kind] ?? sentence(reference.kind)}
                        </span>
                      </span>
                    ))}
                  </td>
                  <td className="px-2 py-1.5">
                    {shipment.events.slice(0, 8).map((event, i) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: events of a sample have no name of their own
                      <span key={i} className="flex items-baseline justify-between gap-2">
                        <span className={event.kind === "unmapped_code" ? "text-late" : "font-medium"}>
                          {sentence(event.kind)}
                          {event.kind === "unmapped_code" && event.raw.word ? ` “${event.raw.word}”` : ""}
                        </span>
                        {event.time ? (
                          <Time
                            at={event.time.occurredAtMs}
                            offsetMinutes={event.time.offsetMinutes}
                            show="absolute"
                            className="text-ink-3 text-xs"
                          />
                        ) : (
                          <span className="text-ink-3 text-xs">no time</span>
                        )}
                      </span>
                    ))}
                    {shipment.claims.length > 0 ? (
                      <span className="block text-ink-3 text-xs">
                        {[...new Set(shipment.claims.map((claim) => sentence(claim.attribute).toLowerCase()))].join(
                          ", ",
                        )}
                      </span>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

/** "1 shipment", "1,200 events"; null for none. */
function counted(count: number, noun: string): string | null {
  return count === 0 ? null : `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
