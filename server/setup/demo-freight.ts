import { freightSchema } from "@/core/freight/settings";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import type { Json } from "@/core/shipments/attributes";
import { listSettings, lockSetting, saveSetting } from "@/db/queries/settings";
import { recordAudit, SYSTEM } from "../access/actor";
import { createOdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import type { OdooSettings } from "./first-connection";

const CARRIER = { vendor: "ups", name: "United Parcel Service" };

/** Names the carrier's partner of the sandbox Odoo in the freight settings, so that the bills of the demo can be approved. */
export async function ensureDemoCarrier(ctx: Context, odoo: OdooSettings, connectionId: number): Promise<void> {
  const { freight } = readWorkspaceSettings(await listSettings(ctx.sql));
  if (freight.vendors.some((one) => one.vendor === CARRIER.vendor && one.connectionId === connectionId)) return;
  let partnerId: number | undefined;
  try {
    const client = await createOdooClient({ ...odoo, timeoutMs: 5_000 });
    const [known] = await client.searchRead("res.partner", [["name", "=", CARRIER.name]], ["name"], { limit: 1 });
    partnerId = known?.id;
  } catch (error) {
    ctx.log.warn({ error: String(error) }, "the demo's carrier could not be looked up in the sandbox");
  }
  if (partnerId === undefined) return;
  const own = { vendor: CARRIER.vendor, connectionId, companyId: 1, partnerId, currency: "USD" };
  await ctx.sql.begin(async (tx) => {
    await lockSetting(tx, "freight");
    const before = readWorkspaceSettings(await listSettings(tx)).freight;
    const vendors = [...before.vendors.filter(({ vendor }) => vendor !== CARRIER.vendor), own];
    const value = freightSchema.parse({ ...before, vendors }) as unknown as Json;
    await saveSetting(tx, { name: "freight", value, updatedBy: null, updatedAt: ctx.now() });
    await recordAudit(ctx, tx, SYSTEM, {
      action: "settings.change",
      subject: "setting:freight",
      before: before as unknown as Json,
      after: value,
    });
  });
}
