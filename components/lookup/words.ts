import { REFERENCE_WORD, sentence } from "@/components/shipments/words";
import type { Tone as Ink } from "@/components/ui/badge";
import type { MarkShape } from "@/components/ui/mark";
import type { FoundBy } from "@/core/lookup/rank";
import type { Tone } from "@/core/lookup/tone";

export const TONE_LOOK: Readonly<Record<Tone, { word: string; ink: Ink; shape: MarkShape }>> = {
  on_the_way: { word: "On the way", ink: "accent", shape: "arrow" },
  ready_to_collect: { word: "Ready to collect", ink: "late", shape: "clock" },
  delivered: { word: "Delivered", ink: "ok", shape: "check" },
  late: { word: "Late", ink: "broken", shape: "clock" },
  problem: { word: "Problem", ink: "broken", shape: "cross" },
  returning: { word: "Returning", ink: "late", shape: "half" },
  returned: { word: "Returned", ink: "late", shape: "half" },
  not_yet_shipped: { word: "Not yet shipped", ink: "neutral", shape: "ring" },
  cancelled: { word: "Cancelled", ink: "idle", shape: "dash" },
  unknown: { word: "No news yet", ink: "idle", shape: "dash" },
};

/** Why a shipment is in the list. */
export function reasonWord(found: FoundBy): string {
  switch (found.by) {
    case "address":
      return "its address in Waypost";
    case "email":
      return "e-mail address of its customer";
    case "phone":
      return "telephone number of its customer";
    case "start":
      return `${kindWord(found.kind)} ${found.said} begins so`;
    case "number":
      return `${kindWord(found.kind)} ${found.said}${found.free ? ", may be given away again" : ""}`;
  }
}

function kindWord(kind: string): string {
  return REFERENCE_WORD[kind] ?? sentence(kind);
}

export const PARTY_WORD: Readonly<Record<string, string>> = {
  carrier: "carrier",
  shipper: "us or our warehouse",
  consignee: "recipient",
  customs: "customs",
  weather: "weather",
  other: "somebody else",
  none: "nobody",
  unknown: "not known",
};
