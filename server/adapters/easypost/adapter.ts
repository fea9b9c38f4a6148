import { z } from "zod";
import { type Outcome, read } from "@/core/outcome";
import type { Facts } from "@/core/shipments/facts";
import { normaliseNumber } from "@/core/shipments/references";
import type { FeedAdapter, Peek, RawMessage, TranslateContext } from "../feed";
import { EASYPOST_CARRIER, EASYPOST_STATUS } from "./codes";
import { parseEasypost } from "./parse";
import { translateTracker } from "./translate";

const settingsSchema = z.object({});

export const easypost: FeedAdapter = {
  name: "easypost",
  version: 1,
  label: "EasyPost tracker webhooks",
  contentTypes: ["application/json"],
  packs: { status: EASYPOST_STATUS, carrier: EASYPOST_CARRIER },
  parseSettings: (raw) => settingsSchema.parse(raw ?? {}),
  peek: peekEasypost,
  recognise: recogniseEasypost,
  interpret: interpretEasypost,
  sample: sampleEasypost,
};

function interpretEasypost(message: RawMessage, context: TranslateContext): Outcome<Facts> {
  const parsed = parseEasypost(message.bytes);
  if (!parsed.ok) return parsed;
  if (parsed.value.kind === "other") {
    return read({ shipments: [], invoices: [], problems: [], ignored: parsed.value.why, records: 1 });
  }
  const facts = translateTracker(parsed.value.tracker, parsed.value.at, context);
  return read(facts, facts.problems);
}

/** Finds the event's id and the tracking code by two searches over the bytes, without reading the JSON. */
function peekEasypost({ bytes }: RawMessage): Peek {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const code = valueAfterKey(buffer, '"tracking_code"');
  return { deliveryId: eventIdIn(buffer), laneKey: code === null ? null : normaliseNumber(code) || null };
}

/** Longest id or number that is looked at. */
const LONGEST = 120;

/** The value that starts with evt_ right behind a key "id"; inside a string of the payload the quotes would be escaped. */
function eventIdIn(buffer: Buffer): string | null {
  let from = 0;
  for (let tries = 0; tries < 4; tries++) {
    const start = buffer.indexOf('"evt_', from, "latin1");
    if (start < 0) return null;
    if (/"id"\s*:\s*$/.test(buffer.toString("latin1", Math.max(0, start - 24), start))) {
      return stringAt(buffer, start);
    }
    from = start + 5;
  }
  return null;
}

function valueAfterKey(buffer: Buffer, key: string): string | null {
  const start = buffer.indexOf(key, 0, "latin1");
  if (start < 0) return null;
  const rest = buffer.toString("latin1", start + key.length, start + key.length + 24);
  const gap = /^\s*:\s*(?=")/.exec(rest);
  return gap === null ? null : stringAt(buffer, start + key.length + gap[0].length);
}

/** A plain string literal that starts at a quote; null where it is empty, too long or escaped. */
function stringAt(buffer: Buffer, quote: number): string | null {
  const end = buffer.indexOf(0x22, quote + 1);
  if (end <= quote + 1 || end - quote > LONGEST) return null;
  const text = buffer.toString("utf8", quote + 1, end);
  return /[\\\p{Cc}]/u.test(text) ? null : text;
}

function recogniseEasypost({ bytes }: RawMessage): number {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 100_000)).toString("latin1");
  if (!/^(?:\u00ef\u00bb\u00bf)?\s*\{/.test(head)) return 0;
  const isEvent = /"object"\s*:\s*"Event"/.test(head);
  if (isEvent && /"id"\s*:\s*"evt_/.test(head)) return 0.99;
  const isTracker = /"object"\s*:\s*"Tracker"/.test(head);
  if (isTracker && /"tracking_code"\s*:/.test(head)) return 0.98;
  return isEvent || isTracker ? 0.6 : 0;
}

/** A made-up tracker event: one scan at the given moment. */
function sampleEasypost({ atMs, number }: { atMs: number; number: string }) {
  const at = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  const body = {
    id: `evt_sample${atMs.toString(16)}`,
    object: "Event",
    mode: "test",
    description: "tracker.updated",
    created_at: at,
    updated_at: at,
    previous_attributes: { status: "pre_transit" },
    result: {
      id: `trk_sample${atMs.toString(16)}`,
      object: "Tracker",
      mode: "test",
      tracking_code: number,
      status: "in_transit",
      status_detail: "arrived_at_facility",
      created_at: at,
      updated_at: at,
      signed_by: null,
      weight: 17.6,
      est_delivery_date: null,
      carrier: "UPS",
      tracking_details: [
        {
          object: "TrackingDetail",
          message: "Arrived at facility",
          status: "in_transit",
          status_detail: "arrived_at_facility",
          datetime: at,
          source: "UPS",
          carrier_code: null,
          tracking_location: {
            object: "TrackingLocation",
            city: "LOUISVILLE",
            state: "KY",
            country: "US",
            zip: "40213",
          },
        },
      ],
      is_return: false,
    },
  };
  return { bytes: new TextEncoder().encode(JSON.stringify(body)), contentType: "application/json" };
}
