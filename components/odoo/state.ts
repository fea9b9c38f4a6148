import type { Tone } from "@/components/ui/badge";
import type { MarkShape } from "@/components/ui/mark";
import type { Breaker } from "@/core/postings/breaker";

export type ConnectionLook = { word: string; tone: Tone; shape: MarkShape; why: string };

/** How a connection does, in a word and a sentence: the worst sign counts. */
export function connectionLook(
  connection: { state: string; observing: boolean },
  breaker: Breaker,
  watermarks: readonly { polledAt: Date | null; lastError: string | null }[],
  nowMs: number,
): ConnectionLook {
  if (connection.state === "archived")
    return { word: "Archived", tone: "idle", shape: "dash", why: "It reads and posts nothing." };
  if (connection.state === "paused")
    return {
      word: "Paused",
      tone: "idle",
      shape: "pause",
      why: "Nothing is read or posted until somebody resumes it; postings wait.",
    };
  if (breaker.state === "open")
    return {
      word: "Not answering",
      tone: "broken",
      shape: "cross",
      why: breaker.reason || "Odoo did not answer several times in a row.",
    };
  if (breaker.state === "half_open")
    return {
      word: "Trying again",
      tone: "late",
      shape: "clock",
      why: "One probe is out; if it gets through, postings go on.",
    };
  const failing = watermarks.find((one) => one.lastError !== null);
  if (failing?.lastError) return { word: "Reading fails", tone: "broken", shape: "cross", why: failing.lastError };
  const polled = watermarks.map((one) => one.polledAt?.getTime() ?? 0);
  if (polled.length === 0 || Math.max(...polled) === 0)
    return { word: "Not read yet", tone: "idle", shape: "clock", why: "The worker has not read from it yet." };
  if (nowMs - Math.min(...polled) > 120_000)
    return { word: "Behind", tone: "late", shape: "clock", why: "A model was last read more than two minutes ago." };
  if (connection.observing)
    return {
      word: "Observing",
      tone: "accent",
      shape: "half",
      why: "It reads; postings are planned and shown, and none is sent.",
    };
  return { word: "Well", tone: "ok", shape: "dot", why: "It reads and posts." };
}
