import type { Tone } from "@/components/ui/badge";
import type { MarkShape } from "@/components/ui/mark";
import type { MessageStatus } from "@/core/messages/filter";
import type { ProblemKind } from "@/core/outcome";

export const MESSAGE_LOOK: Readonly<Record<MessageStatus, { word: string; tone: Tone; shape: MarkShape }>> = {
  waiting: { word: "Not read yet", tone: "idle", shape: "clock" },
  interpreted: { word: "Read", tone: "ok", shape: "check" },
  failed: { word: "Cannot be read", tone: "broken", shape: "cross" },
  ignored: { word: "Not for us", tone: "idle", shape: "dash" },
  set_aside: { word: "Set aside", tone: "broken", shape: "octagon" },
};

export const SHOW_WORD = {
  all: "All",
  waiting: "Not read yet",
  failed: "Cannot be read",
  problems: "With problems",
  ignored: "Not for us",
  set_aside: "Set aside",
  altered: "Same id, other bytes",
  recovered: "Recovered",
} as const;

export const PROBLEM_WORD: Readonly<Record<ProblemKind, string>> = {
  unreadable: "Cannot be read",
  unsupported_document: "Not a document of ours",
  schema: "Not the agreed form",
  unmapped_code: "Unknown word",
  implausible_time: "Implausible time",
  missing_reference: "Names no shipment",
  bad_value: "Wrong value",
  control_mismatch: "Control totals differ",
  sender_error: "The sender reports an error",
};
