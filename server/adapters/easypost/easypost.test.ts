import { describe, expect, it } from "vitest";
import type { RawMessage } from "../feed";
import { lookupInPacks } from "../registry";
import { easypost } from "./adapter";

const receivedAtMs = Date.UTC(2026, 10, 20, 12);

function messageOf(body: string): RawMessage {
  return { bytes: new TextEncoder().encode(body), contentType: null, headers: {}, receivedAtMs, name: null };
}

function peek(body: string) {
  return easypost.peek(messageOf(body));
}

describe("a peek at an EasyPost webhook", () => {
  it("finds the event's id and the tracking code wherever they stand and however they are spaced", () => {
    expect(peek('{"result":{"tracking_code":"1z 9-x"},"id":"evt_ab12"}')).toEqual({
      deliveryId: "evt_ab12",
      laneKey: "1Z9X",
    });
    expect(peek('{ "id" :\n "evt_ab12", "result": { "tracking_code" : "EZ1" } }')).toEqual({
      deliveryId: "evt_ab12",
      laneKey: "EZ1",
    });
  });

  it("takes no id from another key or from inside a text", () => {
    expect(peek('{"parent":"evt_other","id":"evt_mine"}').deliveryId).toBe("evt_mine");
    expect(peek('{"message":"\\"id\\":\\"evt_fake\\"","id":"trk_1"}').deliveryId).toBeNull();
    expect(peek('{"id":"evt_"')).toEqual({ deliveryId: "evt_", laneKey: null });
    expect(peek(`{"id":"evt_${"x".repeat(500)}"}`).deliveryId).toBeNull();
  });
});

describe("an EasyPost tracker", () => {
  const tracker = (details: unknown[], more: object = {}) =>
    JSON.stringify({
      id: "evt_1",
      object: "Event",
      description: "tracker.updated",
      result: { object: "Tracker", tracking_code: "EZ1", carrier: "UPS", tracking_details: details, ...more },
    });
  const read = (body: string, lookup = lookupInPacks(easypost), zone: string | null = null) => {
    const outcome = easypost.interpret(messageOf(body), { feedId: 1, zone, receivedAtMs, lookup, settings: {} });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    return outcome.value;
  };

  it("asks the crosswalk for status and detail first and for the status then", () => {
    const asked: string[] = [];
    read(
      tracker([{ status: "in_transit", status_detail: "new_word", datetime: "2026-11-18T10:00:00Z" }]),
      (kind, word) => {
        if (kind === "status") asked.push(word);
        return undefined;
      },
    );
    expect(asked).toEqual(["in_transit/new_word", "in_transit"]);
  });

  it("gives an unmapped word no state, keeps its words and names it in a problem", () => {
    const facts = read(tracker([{ status: "vanished", datetime: "2026-11-18T10:00:00Z" }]));
    expect(facts.shipments[0]?.events).toMatchObject([{ kind: "unmapped_code", raw: { word: "vanished" } }]);
    expect(facts.problems).toMatchObject([
      { kind: "unmapped_code", at: "/result/tracking_details/0/status", found: "vanished" },
    ]);
  });

  it("takes no crosswalk value that is no kind of event", () => {
    const facts = read(tracker([{ status: "in_transit", datetime: "2026-11-18T10:00:00Z" }]), () => "shipped_somehow");
    expect(facts.shipments[0]?.events[0]?.kind).toBe("unmapped_code");
  });

  it("reads a time without offset by the feed's zone and says so, and never calls it UTC unasked", () => {
    const body = tracker([{ status: "in_transit", datetime: "2026-07-18T10:00:00" }]);
    expect(read(body, undefined, "Europe/Berlin").shipments[0]?.events[0]?.time).toMatchObject({
      occurredAtMs: Date.UTC(2026, 6, 18, 8),
      basis: "feed",
    });
    expect(read(body).shipments[0]?.events[0]?.time).toMatchObject({ basis: "assumed", offsetMinutes: null });
  });

  it("keeps the newest 2,000 details of a flood and says what it left out", () => {
    const details = Array.from({ length: 2_500 }, (_, index) => ({
      status: "in_transit",
      message: `scan ${index}`,
      datetime: "2026-11-18T10:00:00Z",
    }));
    const facts = read(tracker(details));
    expect(facts.shipments[0]?.events).toHaveLength(2_000);
    expect(facts.shipments[0]?.events[0]?.raw.description).toBe("scan 500");
    expect(facts.problems).toMatchObject([{ kind: "bad_value", at: "/result/tracking_details", found: "2500" }]);
  });
});
