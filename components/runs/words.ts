import type { Tone } from "@/components/ui/badge";
import type { MarkShape } from "@/components/ui/mark";
import type { RunKind, RunResult, RunState } from "@/core/runs/run";

export const RUN_KIND_WORD: Readonly<Record<RunKind, string>> = {
  replay: "Replay",
  repost: "Repost",
  review: "Review",
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
};

/** What a run is about, in one line, out of its stored scope. */
export function scopeInWords(scope: unknown): string {
  if (typeof scope !== "object" || scope === null) return "";
  const said = scope as Record<string, unknown>;
  const parts: string[] = [];
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
  if (typeof said.since === "string") parts.push(`since ${said.since.slice(0, 16).replace("T", " ")} UTC`);
  if (typeof said.until === "string") parts.push(`until ${said.until.slice(0, 16).replace("T", " ")} UTC`);
  return parts.join(", ");
}
