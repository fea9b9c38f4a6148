import { MILESTONES, type Milestone } from "@/core/shipments/milestones";
import type { Tested } from "./checks";
import { POSTING_KINDS } from "./kinds";
import type { ConnectionPolicy } from "./plan";

/** A connection as it is stored, as far as planning asks. */
export type StoredConnection = {
  id: number;
  state: string;
  observing: boolean;
  kinds: Readonly<Record<string, unknown>>;
  notes: readonly string[];
  invoiceNeedsProof: boolean;
  postSince: Date | null;
};

/** Reads what a connection wants and allows; a kind that is not stored as on is off. */
export function connectionPolicy(row: StoredConnection): ConnectionPolicy {
  return {
    connectionId: row.id,
    observing: row.observing,
    kinds: Object.fromEntries(
      POSTING_KINDS.map((kind) => [kind, row.kinds[kind] === "on" ? "on" : "off"]),
    ) as ConnectionPolicy["kinds"],
    postSinceMs: row.postSince?.getTime() ?? null,
    paused: row.state === "paused",
    invoiceNeedsProof: row.invoiceNeedsProof,
    notes: row.notes.filter((note): note is Milestone => (MILESTONES as readonly string[]).includes(note)),
  };
}

/** Reads the report of a connection test as far as checks ask; null where there is none. */
export function testedIn(report: unknown): Tested | null {
  if (typeof report !== "object" || report === null || !("at" in report) || !("modules" in report)) return null;
  const { at, modules, companies } = report as { at: unknown; modules: unknown; companies?: unknown };
  if (typeof at !== "string" || typeof modules !== "object" || modules === null) return null;
  const ids = Array.isArray(companies) ? companies.map((one: { id?: unknown }) => one?.id) : [];
  return {
    at,
    modules: modules as Record<string, boolean>,
    companies: ids.filter((id): id is number => typeof id === "number"),
  };
}
