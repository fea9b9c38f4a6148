import { STATUS_CHOICES, STATUS_FIELD } from "@/core/odoo/status-field";
import { numberOf } from "./call";
import type { OdooClient } from "./client";
import { OdooFailure } from "./errors";

/** What stands in the way of the status field, or where it stands already. */
export type StatusFieldState = "made" | "there" | "community" | "none";

/** Says whether transfers of this Odoo have a status field, asking the server anew. Throws `OdooFailure`. */
export async function findStatusField(client: OdooClient): Promise<Exclude<StatusFieldState, "made">> {
  const allfields = [STATUS_FIELD, "delivery_state"];
  const args = { allfields, attributes: ["type"] };
  const fields = (await client.call({ model: "stock.picking", method: "fields_get", args })) as Record<string, unknown>;
  if (fields[STATUS_FIELD]) return "there";
  return fields.delivery_state ? "community" : "none";
}

/**
 * Makes the status field on transfers, with an administrator's client. A field that is there already is left alone, also one that somebody
 * made at the same moment. Throws `OdooFailure`, as for a key that is no administrator's.
 */
export async function makeStatusField(admin: OdooClient): Promise<"made" | "there"> {
  if ((await findStatusField(admin)) === "there") return "there";
  const [model] = await admin.searchRead("ir.model", [["model", "=", "stock.picking"]], ["model"]);
  const selection_ids = STATUS_CHOICES.map(({ value, label }, sequence) => [0, 0, { value, name: label, sequence }]);
  const values = {
    model_id: numberOf(model?.id),
    name: STATUS_FIELD,
    ttype: "selection",
    field_description: "Delivery status",
    help: "Where the carrier says the shipment stands. Kept by Waypost.",
    store: true,
    copied: false,
    selection_ids,
  };
  try {
    await admin.create("ir.model.fields", [values]);
    return "made";
  } catch (error) {
    if (error instanceof OdooFailure && error.kind === "refused" && (await findStatusField(admin)) === "there")
      return "there";
    throw error;
  }
}
