import { z } from "zod";
import { freightFilter } from "@/core/freight/filter";
import { FREIGHT_STATES, VERDICTS } from "@/core/freight/states";
import { keysetCursor } from "@/core/keyset";
import type { BillLine, BillRow } from "@/db/queries/freight-list";
import { getBill, readBills } from "../../freight/read";
import { limitSchema, route, words } from "../route";
import { listOf } from "../shapes";

const instant = z.iso.datetime();
const minor = z.int().nullable().meta({ description: "Minor units of the currency" });

const billShape = z
  .object({
    id: z.uuid(),
    carrier: z.string(),
    number: z.string(),
    kind: z.enum(["invoice", "credit"]),
    date: z.string().nullable(),
    receivedAt: instant,
    state: z.enum(FREIGHT_STATES),
    verdict: z.enum(VERDICTS).nullable(),
    matched: z.enum(["none", "partial", "full"]),
    currency: z.string().nullable(),
    total: z.string().nullable().meta({ description: "As the document says it" }),
    billedMinor: minor,
    expectedMinor: minor,
    overMinor: z.int(),
    underMinor: z.int(),
    payMinor: minor,
    objections: z.array(z.object({ check: z.string(), text: z.string(), final: z.boolean() })),
    decidedAt: instant.nullable(),
    posting: z.object({ id: z.uuid(), state: z.string() }).nullable(),
  })
  .meta({ id: "FreightInvoice" });

const detailShape = billShape.extend({
  receipt: z.uuid(),
  lines: z.array(
    z.object({
      line: z.string(),
      code: z.string().nullable(),
      description: z.string().nullable(),
      charge: z.string().nullable(),
      amount: z.string(),
      amountMinor: minor,
      expectedMinor: minor,
      verdict: z.string().nullable(),
      rule: z.string().nullable(),
      shipmentId: z.uuid().nullable(),
    }),
  ),
  related: z.array(z.object({ id: z.uuid(), number: z.string(), how: z.string() })),
});

function answer(row: BillRow): z.input<typeof billShape> {
  const {
    id,
    number,
    kind,
    state,
    verdict,
    matched,
    currency,
    total,
    billedMinor,
    expectedMinor,
    overMinor,
    underMinor,
  } = row;
  return {
    id,
    carrier: row.vendor,
    number,
    kind,
    date: row.invoiceDate,
    receivedAt: row.receivedAt.toISOString(),
    state,
    verdict,
    matched,
    currency,
    total,
    billedMinor,
    expectedMinor,
    overMinor,
    underMinor,
    payMinor: row.payMinor,
    objections: row.objections,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    posting: row.postingId === null ? null : { id: row.postingId, state: row.postingState ?? "" },
  };
}

function lineAnswer(line: BillLine) {
  const { position: _position, shipmentName: _name, ...rest } = line;
  return rest;
}

export const freightRoutes = [
  route({
    method: "GET",
    path: "/freight/invoices",
    right: "freight:read",
    summary: "Freight bills and credits with verdict and decision, newest receipt first",
    query: z.object({
      state: words(FREIGHT_STATES),
      verdict: words(VERDICTS),
      shipment: z.uuid().optional(),
      search: z.string().max(200).optional(),
      limit: limitSchema,
      cursor: keysetCursor.optional(),
    }),
    output: listOf(billShape),
    handle: async ({ ctx }, { query: { state, verdict, shipment, search, limit, cursor } }) => {
      const filter = freightFilter.parse({ state, verdict, shipment: shipment ?? null, search: search ?? "" });
      const { items, nextCursor } = await readBills(ctx, { filter, cursor, limit });
      return { items: items.map(answer), nextCursor };
    },
  }),
  route({
    method: "GET",
    path: "/freight/invoices/{id}",
    right: "freight:read",
    summary: "One freight bill with its charges, each with shipment, expectation, verdict and rule (the first 500)",
    params: z.object({ id: z.uuid() }),
    output: detailShape,
    handle: async ({ ctx }, { params: { id } }) => {
      const { bill } = await getBill(ctx, id);
      return {
        ...answer(bill),
        receipt: bill.messageId,
        lines: bill.lines.map(lineAnswer),
        related: bill.related.map(({ id: other, number, how }) => ({ id: other, number, how })),
      };
    },
  }),
];
