import type { Ack } from "../feed";
import { type SyntaxFault, statusFaults } from "./syntax";
import type { Group, Interchange, TransactionSet } from "./tokenize";

/** Data elements of AT7 and B10 by number, for AK4. */
const ELEMENT_NUMBERS: Readonly<Record<string, readonly string[]>> = {
  AT7: ["1650", "1651", "1652", "1651", "373", "337", "623"],
  B10: ["127", "145", "140"],
};

/**
 * Writes the 997 for what came in: per group an AK1, per set accepted (A), accepted with errors (E) or rejected (R), the totals in AK9. The
 * sender's own delimiters, sender and receiver changed places, under our control number. Null where there is nothing to acknowledge.
 */
export function acknowledgeInterchanges(
  interchanges: readonly Interchange[],
  supported: (set: TransactionSet) => boolean,
  atMs: number,
  controlNumber: number,
): Ack | null {
  const [first] = interchanges;
  // A 997 is never acknowledged, or two partners would thank each other for ever.
  const groups = interchanges.flatMap((interchange) => interchange.groups).filter(({ id }) => id !== "FA" && id !== "");
  if (!first || groups.length === 0) return null;
  const { element: e, component, segment: end } = first.delimiters;
  const line = (...parts: string[]) => {
    while (parts.length > 1 && parts.at(-1) === "") parts.pop();
    return parts.join(e);
  };
  const clock = new Date(atMs).toISOString().replace(/\D/g, "");
  const [day, minute] = [clock.slice(0, 8), clock.slice(8, 12)];
  const control = String(controlNumber % 1_000_000_000).padStart(9, "0");
  const isa = (index: number, width: number) => (first.isa[index] ?? "").padEnd(width).slice(0, width);
  const eleventh = first.isa[11] ?? "U";
  const head = groups[0]?.header ?? [];
  const version = head[8] || "004010";
  const body = groups.map((group, index) => {
    const own = String(index + 1).padStart(4, "0");
    const segments = [line("ST", "997", own), ...groupLines(group, supported, line)];
    return [...segments, line("SE", String(segments.length + 1), own)];
  });
  const lines = [
    [
      "ISA",
      "00",
      " ".repeat(10),
      "00",
      " ".repeat(10),
      isa(7, 2),
      isa(8, 15),
      isa(5, 2),
      isa(6, 15),
      day.slice(2),
      minute,
    ]
      .concat([eleventh.slice(0, 1) || "U", isa(12, 5), control, "0", isa(15, 1), component])
      .join(e),
    line("GS", "FA", head[3] ?? "", head[2] ?? "", day, minute, String(controlNumber), "X", version),
    ...body.flat(),
    line("GE", String(body.length), String(controlNumber)),
    line("IEA", "1", control),
  ];
  const newline = /[\r\n]/.test(end) ? "" : "\n";
  return {
    fileName: `997-${control}.edi`,
    contentType: "application/edi-x12",
    body: lines.map((text) => `${text}${end}${newline}`).join(""),
  };
}

type Line = (...parts: string[]) => string;

function groupLines(group: Group, supported: (set: TransactionSet) => boolean, line: Line): string[] {
  const verdicts = group.sets.map((set) => verdictOf(set, group, supported(set)));
  const accepted = verdicts.filter(({ answer }) => answer !== "R").length;
  const declared = group.trailer?.count ?? String(group.sets.length);
  const faults = [
    group.trailer === null ? "3" : "",
    group.trailer !== null && group.trailer.control !== group.control ? "4" : "",
    group.trailer !== null && Number(group.trailer.count) !== group.sets.length ? "5" : "",
  ].filter((code) => code !== "");
  const answer =
    accepted === 0 && verdicts.length > 0
      ? "R"
      : accepted < verdicts.length
        ? "P"
        : faults.length > 0 || verdicts.some((verdict) => verdict.answer === "E")
          ? "E"
          : "A";
  return [
    line("AK1", group.id, group.control),
    ...group.sets.flatMap((set, index) => setLines(set, verdicts[index], line)),
    line(
      "AK9",
      answer,
      /^\d+$/.test(declared) ? String(Number(declared)) : "0",
      String(group.sets.length),
      String(accepted),
      ...faults,
    ),
  ];
}

type Verdict = { answer: "A" | "E" | "R"; codes: string[]; faults: SyntaxFault[] };

/** Unsupported, without a trailer or under two control numbers: rejected. Miscounted or with faulty segments: taken, and said. */
function verdictOf(set: TransactionSet, group: Group, supported: boolean): Verdict {
  if (!supported) return { answer: "R", codes: ["1"], faults: [] };
  if (set.trailer === null) return { answer: "R", codes: ["2"], faults: [] };
  if (set.trailer.control !== set.control) return { answer: "R", codes: ["3"], faults: [] };
  const faults = set.code === "214" ? statusFaults(set, group) : [];
  const miscounted = Number(set.trailer.count) !== set.segments.length;
  const codes = [miscounted ? "4" : "", faults.length > 0 ? "5" : ""].filter((code) => code !== "");
  const unusable = faults.some(({ segment }) => segment === null);
  return { answer: unusable ? "R" : codes.length > 0 ? "E" : "A", codes, faults };
}

function setLines(set: TransactionSet, verdict: Verdict | undefined, line: Line): string[] {
  const { answer, codes, faults } = verdict ?? { answer: "A", codes: [], faults: [] };
  const bySegment = new Map<string, SyntaxFault[]>();
  for (const fault of faults) {
    const key = `${fault.segmentName} ${fault.segment?.position ?? 0}`;
    bySegment.set(key, [...(bySegment.get(key) ?? []), fault]);
  }
  const notes = [...bySegment.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const position = String(first.segment?.position ?? 2);
    const whole = first.element === null;
    return [
      line("AK3", first.segmentName, position, "", whole ? first.code : "8"),
      ...same.flatMap((fault) =>
        fault.element === null
          ? []
          : [
              line(
                "AK4",
                String(fault.element),
                ELEMENT_NUMBERS[fault.segmentName]?.[fault.element - 1] ?? "",
                fault.code,
              ),
            ],
      ),
    ];
  });
  return [line("AK2", set.code, set.control), ...notes, line("AK5", answer, ...codes)];
}
