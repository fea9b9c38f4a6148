import { idsOf, numberOf, type OdooCall, type OdooRow, textOf } from "../call";
import { type Dialect, hasField } from "../dialect";
import {
  companiesContext,
  companyContext,
  externalId,
  type PostingKindOf,
  type Readback,
  type RequestOf,
} from "./kind";

type Landed = RequestOf<"landed_cost">;

const CENT = 0.005;

const isThere = (dialect: Dialect) => hasField(dialect, "stock.landed.cost", "picking_ids");

function mineOf(request: Landed, [costs = []]: Readback): OdooRow | null {
  return costs.find((row) => textOf(row.description) === externalId(request.key)) ?? null;
}

/** Makes the landed cost at most once, also where the call ends after our time-out. Its lines follow: a repeat would add them again on 14. */
function loadHead(request: Landed): OdooCall {
  const id = externalId(request.key);
  // x2many of existing records by their ids in Odoo, parted by commas
  const fields = ["id", "picking_ids/.id", "description"];
  const data = [[id, request.desired.pickingIds.join(","), id]];
  return { model: "stock.landed.cost", method: "load", args: { fields, data }, context: companyContext(request) };
}

/** Sets the lines as a whole: however often it is said, this is the line. */
function setLines(request: Landed, id: number): OdooCall {
  const { productId, amount, reference } = request.desired;
  const line = {
    product_id: productId,
    name: `Freight, ${reference}`,
    split_method: "by_weight",
    price_unit: Number(amount),
  };
  return {
    model: "stock.landed.cost",
    method: "write",
    ids: [id],
    args: {
      vals: {
        cost_lines: [
          [5, 0, 0],
          [0, 0, line],
        ],
      },
    },
    context: companyContext(request),
  };
}

/** A draft landed cost over the transfers of a bill, by `load` with an external id; somebody in Odoo validates it. */
export const landedCost: PostingKindOf<"landed_cost"> = {
  kind: "landed_cost",
  looksFirst: true,
  together: null,
  read: (requests, dialect) =>
    isThere(dialect)
      ? [
          {
            model: "stock.landed.cost",
            method: "search_read",
            args: {
              domain: [["picking_ids", "in", [...new Set(requests.flatMap(({ desired }) => desired.pickingIds))]]],
              fields: ["name", "state", "picking_ids", "cost_lines", "amount_total", "description"],
              order: "id",
            },
            context: companiesContext(requests),
          },
        ]
      : [],
  call: (request, readback, dialect) => {
    if (!isThere(dialect))
      return {
        do: "refuse",
        reason: "This Odoo has no landed costs, or the user may not see them.",
        field: null,
      };
    const mine = mineOf(request, readback);
    if (mine === null) return { do: "send_and_look", calls: [loadHead(request)] };
    if (mine.state === "draft" && idsOf(mine.cost_lines).length === 0)
      return { do: "send", calls: [setLines(request, mine.id)] };
    return { do: "nothing", reason: "The landed cost stands in Odoo." };
  },
  verify: (request, readback) => {
    const mine = mineOf(request, readback);
    if (mine === null) return { verdict: "absent", reason: "The landed cost is not in Odoo.", found: {} };
    const amount = numberOf(mine.amount_total);
    const found = {
      costId: mine.id,
      name: textOf(mine.name),
      state: textOf(mine.state),
      pickings: idsOf(mine.picking_ids),
      lines: idsOf(mine.cost_lines).length,
      amount,
    };
    if (found.lines === 0)
      return { verdict: "absent", reason: "The landed cost stands in Odoo without its line.", found };
    if (Math.abs((amount ?? 0) - Number(request.desired.amount)) > CENT)
      return { verdict: "differs", reason: `The landed cost in Odoo is about ${amount}.`, found };
    return { verdict: "holds", reason: "The landed cost stands in Odoo.", found };
  },
};
