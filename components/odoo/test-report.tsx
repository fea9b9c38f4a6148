"use client";
import { Mark, type MarkShape } from "@/components/ui/mark";
import { Time } from "@/components/ui/time";
import type { Report } from "./rows";

const LOOK: Readonly<Record<Report["findings"][number]["severity"], { shape: MarkShape; tone: string; word: string }>> =
  {
    error: { shape: "cross", tone: "text-broken", word: "Wrong" },
    warning: { shape: "triangle", tone: "text-late", word: "Mind" },
    info: { shape: "dot", tone: "text-ink-3", word: "Note" },
    ok: { shape: "check", tone: "text-ok", word: "Well" },
  };
const ORDER = ["error", "warning", "info", "ok"] as const;

/** What a connection test found, worst first, each as a sentence. */
export function TestReport({ report, at }: { report: Report; at?: string | null }) {
  const findings = [...report.findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <div className="flex flex-col gap-2">
      <p>
        <span className={report.usable ? "font-medium text-ok" : "font-medium text-broken"}>
          {report.usable ? "Waypost can work with it." : "Waypost cannot work with it yet."}
        </span>
        {report.server ? (
          <span className="text-ink-2">
            {" "}
            Odoo {report.server.version}, by {report.server.transport === "json2" ? "JSON-2" : "JSON-RPC"}.
          </span>
        ) : null}
        {at ? (
          <span className="text-ink-3">
            {" "}
            Tested <Time at={at} />.
          </span>
        ) : null}
      </p>
      <ul className="flex flex-col gap-1">
        {findings.map((finding) => (
          <li key={`${finding.about} ${finding.message}`} className="flex items-baseline gap-2">
            <Mark
              shape={LOOK[finding.severity].shape}
              className={`size-2.5 translate-y-px ${LOOK[finding.severity].tone}`}
            />
            <span className="min-w-0 break-words">
              <span className="sr-only">{LOOK[finding.severity].word}: </span>
              {finding.message}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A stored report of a test, where it has the shape of one. */
export function storedReport(value: unknown): (Report & { at: string }) | null {
  if (typeof value !== "object" || value === null) return null;
  const { findings, usable, at } = value as Record<string, unknown>;
  return Array.isArray(findings) && typeof usable === "boolean" && typeof at === "string"
    ? (value as Report & { at: string })
    : null;
}
