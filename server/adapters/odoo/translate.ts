import { minorDigits, toMinor } from "@/core/money";
import type { Attribute, Json, OdooPicking, Quantity } from "@/core/shipments/attributes";
import type { EventFact } from "@/core/shipments/event";
import type { Facts, ShipmentFacts } from "@/core/shipments/facts";
import { EVENT_KINDS } from "@/core/shipments/milestones";
import { type Reference, reference, splitNumbers } from "@/core/shipments/references";
import { resolveTime } from "@/core/shipments/zones";
import { readIsoTime } from "@/core/wall-clock";
import type { TranslateContext } from "../feed";
import { ODOO_STEP_STATUS } from "./codes";
import {
  ODOO_PICKING_STATES,
  ODOO_STEP_KINDS,
  type OdooDeletion,
  type OdooOrderRecord,
  type OdooPartner,
  type OdooPickingRecord,
  type OdooSnapshot,
  type OdooStep,
} from "./record";

const MOST_NUMBERS = 50;
const GRAMS = { kg: 1000, lb: 453.59237, lbs: 453.59237 } as const;

/** Says in facts what one Odoo record says. A transfer is a shipment; an order speaks of each of its transfers. */
export function translateSnapshot(snapshot: OdooSnapshot, connectionId: number, context: TranslateContext): Facts {
  const issuer = `odoo:${connectionId}`;
  if (snapshot.model === "stock.picking") return facts([pickingFacts(snapshot, connectionId, issuer, context)]);
  if (snapshot.model === "deleted") return deletionFacts(snapshot, issuer, context);
  if (snapshot.state === "draft" || snapshot.state === "sent") return ignored(`${snapshot.name} is a quotation`);
  if (snapshot.pickingIds.length === 0) return ignored(`the order ${snapshot.name} has no transfer`);
  return facts(snapshot.pickingIds.map((pickingId) => orderFacts(snapshot, pickingId, issuer, context)));
}

/** Odoo's whole seconds hide which of two readings is the later: within one, a state goes forward and returns are added. */
function withinSecond({ state, returns }: OdooPickingRecord): number {
  return ODOO_PICKING_STATES.indexOf(state) * 100 + Math.min(99, returns?.length ?? 0);
}

function facts(shipments: ShipmentFacts[]): Facts {
  return { shipments, invoices: [], problems: [], ignored: null, records: 1 };
}

function ignored(why: string): Facts {
  return { shipments: [], invoices: [], problems: [], ignored: why, records: 1 };
}

function pickingFacts(
  picking: OdooPickingRecord,
  connectionId: number,
  issuer: string,
  context: TranslateContext,
): ShipmentFacts {
  const carrier = carrierOf(picking, context);
  const numbers = splitNumbers(picking.trackingReference ?? "")
    .slice(0, MOST_NUMBERS)
    .flatMap((number) => reference("tracking_number", carrier.issuer, number) ?? []);
  const writtenAt = picking.moves.reduce(
    (latest, move) => (move.writtenAt > latest ? move.writtenAt : latest),
    (picking.returnsWrittenAt ?? "") > picking.writtenAt ? (picking.returnsWrittenAt ?? "") : picking.writtenAt,
  );
  const claimsOf = claimsAt(instantOf(writtenAt) + withinSecond(picking));
  const claims = claimsOf({
    odoo_picking: linkOf(picking, connectionId),
    carrier: carrier.name,
    promised_delivery_at: isoOf(picking.sale?.commitmentAt ?? null),
    promised_dispatch_at: isoOf(picking.deadlineAt ?? picking.scheduledAt),
    address: addressOf(picking.partner),
    // The order knows its customer; a transfer knows where its goods go.
    customer: picking.sale === null ? (picking.partner?.name ?? null) : null,
    warehouse: warehouseOf(picking.warehouse, context),
    company: picking.company.name,
    quantities: quantitiesOf(picking, context),
    weight_grams: gramsOf(picking),
    expected_freight: freightOf(picking),
    // one claim of the whole field, also when it is empty: a number that is no longer there is no longer said
    tracking_number: numbers.map(({ said }) => said).join(","),
  });
  return {
    at: "",
    references: references(issuer, [
      ["odoo_picking", String(picking.id)],
      ["odoo_picking", picking.name],
      ["sales_order", picking.sale?.name ?? null],
      ["customer_po", picking.sale?.clientOrderRef ?? null],
    ]).concat(numbers, ssccsOf(picking)),
    packages: numbers.map(({ value, issuer: by }) => ({ number: value, issuer: by, master: false })),
    events: pickingEvents(picking, context),
    claims,
  };
}

