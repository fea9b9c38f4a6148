import type { OrderDocument } from "@/core/lookup/documents";
import { toMinor } from "@/core/money";
import { idsOf, linkOf, numberOf, type OdooRow, textOf } from "./call";
import type { OdooClient } from "./client";

/** More documents than this of one order are a mistake, and the newest tell most. */
const MOST = 50;
const STATES = ["draft", "posted", "cancel"] as const;

/** Reads the invoices and credit notes of a sales order, the newest first. Throws `OdooFailure`. */
export async function readOrderDocuments(client: OdooClient, orderId: number): Promise<OrderDocument[]> {
  const [order] = await client.searchRead("sale.order", [["id", "=", orderId]], ["invoice_ids"]);
  const ids = idsOf(order?.invoice_ids);
  if (ids.length === 0) return [];
  const rows = await client.searchRead(
    "account.move",
    [
      ["id", "in", ids],
      ["move_type", "in", ["out_invoice", "out_refund"]],
    ],
    ["name", "move_type", "state", "amount_total", "currency_id", "invoice_date", "payment_state"],
    { order: "id desc", limit: MOST },
  );
  return rows.flatMap((row) => documentOf(row) ?? []);
}

function documentOf(row: OdooRow): OrderDocument | null {
  const state = STATES.find((one) => one === row.state);
  if (state === undefined) return null;
  const name = textOf(row.name);
  const currency = linkOf(row.currency_id)?.name ?? "";
  const amount = numberOf(row.amount_total);
  return {
    id: row.id,
    kind: row.move_type === "out_refund" ? "credit" : "invoice",
    // a draft is called "/" where it has no number yet
    name: name === "/" ? null : name,
    state,
    amountMinor: amount === null || currency === "" ? null : toMinor(amount.toFixed(4), currency),
    currency,
    date: textOf(row.invoice_date),
    paid: textOf(row.payment_state),
  };
}
