import { pageOf, readKeyset } from "@/core/keyset";
import { countFacets, type ShipmentFacets, type ShipmentFilter, shipmentFilter } from "@/core/shipments/filter";
import { searchShipments } from "@/db/queries/shipment-search";
import {
  chooseListPlan,
  countCellsOf,
  countChanged,
  type ListPlan,
  listShipments,
  type ShipmentRow,
} from "@/db/queries/shipments";
import { type Actor, may } from "../access/actor";
import type { Context } from "../context";
import { knownCells, shipmentCells } from "./facets";
import { inScope, shipmentScope } from "./scope";

const SEARCH_HITS = 1_000;

export type ShipmentList = {
  items: ShipmentRow[];
  nextCursor: string | null;
  /** How the search words were understood; null where nothing was searched for. */
  foundBy: "number" | "prefix" | "id" | "none" | null;
};

async function searched(ctx: Pick<Context, "sql">, filter: ShipmentFilter) {
  if (filter.search === "") return null;
  const { hits, by } = await searchShipments(ctx.sql, filter.search, SEARCH_HITS);
  return { ids: [...new Set(hits.map((hit) => hit.id))], by };
}

/** Decides how a list is read, from what the facets say. */
export async function planShipments(
  ctx: Pick<Context, "sql" | "now">,
  filter: ShipmentFilter,
): Promise<{ plan: ListPlan; foundBy: ShipmentList["foundBy"] }> {
  const found = await searched(ctx, filter);
  if (found !== null) return { plan: { by: "ids", ids: found.ids }, foundBy: found.by };
  const blind = chooseListPlan(filter, null);
  if (blind.by === "newest" || blind.by === "promise") return { plan: blind, foundBy: null };
  // a list never waits for counts: without them it is read by the likeliest way
  const cells = knownCells(ctx);
  if (cells === null) return { plan: blind, foundBy: null };
  const none = shipmentFilter.parse({});
  const plan = chooseListPlan(filter, {
    total: countFacets(cells, filter).total,
    of: (name) =>
      countFacets(cells, name === "trouble" ? { ...none, trouble: true } : { ...none, [name]: filter[name] }).total,
  });
  return { plan, foundBy: null };
}

/** A row of the list as it is shown without `customers:read`. */
export function withoutCustomer<T extends { customer: string | null; orderValue?: unknown }>(row: T): T {
  return { ...row, customer: null, orderValue: null };
}

/** One page of the list of shipments, within what the actor may see. */
export async function readShipmentList(
  ctx: Pick<Context, "sql" | "now">,
  actor: Actor,
  input: { filter: ShipmentFilter; cursor?: string | null; limit: number },
): Promise<ShipmentList> {
  const { filter, limit } = input;
  const [scope, { plan, foundBy }] = await Promise.all([shipmentScope(ctx, actor), planShipments(ctx, filter)]);
  const after = readKeyset(input.cursor);
  const rows = await listShipments(ctx.sql, { filter, plan, after, limit: limit + 1, now: ctx.now(), scope });
  const page = pageOf(rows, limit);
  return { ...page, items: may(actor, "customers:read") ? page.items : page.items.map(withoutCustomer), foundBy };
}

/** Facets of the list, counted over the same shipments that the list shows. */
export async function readShipmentFacets(
  ctx: Pick<Context, "sql" | "now">,
  actor: Actor,
  filter: ShipmentFilter,
): Promise<ShipmentFacets> {
  const [scope, found] = await Promise.all([shipmentScope(ctx, actor), searched(ctx, filter)]);
  const cells = found === null ? await shipmentCells(ctx) : await countCellsOf(ctx.sql, found.ids, ctx.now());
  return countFacets(scope === null ? cells : cells.filter((cell) => inScope(scope, cell)), filter);
}

/** Counts the shipments of a filter that changed after an instant, up to a thousand; a search for numbers is a list that stands. */
export async function countShipmentChanges(
  ctx: Pick<Context, "sql" | "now">,
  actor: Actor,
  input: { filter: ShipmentFilter; since: Date },
): Promise<number> {
  if (input.filter.search !== "") return 0;
  const scope = await shipmentScope(ctx, actor);
  return countChanged(ctx.sql, { ...input, now: ctx.now(), scope });
}
