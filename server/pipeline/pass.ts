import type { ClaimedMessage } from "@/db/queries/pipeline/claim";
import type { Reading } from "./environment";

export type AdvanceDeps = { now: () => Date; uuid: () => string; slot: number };

/** How this pass reads: live traffic under the current mapping, or a replay with its own generation. */
export type Pass = {
  runId: string | null;
  /** Reading of a message; undefined where its feed is unknown. */
  readingOf: (message: ClaimedMessage) => Reading | undefined;
  replay: boolean;
};

export type MessageResult = {
  id: string;
  status: "interpreted" | "failed" | "ignored";
  fault: string | null;
  events: number;
  repeated: number;
  shipmentIds: string[];
};
