import type { Tx } from "@/db/client";
import type { ClaimedMessage } from "@/db/queries/pipeline/claim";
import {
  deleteSetAside,
  insertAcknowledgements,
  insertInterpretations,
  insertSetAside,
  takeControlNumbers,
} from "@/db/queries/pipeline/record";
import type { Filed } from "./file-facts";
import type { Interpreted } from "./interpret";
import type { MessageResult, Pass } from "./pass";

/** Appends the interpretations, acknowledgements and set-aside rows. */
export async function recordReadings(
  tx: Tx,
  messages: readonly ClaimedMessage[],
  items: readonly Interpreted[],
  filed: Filed,
  earlier: ReadonlyMap<string, { number: number }>,
  pass: Pass,
  now: Date,
): Promise<MessageResult[]> {
  const byId = new Map(items.map((item) => [item.message.id, item]));
  const results = messages.map((message): MessageResult => {
    const item = byId.get(message.id);
    const tally = filed.perMessage.get(message.id);
    const fault = item ? item.fault : "The feed of this message cannot be read: its adapter or settings are unknown.";
    const facts = item?.facts ?? null;
    const status =
      facts === null ? "failed" : facts.ignored !== null && item?.shipments === 0 ? "ignored" : "interpreted";
    return {
      id: message.id,
      status,
      fault,
      events: tally?.events ?? 0,
      repeated: tally?.repeated ?? 0,
      shipmentIds: [...(tally?.shipmentIds ?? [])],
    };
  });
  await insertInterpretations(
    tx,
    results.map((result, index) => {
      const message = messages[index] as ClaimedMessage;
      const item = byId.get(result.id);
      const tally = filed.perMessage.get(message.id);
      return {
        messageId: message.id,
        receivedAtMs: message.receivedAtMs,
        number: (earlier.get(message.id)?.number ?? 0) + 1,
        feedId: message.feedId,
        status: result.status,
        adapterVersion: item?.reading.adapter.version ?? 0,
        mappingVersion: item?.reading.mappingVersion ?? 0,
        generation: item?.reading.generation ?? 0,
        runId: pass.runId,
        revision: message.revision ?? null,
        problems: (item?.problems ?? []).slice(0, 200),
        ignored: item?.facts?.ignored ?? null,
        events: result.events,
        repeated: result.repeated,
        shipmentIds: result.shipmentIds,
        work: {
          transformUs: item?.transformUs ?? 0,
          routeUs: tally?.routeUs ?? 0,
          enrichUs: tally?.enrichUs ?? 0,
        },
      };
    }),
    now,
  );
  const faults = results.flatMap((result, index) => {
    const message = messages[index] as ClaimedMessage;
    return result.fault === null
      ? []
      : [{ messageId: result.id, feedId: message.feedId, error: result.fault, attempts: message.attempts + 1 }];
  });
  await insertSetAside(tx, faults, now);
  if (pass.replay)
    await deleteSetAside(
      tx,
      results.filter((result) => result.fault === null).map((result) => result.id),
    );
  else await acknowledge(tx, items, now);
  return results;
}

async function acknowledge(tx: Tx, items: readonly Interpreted[], now: Date): Promise<void> {
  const due = items.filter(
    (item) => item.reading.adapter.acknowledge !== undefined && item.fault === null && item.message.bytes !== null,
  );
  for (const feedId of new Set(due.map((item) => item.reading.feedId))) {
    const mine = due.filter((item) => item.reading.feedId === feedId);
    let number = await takeControlNumbers(tx, feedId, mine.length);
    const rows = mine.flatMap((item) => {
      const { bytes, contentType, name, receivedAtMs, id } = item.message;
      if (bytes === null) return [];
      const outcome =
        item.facts === null
          ? { ok: false as const, problems: item.problems }
          : { ok: true as const, value: item.facts, problems: item.problems };
      const ack = item.reading.adapter.acknowledge?.(
        { bytes, contentType, headers: {}, receivedAtMs, name },
        outcome,
        number++,
      );
      return ack ? [{ messageId: id, feedId, ...ack, accepted: item.problems.length === 0 }] : [];
    });
    await insertAcknowledgements(tx, rows, now);
  }
}
