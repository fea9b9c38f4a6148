import { inBatches } from "./batches";
import { idOf, idsOf, instantOf, type OdooDomain, type OdooRow, textOf } from "./call";
import type { OdooClient } from "./client";
import { MOST_STEPS, type OdooStep } from "./record";

/** Steps that goods take inside a warehouse at most: pick, pack, and two of somebody's own. */
const DEEPEST = 4;
/** Ids a reading call where each answers with little more than ids. */
const AT_ONCE = 1_000;
/** Archived warehouses and types still name what was done in them. */
const ANY_STATE = { active_test: false };

/** Moves inside a warehouse, by a small table: whether one feeds another is cheaper read than asked for. */
export const INSIDE: OdooDomain[number] = ["picking_type_id.code", "=", "internal"];

/** Transfers that these moves feed, over as many steps as a warehouse has. Those in between are among them. */
export async function fedPickings(client: OdooClient, moves: readonly OdooRow[]): Promise<number[]> {
  const fed = new Set<number>();
  let ids = nextOf(moves);
  for (let depth = 0; depth < DEEPEST && ids.length > 0; depth++) {
    const rows = await inBatches(ids, AT_ONCE, (batch) =>
      client.searchRead("stock.move", [["id", "in", batch]], ["picking_id", "move_dest_ids"], { order: "id" }),
    );
    for (const row of rows) {
      const id = idOf(row.picking_id);
      if (id !== null) fed.add(id);
    }
    ids = nextOf(rows);
  }
  return [...fed];
}

function nextOf(moves: readonly OdooRow[]): number[] {
  return [...new Set(moves.flatMap((move) => idsOf(move.move_dest_ids)))];
}

/** The steps inside a warehouse through which the goods of transfers come, by the transfer; `moves` are those of the transfers. */
export async function readSteps(client: OdooClient, moves: readonly OdooRow[]): Promise<Map<number, OdooStep[]>> {
  const fedBy = await climb(client, moves);
  const ids = [...new Set([...fedBy.values()].flatMap((steps) => [...steps]))];
  if (ids.length === 0) return new Map();
  const fields = ["name", "state", "picking_type_id", "date_done", "write_date"];
  const rows = await inBatches(ids, AT_ONCE, (batch) =>
    client.searchRead("stock.picking", [["id", "in", batch]], fields, { order: "id" }),
  );
  const kinds = await kindsOf(client, rows);
  const byId = new Map(rows.map((row) => [row.id, stepOf(row, kinds)]));
  return new Map(
    [...fedBy].map(([pickingId, steps]) => {
      const inOrder = [...steps].sort((one, other) => one - other).slice(-MOST_STEPS);
      return [pickingId, inOrder.flatMap((id) => byId.get(id) ?? [])];
    }),
  );
}

/** Goes up from the moves of transfers to those that feed them: ids of the steps by the transfer. */
async function climb(client: OdooClient, moves: readonly OdooRow[]): Promise<Map<number, Set<number>>> {
  const found = new Map<number, Set<number>>();
  const shipsIn = new Map<number, Set<number>>();
  for (const move of moves) shipsIn.set(move.id, new Set([idOf(move.picking_id)].filter((id) => id !== null)));
  let ids = [...shipsIn.keys()];
  for (let depth = 0; depth < DEEPEST && ids.length > 0; depth++) {
    const rows = await inBatches(ids, AT_ONCE, (batch) =>
      client.searchRead(
        "stock.move",
        [["move_dest_ids", "in", batch], INSIDE, ["state", "!=", "cancel"]],
        ["picking_id", "move_dest_ids"],
        { order: "id" },
      ),
    );
    const above = new Set<number>();
    for (const row of rows) {
      const step = idOf(row.picking_id);
      for (const shipped of idsOf(row.move_dest_ids).flatMap((dest) => [...(shipsIn.get(dest) ?? [])])) {
        if (step !== null) add(found, shipped, step);
        if (add(shipsIn, row.id, shipped)) above.add(row.id);
      }
    }
    ids = [...above];
  }
  return found;
}

function add(sets: Map<number, Set<number>>, key: number, value: number): boolean {
  const known = sets.get(key) ?? new Set();
  const isNew = !known.has(value);
  sets.set(key, known.add(value));
  return isNew;
}

type Kinds = ReadonlyMap<number, OdooStep["kind"]>;

/** What the types of these transfers are in their warehouse; a type of somebody's own is neither. */
async function kindsOf(client: OdooClient, rows: readonly OdooRow[]): Promise<Kinds> {
  const types = [...new Set(rows.flatMap((row) => idOf(row.picking_type_id) ?? []))];
  const domain: OdooDomain = ["|", ["pick_type_id", "in", types], ["pack_type_id", "in", types]];
  const houses = await client.searchRead("stock.warehouse", domain, ["pick_type_id", "pack_type_id"], {
    context: ANY_STATE,
  });
  const kinds = new Map<number, OdooStep["kind"]>();
  for (const house of houses) {
    for (const kind of ["pick", "pack"] as const) {
      const type = idOf(house[`${kind}_type_id`]);
      if (type !== null) kinds.set(type, kind);
    }
  }
  return kinds;
}

function stepOf(row: OdooRow, kinds: Kinds): OdooStep {
  return {
    id: row.id,
    name: textOf(row.name) ?? "",
    kind: kinds.get(idOf(row.picking_type_id) ?? 0) ?? "other",
    state: row.state as OdooStep["state"],
    doneAt: instantOf(row.date_done),
    writtenAt: instantOf(row.write_date) ?? "",
  };
}