/** What Odoo expects the carriage to cost; nothing where it has no price, or nobody knows in which currency. */
function freightOf({ carrierPrice, sale }: OdooPickingRecord): Json {
  const currency = sale?.currency ?? null;
  return currency === null || !carrierPrice || carrierPrice < 0 ? null : moneyOf(carrierPrice, currency);
}

function orderFacts(
  order: OdooOrderRecord,
  pickingId: number,
  issuer: string,
  context: TranslateContext,
): ShipmentFacts {
  const value = order.currency === null ? null : moneyOf(order.amountTotal, order.currency);
  const released = order.state === "sale" && order.orderedAt !== null;
  const word = "sale.order/sale";
  return {
    at: `/pickingIds/${order.pickingIds.indexOf(pickingId)}`,
    references: references(issuer, [
      ["odoo_picking", String(pickingId)],
      ["sales_order", order.name],
      ["customer_po", order.clientOrderRef],
    ]),
    packages: [],
    events: released
      ? stateEvent(
          { word, at: order.orderedAt, id: `stock.picking/${pickingId}/sale.order/${order.id}`, inferred: false },
          context,
        )
      : [],
    claims: claimsAt(instantOf(order.writtenAt))({
      promised_delivery_at: isoOf(order.commitmentAt),
      customer: order.partner?.name ?? order.shippingPartner?.name ?? null,
      warehouse: warehouseOf(order.warehouse, context),
      company: order.company.name,
      order_value: value,
      order_address: addressOf(order.shippingPartner),
    }),
  };
}

function deletionFacts(deletion: OdooDeletion, issuer: string, context: TranslateContext): Facts {
  if (deletion.deletedModel === "sale.order") return ignored(`the order ${deletion.name ?? deletion.id} was deleted`);
  const id = `stock.picking/${deletion.id}/deleted`;
  return facts([
    {
      at: "",
      references: references(issuer, [
        ["odoo_picking", String(deletion.id)],
        ["odoo_picking", deletion.name],
      ]),
      packages: [],
      events: stateEvent({ word: "stock.picking/deleted", at: deletion.noticedAt, id, inferred: false }, context),
      claims: [],
    },
  ]);
}

function pickingEvents(picking: OdooPickingRecord, context: TranslateContext): EventFact[] {
  const { id, state, steps = [] } = picking;
  // Odoo dates the validation only; of the other states it tells the moment at which they were last seen to hold.
  const at = state === "done" ? (picking.doneAt ?? picking.writtenAt) : picking.writtenAt;
  // since 18 a transfer is made when the step before it is done: that is not when its order was released
  const isLate = steps.some((step) => step.state === "done");
  const opened =
    state === "draft" || state === "cancel" || isLate
      ? []
      : [{ word: "stock.picking/confirmed", at: picking.createdAt }];
  // behind a pick, goods that are ready to leave were allocated long before
  const saysNothing = state === "draft" || state === "confirmed" || state === "waiting";
  const now = saysNothing || (state === "assigned" && steps.length > 0) ? [] : [{ word: `stock.picking/${state}`, at }];
  const own = [...opened, ...now].flatMap(({ word, at: when }) => {
    const inferred = word !== "stock.picking/assigned" && word !== "stock.picking/cancel";
    return stateEvent({ word, at: when, id: `${word.replace("/", `/${id}/`)}`, inferred }, context);
  });
  return [...own, ...stepEvents(picking, context)];
}

/** What the steps before a transfer say: a kind of step is done with the last of its transfers, of those that came before this one left. */
function stepEvents({ id, state, doneAt, steps = [] }: OdooPickingRecord, context: TranslateContext): EventFact[] {
  const leftAt = state === "done" ? doneAt : null;
  return ODOO_STEP_KINDS.flatMap((kind) => {
    const mine = steps.filter((step) => step.kind === kind && step.state !== "cancel" && step.state !== "draft");
    const done = mine.filter((step) => step.state === "done" && step.doneAt !== null);
    const inTime = leftAt === null ? done : done.filter((step) => (step.doneAt ?? "") <= leftAt);
    const isComplete = leftAt !== null || done.length === mine.length;
    const last = isComplete ? inTime.reduce(later, null) : null;
    const ready = kind === "pick" ? mine.filter((step) => step.state === "assigned") : [];
    return [
      ...ready.map((step) => ({ step, word: "assigned", at: step.writtenAt })),
      ...(last === null ? [] : [{ step: last, word: "done", at: last.doneAt }]),
    ].flatMap(({ step, word, at }) =>
      stateEvent(
        {
          word: `stock.picking/${kind}_${word}`,
          at,
          id: `stock.picking/${id}/${kind}/${step.id}/${word}`,
          inferred: false,
          description: step.name,
        },
        context,
      ),
    );
  });
}

