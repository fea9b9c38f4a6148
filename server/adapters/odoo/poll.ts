import { inBatches } from "./batches";
import { idOf, instantOf, type OdooDomain, type OdooRow, odooTime } from "./call";
import type { OdooClient } from "./client";
import type { Recipients } from "./contacts";
import { readOrders, readPickings } from "./read-records";
import type { OdooOrderRecord, OdooPickingRecord } from "./record";
import { shipped } from "./shipped";
import { fedPickings, INSIDE } from "./steps";
import { advance, readFrom, type Stamp, toRead, type WatchedModel, type Watermarks } from "./watermark";

export type PollOptions = {
  /** How far before the watermark to read again; minutes, because long transactions appear late. */
  overlapSeconds: number;
  /** Records a reading call. */
  limit: number;
  /** Milliseconds since 1970. */
  nowMs: number;
  /** Most changes of one model taken in one poll; the rest follows in the next. */
  most?: number;
};

export type Changes = {
  orders: OdooOrderRecord[];
  pickings: OdooPickingRecord[];
  /** Whom each of the pickings is for; beside the records, because these go into no stored message. */
  recipients: Recipients[];
  /** How many moves and move lines had changed; their pickings are among `pickings`. */
  moves: number;
  next: Watermarks;
  /** True when `most` cut the poll short: poll again at once. */
  more: boolean;
};

const WATCHED: Readonly<Record<WatchedModel, { domain: OdooDomain; fields: readonly string[] }>> = {
  "sale.order": { domain: [["state", "not in", ["draft", "sent"]]], fields: ["write_date"] },
  "stock.picking": { domain: shipped(""), fields: ["write_date"] },
  // with the moves that bring goods back, and those of the steps before: neither touches the transfer that ships
  "stock.move": {
    domain: [
      ["picking_id", "!=", false],
      "|",
      ["origin_returned_move_id", "!=", false],
      "|",
      ...shipped("picking_id."),
      INSIDE,
    ],
    fields: ["write_date", "picking_id", "origin_returned_move_id", "move_dest_ids"],
  },
  "stock.move.line": {
    domain: [["picking_id", "!=", false], ...shipped("picking_id.")],
    fields: ["write_date", "picking_id"],
  },
};

const MOST_AT_ONCE = 20_000;

async function changed(client: OdooClient, model: WatchedModel, marks: Watermarks, options: PollOptions) {
  const mark = marks[model];
  const { domain, fields } = WATCHED[model];
  const from = readFrom(mark, options.overlapSeconds);
  const since: OdooDomain = from === null ? [] : [["write_date", ">=", odooTime(from)]];
  let most = options.most ?? MOST_AT_ONCE;
  for (;;) {
    const rows = await client.searchRead(model, [...since, ...domain], fields, {
      order: "write_date asc, id asc",
      limit: most + 1,
    });
    const cut = rows.length > most;
    const kept = rows.slice(0, most);
    const stamps: Stamp[] = kept.map((row) => ({ id: row.id, writtenAt: instantOf(row.write_date) ?? "" }));
    const last = stamps.at(-1)?.writtenAt ?? "";
    // a cut must lead beyond the overlap, or the next poll would read the same again and never get on
    const getsOn = (readFrom({ at: last || null, seen: [] }, options.overlapSeconds) ?? "") > (from ?? "");
    if (cut && !getsOn) {
      most *= 4;
      continue;
    }
    const wanted = new Set(toRead(mark, stamps, options.nowMs));
    const rowsToRead = kept.filter((row) => wanted.has(row.id));
    return { rows: rowsToRead, next: advance(mark, stamps, options.overlapSeconds, options.nowMs), cut };
  }
}

/** Transfers of which these moves bring something back. */
async function returnedPickings(client: OdooClient, moves: readonly OdooRow[], limit: number): Promise<number[]> {
  const origins = new Set(moves.flatMap((row) => idOf(row.origin_returned_move_id) ?? []));
  const rows = await inBatches([...origins], limit, (batch) =>
    client.searchRead("stock.move", [["id", "in", batch]], ["picking_id"], { order: "id" }),
  );
  return rows.flatMap((row) => idOf(row.picking_id) ?? []);
}

/**
 * Reads what changed in Odoo since the watermarks: confirmed orders, and outgoing and drop-ship pickings, also those of which only a
 * move, its lines, or a step inside the warehouse changed. Keep `next` only after the records were stored. Throws `OdooFailure`.
 */
export async function fetchChanges(client: OdooClient, marks: Watermarks, options: PollOptions): Promise<Changes> {
  const dialect = await client.dialect();
  const [orders, pickings, moves, lines] = await Promise.all([
    changed(client, "sale.order", marks, options),
    changed(client, "stock.picking", marks, options),
    changed(client, "stock.move", marks, options),
    changed(client, "stock.move.line", marks, options),
  ]);
  const orderIds = orders.rows.map((row) => row.id);
  const pickingIds = new Set(pickings.rows.map((row) => row.id));
  for (const row of [...moves.rows, ...lines.rows]) {
    const id = idOf(row.picking_id);
    if (id !== null) pickingIds.add(id);
  }
  const beside = await Promise.all([
    returnedPickings(client, moves.rows, options.limit),
    fedPickings(client, moves.rows),
  ]);
  for (const id of beside.flat()) pickingIds.add(id);
  const inOrder = [...pickingIds].sort((one, other) => one - other);
  const readPicking = await inBatches(inOrder, options.limit, (batch) => readPickings(client, dialect, batch));
  // since 18 a transfer behind steps is made long after its order was written
  const late = readPicking.flatMap(({ record: { steps, sale } }) => (steps && sale ? [sale.id] : []));
  const ofOrders = [...new Set([...orderIds, ...late])];
  const readOrder = await inBatches(ofOrders, options.limit, (batch) => readOrders(client, dialect, batch));
  return {
    orders: readOrder,
    pickings: readPicking.map(({ record }) => record),
    recipients: readPicking.map(({ recipients }) => recipients),
    moves: moves.rows.length + lines.rows.length,
    next: {
      "sale.order": orders.next,
      "stock.picking": pickings.next,
      "stock.move": moves.next,
      "stock.move.line": lines.next,
    },
    more: orders.cut || pickings.cut || moves.cut || lines.cut,
  };
}

/** How many orders and transfers a first reading will find. */
export async function countWatched(client: OdooClient): Promise<{ orders: number; pickings: number }> {
  const count = async (model: WatchedModel) => {
    const answer = await client.call({ model, method: "search_count", args: { domain: WATCHED[model].domain } });
    return typeof answer === "number" ? answer : 0;
  };
  const [orders, pickings] = await Promise.all([count("sale.order"), count("stock.picking")]);
  return { orders, pickings };
}
