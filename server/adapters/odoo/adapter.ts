import { z } from "zod";
import { type Outcome, read } from "@/core/outcome";
import type { Facts } from "@/core/shipments/facts";
import type { FeedAdapter, RawMessage, TranslateContext } from "../feed";
import { ODOO_CARRIER, ODOO_STATUS, ODOO_STEP_STATUS } from "./codes";
import { parseSnapshot } from "./parse";
import type { OdooPickingRecord } from "./record";
import { translateSnapshot } from "./translate";

const settingsSchema = z.object({
  /** Connection whose records arrive here: part of the issuer of every reference to an Odoo record. */
  connectionId: z.int().nonnegative().default(1),
});

export const odoo: FeedAdapter = {
  name: "odoo",
  version: 3,
  label: "Odoo orders and transfers",
  contentTypes: ["application/json"],
  packs: { status: { ...ODOO_STATUS, ...ODOO_STEP_STATUS }, carrier: ODOO_CARRIER },
  parseSettings: (raw) => settingsSchema.parse(raw ?? {}),
  peek: peekOdoo,
  recognise: ({ bytes }) =>
    /^\s*\{\s*"model"\s*:\s*"(sale\.order|stock\.picking|deleted)"/.test(startOf(bytes)) ? 0.99 : 0,
  interpret: interpretOdoo,
  sample: sampleOdoo,
};

function interpretOdoo(message: RawMessage, context: TranslateContext): Outcome<Facts> {
  const parsed = parseSnapshot(message.bytes);
  if (!parsed.ok) return parsed;
  const { connectionId } = context.settings as z.infer<typeof settingsSchema>;
  return read(translateSnapshot(parsed.value, connectionId, context));
}

/** An order and its transfers share the order's name; the poll writes it near the start of both. */
function peekOdoo({ bytes }: RawMessage) {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 20_000)).toString("utf8");
  const name =
    /"model"\s*:\s*"sale\.order"[^{[]*?"name"\s*:\s*"([^"\\]{1,100})"/.exec(text) ??
    /"sale"\s*:\s*\{[^{}]*?"name"\s*:\s*"([^"\\]{1,100})"/.exec(text) ??
    /"name"\s*:\s*"([^"\\]{1,100})"/.exec(text);
  return { deliveryId: null, laneKey: name?.[1] ?? null };
}

function startOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 200)).toString("latin1");
}

/** A made-up transfer that is ready to be picked. */
function sampleOdoo({ atMs, number }: { atMs: number; number: string }) {
  const at = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  const link = (id: number, name: string) => ({ id, name });
  const picking: OdooPickingRecord = {
    model: "stock.picking",
    id: 1 + (Math.floor(atMs / 1000) % 1_000_000_000),
    name: `WH/OUT/${number}`,
    state: "assigned",
    direction: "outgoing",
    type: link(2, "Delivery Orders"),
    company: link(1, "Sample Company"),
    warehouse: { ...link(1, "Sample Warehouse"), code: "WH" },
    origin: null,
    sale: null,
    partner: null,
    carrier: null,
    trackingReference: null,
    carrierPrice: null,
    weight: null,
    shippingWeight: null,
    weightUnit: "kg",
    scheduledAt: at,
    deadlineAt: null,
    doneAt: null,
    backorderOf: null,
    moves: [],
    packages: [],
    createdAt: at,
    writtenAt: at,
    writtenBy: null,
  };
  return { bytes: new TextEncoder().encode(JSON.stringify(picking)), contentType: "application/json" };
}