function later(one: OdooStep | null, other: OdooStep): OdooStep {
  return one === null || (other.doneAt ?? "") > (one.doneAt ?? "") ? other : one;
}

function stateEvent(
  said: { word: string; at: string | null; id: string; inferred: boolean; description?: string },
  context: TranslateContext,
): EventFact[] {
  const clock = said.at === null ? null : readIsoTime(said.at);
  const mapped = context.lookup("status", said.word) ?? ODOO_STEP_STATUS[said.word];
  const kind = EVENT_KINDS.find((candidate) => candidate === mapped);
  return [
    {
      kind: kind ?? "unmapped_code",
      classifier: "actual",
      time: clock === null ? null : resolveTime(clock),
      package: null,
      inferred: said.inferred,
      overall: false,
      retracts: null,
      reason: null,
      location: null,
      raw: {
        eventId: said.id,
        word: said.word,
        code: null,
        description: said.description ?? null,
        time: said.at,
        place: null,
      },
    },
  ];
}

function references(issuer: string, said: [Reference["kind"], string | null][]): Reference[] {
  return said.flatMap(([kind, value]) => (value === null ? [] : (reference(kind, issuer, value) ?? [])));
}

/** Names of Odoo's packages that are serial shipping container codes: 18 digits, with or without the application identifier. */
function ssccsOf(picking: OdooPickingRecord): Reference[] {
  return picking.packages.flatMap(({ name }) => {
    const digits = /^(?:\(?00\)?)?(\d{18})$/.exec(name.replace(/\s/g, ""))?.[1];
    return digits === undefined ? [] : (reference("sscc", null, digits) ?? []);
  });
}

function carrierOf({ carrier }: OdooPickingRecord, context: TranslateContext) {
  if (carrier === null) return { name: null, issuer: null };
  const type = carrier.deliveryType;
  const known =
    context.lookup("carrier", carrier.name) ?? (type === null ? undefined : context.lookup("carrier", type));
  return { name: known ?? carrier.name, issuer: known ?? null };
}

function warehouseOf(
  warehouse: { name: string; code: string | null } | null,
  context: TranslateContext,
): string | null {
  if (warehouse === null) return null;
  const word = warehouse.code ?? warehouse.name;
  return context.lookup("warehouse", word) ?? word;
}

function linkOf(picking: OdooPickingRecord, connectionId: number): OdooPicking {
  return {
    connectionId,
    pickingId: picking.id,
    name: picking.name,
    state: picking.state,
    companyId: picking.company.id,
    saleOrderId: picking.sale?.id ?? null,
    dateDone: picking.doneAt,
    ...(picking.returns ? { returns: picking.returns.map(({ name }) => name).sort() } : {}),
  };
}

function addressOf(partner: OdooPartner | null): Json {
  if (partner === null) return null;
  const { name, street, street2, city, zip, stateCode, countryCode } = partner;
  return { name, street, street2, city, zip, state: stateCode, country: countryCode };
}

/** Quantities per line; what is entered before the transfer is validated is no fact yet. */
function quantitiesOf(picking: OdooPickingRecord, context: TranslateContext): Quantity[] | null {
  const quantities = picking.moves
    .filter(({ state }) => state !== "cancel")
    .map((move) => {
      const word = move.product.code ?? move.product.barcode ?? move.product.name;
      return {
        code: context.lookup("product", word) ?? word,
        line: move.saleLineId === null ? null : String(move.saleLineId),
        ordered: move.demand,
        done: move.state === "done" ? move.done : null,
        uom: move.uom,
      };
    });
  return quantities.length === 0 ? null : quantities;
}

function isoOf(instant: string | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

function gramsOf({ shippingWeight, weight, weightUnit }: OdooPickingRecord): number | null {
  const said = shippingWeight || weight;
  const unit = weightUnit === null ? null : GRAMS[weightUnit.toLowerCase() as keyof typeof GRAMS];
  return said && said > 0 && unit ? Math.round(said * unit) : null;
}

function moneyOf(amount: number, currency: string): Json {
  const amountMinor = toMinor(amount.toFixed(minorDigits(currency)), currency);
  return amountMinor === null ? null : { amountMinor, currency };
}

function instantOf(text: string): number {
  return Date.parse(text);
}

function claimsAt(occurredAtMs: number) {
  return (values: Partial<Record<Attribute, Json>>, subject = ""): ShipmentFacts["claims"] =>
    Object.entries(values).flatMap(([attribute, value]) =>
      value === null || value === undefined
        ? []
        : [{ attribute: attribute as Attribute, subject, value, occurredAtMs }],
    );
}
