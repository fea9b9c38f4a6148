import { idsOf, textOf } from "../call";
import { hasField } from "../dialect";
import { companiesContext, companyContext, externalId, type PostingKindOf } from "./kind";

/** A draft landed cost over the transfers of a bill, by `load` with an external id; somebody in Odoo validates it. */
export const landedCost: PostingKindOf<"landed_cost"> = {
  kind: "landed_cost",
  looksFirst: true,
  together: null,
  read: (requests, dialect) =>
    hasField(dialect, "stock.landed.cost", "picking_ids")
      ? [
          {
            model: "stock.landed.cost",
            method: "search_read",
            args: {
              domain: [["picking_ids", "in", [...new Set(requests.flatMap(({ desired }) => desired.pickingIds))]]],
              fields: ["name", "state", "picking_ids", "cost_lines", "description"],
              order: "id",
            },
            context: companiesContext(requests),
          },
        ]
      : [],
  call: (request, [costs = []], dialect) => {
    if (!hasField(dialect, "stock.landed.cost", "picking_ids"))
      return {
        do: "refuse",
        reason: "This Odoo has no landed costs, or the user may not see them.",
        field: null,
      };
    const id = externalId(request.key);
    const mine = costs.find((row) => textOf(row.description) === id);
    if (mine) return { do: "nothing", reason: "The landed cost stands in Odoo." };
    const { pickingIds, productId, amount, reference } = request.desired;
    // x2many of existing records by their ids in Odoo, parted by commas
    const fields = [
      "id",
      "picking_ids/.id",
      "description",
      "cost_lines/id",
      "cost_lines/product_id/.id",
      "cost_lines/name",
      "cost_lines/split_method",
      "cost_lines/price_unit",
    ];
    const row = [
      id,
      pickingIds.join(","),
      id,
      `${id}-line`,
      String(productId),
      `Freight, ${reference}`,
      "by_weight",
      amount,
    ];
    return {
      do: "send",
      calls: [
        { model: "stock.landed.cost", method: "load", args: { fields, data: [row] }, context: companyContext(request) },
      ],
    };
  },
  verify: (request, [costs = []]) => {
    const mine = costs.find((row) => textOf(row.description) === externalId(request.key));
    if (!mine) return { verdict: "absent", reason: "The landed cost is not in Odoo.", found: {} };
    const found = {
      costId: mine.id,
      name: textOf(mine.name),
      state: textOf(mine.state),
      pickings: idsOf(mine.picking_ids),
    };
    return { verdict: "holds", reason: "The landed cost stands in Odoo.", found };
  },
};
