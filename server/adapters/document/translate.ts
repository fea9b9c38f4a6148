import type { EventFact } from "@/core/shipments/event";
import type { ShipmentFacts } from "@/core/shipments/facts";
import type { Reference } from "@/core/shipments/references";
import type { RawMessage } from "../feed";
import type { Document } from "./parse";

/**
 * Says in facts that the proof of a shipment's delivery is here: the event at the instant of receipt, and the document as a claim of its
 * own, so that several pages stand beside one another. The message is the document.
 */
export function translateDocument(
  document: Document,
  named: Reference,
  fileName: string,
  message: Pick<RawMessage, "id" | "receivedAtMs">,
): ShipmentFacts {
  const { mimeType, sha1, byteLength, taken } = document;
  const isParcel = named.kind === "tracking_number";
  const event: EventFact = {
    kind: "pod_received",
    classifier: "actual",
    time: { occurredAtMs: message.receivedAtMs, offsetMinutes: 0, precision: "second", basis: "offset" },
    package: isParcel ? named.value : null,
    inferred: false,
    overall: false,
    retracts: null,
    reason: null,
    location: null,
    raw: {
      eventId: `${named.kind}/${named.value}/${sha1}`,
      word: "document",
      code: null,
      description: fileName,
      time: null,
      place: null,
    },
  };
  const receivedAt = new Date(message.receivedAtMs).toISOString();
  return {
    at: "file",
    references: [named],
    packages: [],
    events: [event],
    claims: [
      {
        attribute: "proof_of_delivery",
        subject: `document ${sha1}`,
        value: {
          documentId: message.id ?? null,
          fileName,
          mimeType,
          sha1,
          byteLength,
          receivedAt,
          ...(taken ? { taken } : {}),
        },
        occurredAtMs: message.receivedAtMs,
      },
    ],
  };
}
