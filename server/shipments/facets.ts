import type { FacetCell } from "@/core/shipments/filter";
import { countShipmentCells } from "@/db/queries/shipments";
import type { Context } from "../context";

type Held = { cells: FacetCell[]; atMs: number; costMs: number };
type Keeper = { held: Held | null; reading: Promise<Held> | null };

const keepers = new WeakMap<object, Keeper>();
/** A count is taken again after this many times what it cost, so that counting never takes more than a small part of the machine. */
const REST = 20;
const FRESH_MS = 1_000;
/** Counting that costs less than this is waited for; a costlier one is done behind an answer at most so old. */
const CHEAP_MS = 150;
const STALE_MS = 60_000;

async function read(ctx: Pick<Context, "sql" | "now">): Promise<Held> {
  const startedAt = performance.now();
  const cells = await countShipmentCells(ctx.sql, ctx.now());
  return { cells, atMs: ctx.now().getTime(), costMs: performance.now() - startedAt };
}

function refresh(ctx: Pick<Context, "sql" | "now">, keeper: Keeper): Promise<Held> {
  keeper.reading ??= read(ctx)
    .then((fresh) => {
      keeper.held = fresh;
      return fresh;
    })
    .finally(() => {
      keeper.reading = null;
    });
  // who does not wait for it does not hear of a failure; the next one to ask reads again
  keeper.reading.catch(() => {});
  return keeper.reading;
}

function keeperOf(ctx: Pick<Context, "sql">): Keeper {
  const keeper = keepers.get(ctx.sql) ?? { held: null, reading: null };
  keepers.set(ctx.sql, keeper);
  return keeper;
}

/** Shipments counted by all facets, held for a moment in this process. Lists and facets that share one reading agree. */
export async function shipmentCells(ctx: Pick<Context, "sql" | "now">): Promise<FacetCell[]> {
  const keeper = keeperOf(ctx);
  const { held } = keeper;
  const ageMs = held === null ? Number.POSITIVE_INFINITY : ctx.now().getTime() - held.atMs;
  if (held !== null && ageMs < Math.max(FRESH_MS, held.costMs * REST)) return held.cells;
  const reading = refresh(ctx, keeper);
  if (held !== null && held.costMs > CHEAP_MS && ageMs < STALE_MS) return held.cells;
  return (await reading).cells;
}

/** The counts of whatever age, for choosing how to read a list; null while nobody has counted yet, which is then begun. */
export function knownCells(ctx: Pick<Context, "sql" | "now">): FacetCell[] | null {
  const keeper = keeperOf(ctx);
  if (keeper.held === null) void refresh(ctx, keeper);
  return keeper.held?.cells ?? null;
}
