import type { Tone } from "@/components/ui/badge";
import type { MarkShape } from "@/components/ui/mark";
import type { RunKind, RunResult, RunState } from "@/core/runs/run";
import { tallyIn } from "@/core/runs/tally";

export const RUN_KIND_WORD: Readonly<Record<RunKind, string>> = {
  replay: "Replay",
  repost: "Repost",
  review: "Review",
  triage: "Bulk action",
  undo: "Undo",
  shadow: "Shadow run",
  reconcile: "Reconciliation",
  repair: "Repair",
  count: "Carrier figures",
};

export const RUN_STATE_LOOK: Readonly<Record<RunState, { word: string; tone: Tone; shape: MarkShape }>> = {
  waiting: { word: "Waiting", tone: "idle", shape: "clock" },
  running: { word: "Running", tone: "accent", shape: "arrow" },
  paused: { word: "Paused", tone: "late", shape: "pause" },
  cancelled: { word: "Cancelled", tone: "idle", shape: "dash" },
  done: { word: "Done", tone: "ok", shape: "check" },
  failed: { word: "Failed", tone: "broken", shape: "cross" },
};

export const RESULT_LOOK: Readonly<Record<RunResult, { word: string; would: string; tone: Tone; shape: MarkShape }>> = {
  changed: { word: "Changed", would: "Would change", tone: "accent", shape: "diamond" },
  unchanged: { word: "Unchanged", would: "Would stay", tone: "idle", shape: "dash" },
  failed: { word: "Failed", would: "Would fail", tone: "broken", shape: "cross" },
  skipped: { word: "Skipped", would: "Would be skipped", tone: "idle", shape: "pause" },
  conflict: { word: "Somebody was faster", would: "Would conflict", tone: "late", shape: "triangle" },
  refused: { word: "Refused", would: "Would be refused", tone: "broken", shape: "dash" },
};

/** What a run is about, in one line, out of its stored scope. */
export function scopeInWords(scope: unknown): string {
  if (typeof scope !== "object" || scope === null) return "";
  const said = scope as Record<string, unknown>;
  const parts: string[] = [];
  const proposal = proposalOf(scope);
  if (proposal)
    parts.push(`“${proposal.word}” read as ${proposal.to === null ? "nothing" : proposal.to.replaceAll("_", " ")}`);
  if ("asked" in said) parts.push(scopeInWords(said.asked));
  if (proposal) return [parts[0], ...parts.slice(1).filter((part) => !part.includes(`“${proposal.word}”`))].join(", ");
  const act = actInWords(said.act);
  if (act) parts.push(said.filter ? `${act} all that matched${filterInWords(said.filter)}` : `${act} a selection`);
  if (typeof said.undoes === "string") parts.push(`taking back: ${scopeInWords(said.of)}`);
  const count = (name: string, one: string, many: string) => {
    const list = said[name];
    if (Array.isArray(list))
      parts.push(list.length === 1 ? `one ${one}` : `${list.length.toLocaleString("en")} ${many}`);
  };
  count("receipts", "message", "messages by receipt");
  count("ids", "posting", "postings by choice");
  if (typeof said.group === "string") parts.push("all of one exception group");
  if (typeof said.feed === "string") parts.push(`feed ${said.feed}`);
  if (typeof said.word === "string") parts.push(`with the word “${said.word}”`);
  if (typeof said.status === "string") parts.push(`${said.status} ones`);
  if (Array.isArray(said.states)) parts.push(`postings ${said.states.join(", ")}`);
  if (Array.isArray(said.kinds)) parts.push(said.kinds.map((kind) => String(kind).replaceAll("_", " ")).join(", "));
  if (Array.isArray(said.connections))
    parts.push(said.connections.length === 1 ? "one Odoo connection" : `${said.connections.length} Odoo connections`);
  if (typeof said.since === "string") parts.push(`since ${said.since.slice(0, 16).replace("T", " ")} UTC`);
  if (typeof said.until === "string") parts.push(`until ${said.until.slice(0, 16).replace("T", " ")} UTC`);
  if (typeof said.day === "string") parts.push(`the ${said.day}`);
  if (said.close === true) parts.push("closed by the clock");
  if ("turn" in said)
    parts.push(typeof said.turn === "string" ? "by its schedule" : "what changed since the last time");
  return parts.join(", ");
}

/** The meaning that a shadow run tries; null where it tries none. */
export function proposalOf(scope: unknown): { word: string; to: string | null } | null {
  if (typeof scope !== "object" || scope === null || !("proposal" in scope)) return null;
  const { proposal } = scope;
  if (typeof proposal !== "object" || proposal === null || !("word" in proposal)) return null;
  const to = "to" in proposal && typeof proposal.to === "string" ? proposal.to : null;
  return { word: String(proposal.word), to };
}

const ACT_WORD: Readonly<Record<string, string>> = {
  acknowledge: "acknowledge",
  assign: "assign",
  snooze: "snooze",
  resolve: "resolve",
  reopen: "open again",
  comment: "comment on",
};

function actInWords(said: unknown): string | null {
  if (typeof said !== "object" || said === null || !("act" in said)) return null;
  return ACT_WORD[String(said.act)] ?? null;
}

function filterInWords(filter: unknown): string {
  if (typeof filter !== "object" || filter === null) return "";
  const lists = Object.values(filter).flatMap((value) => (Array.isArray(value) ? value : []));
  const words = lists.slice(0, 6).map((value) => String(value).replaceAll("_", " "));
  return words.length === 0 ? "" : ` (${words.join(", ")}${lists.length > 6 ? ", …" : ""})`;
}

/** "carrier version 3", "carrier version 1, 2; dock version 4"; beyond three feeds how many more. */
export function versionsInWords(versions: readonly { feed: string; version: number }[]): string {
  if (versions.length === 0) return "no version";
  const feeds = [...Map.groupBy(versions, (one) => one.feed)].map(([feed, ones]) => {
    const numbers = [...new Set(ones.map((one) => one.version))].sort((a, b) => a - b);
    const shown = numbers.slice(0, 4).join(", ");
    return `${feed} version ${shown}${numbers.length > 4 ? ` and ${numbers.length - 4} more` : ""}`;
  });
  return feeds.length > 3 ? `${feeds.slice(0, 3).join("; ")} and ${feeds.length - 3} more feeds` : feeds.join("; ");
}

/** The versions that read messages first; what nobody has read goes by the current one. */
export function firstVersions(
  mappings: readonly { feed: string; current: number; first: number | null }[],
): { feed: string; version: number }[] {
  return mappings.map(({ feed, current, first }) => ({ feed, version: first ?? current }));
}

/** By which mapping a run read its messages, with the versions that it met so far; null where it reads none. */
export function mappingInWords(run: { mapping: string | null; summary: unknown }): string | null {
  if (run.mapping === null) return null;
  const met = Object.keys(tallyIn(run.summary)?.mappings ?? {}).flatMap((name) => {
    const [, feed, version] = /^(.*) (\d+)$/.exec(name) ?? [];
    return feed && version ? [{ feed, version: Number(version) }] : [];
  });
  return `by the ${run.mapping} mapping${met.length > 0 ? `: ${versionsInWords(met)}` : ""}`;
}
