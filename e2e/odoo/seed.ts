import { randomUUID } from "node:crypto";
import { create, type Env, nameExternally, type Values } from "./orm";
import { confirmOrders } from "./sale";
import { addMove, assign, nextPickingName } from "./stock";
import type { Store, Value } from "./store";

type Given = Record<string, Value>;

function put(env: Env, model: string, rows: readonly Given[], xmlIds: readonly string[] = []): number[] {
  return rows.map((values, at) => {
    const now = env.store.tick();
    const active: Given = env.store.fields(model).active ? { active: true } : {};
    const row = env.store.insert(model, { ...active, create_date: now, write_date: now, ...values });
    const xmlId = xmlIds[at];
    if (xmlId) nameExternally(env, xmlId, model, row.id);
    return row.id;
  });
}

const GROUPS = [
  ["base.group_user", "User types / Internal User"],
  ["base.group_multi_company", "Technical / Multi Companies"],
  ["stock.group_stock_user", "Inventory / User"],
  ["sales_team.group_sale_salesman_all_leads", "Sales / User: All Documents"],
  ["account.group_account_invoice", "Invoicing / Billing"],
  ["base.group_system", "Administration / Settings"],
  ["stock.group_stock_manager", "Inventory / Administrator"],
] as const;

const CARRIERS = [
  ["UPS Ground", "https://www.ups.com/track?tracknum=<shipmenttrackingnumber>"],
  ["FedEx Home Delivery", "https://www.fedex.com/fedextrack/?trknbr=<shipmenttrackingnumber>"],
  ["USPS Priority", "https://tools.usps.com/go/TrackConfirmAction?tLabels=<shipmenttrackingnumber>"],
  ["DHL Express", "https://www.dhl.com/en/express/tracking.html?AWB=<shipmenttrackingnumber>"],
  ["Freight (LTL)", null],
] as const;

const PRODUCTS = [
  ["DESK-OAK-140", "Oak desk 140 cm", 32, 489],
  ["CHAIR-ERGO-BLK", "Ergonomic chair, black", 14.5, 259],
  ["LAMP-ARC-BRS", "Arc lamp, brass", 4.2, 119],
  ["CAB-3DR-WHT", "Cabinet with 3 drawers, white", 21, 199],
  ["MON-ARM-DUO", "Monitor arm for two", 5.6, 149],
  ["MAT-FLOOR-120", "Floor mat 120 cm", 3.1, 39],
] as const;

/** Not counted in stock, so always to be had; and one that is out of stock. */
const OTHER_PRODUCTS = [
  ["CABLE-TIE-50", "Cable ties, 50 pieces", 0.2, 6, "consumable"],
  ["BOX-ARCHIVE-A4", "Archive box A4", 0.4, 9, "consumable"],
  ["SOFA-3S-GRY", "Sofa with 3 seats, grey", 58, 899, "out of stock"],
] as const;

const PARTNERS = [
  ["Northwind Offices", "1250 Harbor Bay Pkwy", "Alameda", "94502", "CA"],
  ["Cedar & Stone Interiors", "88 Cedar Street", "Boston", "02110", "MA"],
  ["Blue Mesa Clinics", "4100 Mesa Verde Ave", "Phoenix", "85016", "AZ"],
  ["Lakeshore Schools District", "19 Lakeshore Drive", "Chicago", "60611", "IL"],
  ["Pine Ridge Logistics", "700 Timberline Road", "Denver", "80202", "CO"],
] as const;

/** What every database has: companies, users and keys, groups, warehouses, types, countries, message subtypes, models. */
export function seedBase(env: Env): { keys: Map<string, number> } {
  const { store } = env;
  const is14 = store.version === "14";
  const [usd = 0] = put(env, "res.currency", [{ name: "USD" }, { name: "EUR" }], ["base.USD", "base.EUR"]);
  const [main = 0, second = 0, foreign = 0] = put(
    env,
    "res.company",
    ["Waypost Demo Company", "Waypost Demo West", "Somebody Else's Company"].map((name) => ({
      name,
      currency_id: usd,
    })),
    ["base.main_company"],
  );
  const [us = 0] = put(env, "res.country", [{ name: "United States", code: "US" }], ["base.us"]);
  put(
    env,
    "res.country.state",
    ["CA", "MA", "AZ", "IL", "CO"].map((code) => ({ name: code, code, country_id: us })),
  );
  const groups = put(
    env,
    "res.groups",
    GROUPS.map(([, name]) => ({ name, full_name: name })),
    GROUPS.map(([xmlId]) => xmlId),
  );
  const groupsField = is14 ? "groups_id" : "group_ids";
  const [bot = 0, person = 0] = put(env, "res.partner", [
    { name: "Administrator", is_company: false },
    { name: "Waypost integration", is_company: false },
  ]);
  const companies = [main, second];
  const [admin = 0, user = 0] = put(env, "res.users", [
    {
      name: "Administrator",
      login: "admin",
      partner_id: bot,
      company_id: main,
      company_ids: [main, second, foreign],
      [groupsField]: groups,
    },
    {
      name: "Waypost integration",
      login: "waypost",
      partner_id: person,
      company_id: main,
      company_ids: companies,
      tz: "UTC",
      [groupsField]: groups.slice(0, 5),
    },
  ]);
  const ninetyDays = store.tick() + 90 * 86_400 * 1e6;
  put(env, "res.users.apikeys", [
    { name: "sandbox administrator", user_id: admin },
    { name: "waypost", user_id: user, ...(!is14 && { expiration_date: ninetyDays }) },
  ]);
  put(env, "ir.config_parameter", [{ key: "database.uuid", value: randomUUID() }]);
  put(
    env,
    "ir.module.module",
    [
      "stock",
      "sale_stock",
      "delivery",
      "account",
      "purchase",
      "stock_sms",
      "stock_landed_costs",
      ...(is14 ? [] : ["stock_delivery"]),
    ].map((name) => ({ name, state: "installed" })),
  );
  put(
    env,
    "ir.model",
    ["stock.picking", "sale.order", "res.partner"].map((model) => ({ name: model, model })),
    ["stock.model_stock_picking", "sale.model_sale_order", "base.model_res_partner"],
  );
  put(env, "mail.message.subtype", [{ name: "Discussions" }, { name: "Note" }], ["mail.mt_comment", "mail.mt_note"]);
  put(
    env,
    "mail.activity.type",
    [{ name: "To-Do" }, { name: "Exception" }],
    ["mail.mail_activity_data_todo", "mail.mail_activity_data_warning"],
  );
  const warehouses = put(env, "stock.warehouse", [
    { name: "East Dock", code: "WH", company_id: main },
    { name: "West Dock", code: "WST", company_id: second },
  ]);
  put(env, "stock.location", [
    { name: "WH/Stock", usage: "internal" },
    { name: "Partners/Customers", usage: "customer" },
    { name: "Partners/Vendors", usage: "supplier" },
  ]);
  put(
    env,
    "stock.picking.type",
    warehouses.flatMap((warehouse, at) => {
      const company = companies[at] ?? main;
      return [
        { name: "Receipts", code: "incoming", sequence_code: "IN", warehouse_id: warehouse, company_id: company },
        {
          name: "Delivery Orders",
          code: "outgoing",
          sequence_code: "OUT",
          warehouse_id: warehouse,
          company_id: company,
        },
      ];
    }),
  );
  const [units = 0] = put(env, "uom.uom", [{ name: "Units" }]);
  put(
    env,
    "delivery.carrier",
    CARRIERS.map(([name, tracking_url]) => ({ name, tracking_url, delivery_type: "fixed" })),
  );
  put(
    env,
    "product.product",
    PRODUCTS.map(([default_code, name, weight, list_price]) => ({
      default_code,
      name,
      weight,
      list_price,
      type: is14 ? "product" : "consu",
      ...(!is14 && { is_storable: true }),
      uom_id: units,
      qty_available: 1_000_000,
    })),
  );
  put(
    env,
    "product.product",
    OTHER_PRODUCTS.map(([default_code, name, weight, list_price, sort]) => ({
      default_code,
      name,
      weight,
      list_price,
      type: is14 && sort === "out of stock" ? "product" : "consu",
      ...(!is14 && { is_storable: sort === "out of stock" }),
      uom_id: units,
      qty_available: 0,
    })),
  );
  put(
    env,
    "res.partner",
    PARTNERS.map(([name, street, city, zip, state], at) => ({
      name,
      street,
      city,
      zip,
      is_company: true,
      phone: `+1 555 010 019${at}`,
      email: `orders@${name.toLowerCase().replace(/[^a-z]+/g, "-")}.example`,
      country_id: us,
      state_id: store.all("res.country.state").find((row) => row.code === state)?.id ?? null,
    })),
  );
  // the carrier whose bills become bills in Odoo; no company, so that no order is made for it
  put(env, "res.partner", [{ name: "United Parcel Service", is_company: false }]);
  return {
    keys: new Map([
      [SANDBOX_ADMIN_KEY, admin],
      [SANDBOX_KEY, user],
    ]),
  };
}

/** Keys of a server that listens on loopback only and holds made-up data: no secrets. */
export const SANDBOX_KEY = "5a4db0c500000000000000000000000000000001";
export const SANDBOX_ADMIN_KEY = "5a4db0c500000000000000000000000000000002";
export const SANDBOX_LOGIN = "waypost";
export const SANDBOX_DB = "sandbox";

export type OrderWish = {
  clientOrderRef?: string;
  partnerId?: number;
  carrierId?: number | null;
  commitmentDate?: string;
  lines?: { code: string; quantity: number }[];
};

/** Customers, so that an order can be made without naming one. */
function customers(store: Store): number[] {
  return store
    .all("res.partner")
    .filter((row) => row.is_company === true)
    .map((row) => row.id);
}

/** Makes and confirms one order; answers with the names of what came of it. Throws a sentence when a product is unknown. */
export function makeOrder(env: Env, wish: OrderWish, create: (values: Values) => number) {
  const { store } = env;
  const people = customers(store);
  const count = store.count("sale.order");
  const wished = wish.lines?.length
    ? wish.lines
    : [{ code: PRODUCTS[count % PRODUCTS.length]?.[0] ?? "", quantity: 1 + (count % 4) }];
  const lines = wished.map(({ code, quantity }) => {
    const product = store.all("product.product").find((row) => row.default_code === code);
    if (!product) throw new Error(`there is no product ${code}`);
    return [0, 0, { product_id: product.id, product_uom_qty: quantity }];
  });
  const carriers = store.all("delivery.carrier");
  const carrier = wish.carrierId === undefined ? carriers[count % carriers.length]?.id : wish.carrierId;
  const id = create({
    partner_id: wish.partnerId ?? people[count % people.length] ?? 0,
    ...(wish.clientOrderRef && { client_order_ref: wish.clientOrderRef }),
    ...(carrier && { carrier_id: carrier }),
    ...(wish.commitmentDate && { commitment_date: wish.commitmentDate }),
    order_line: lines,
  });
  confirmOrders(env, [id]);
  const order = store.get("sale.order", id);
  const pickings = store.lookup("stock.picking", "sale_id", id) ?? [];
  return {
    orderId: id,
    orderName: String(order?.name),
    clientOrderRef: order?.client_order_ref ?? null,
    pickings: pickings.map((row) => ({ id: row.id, name: String(row.name), state: String(row.state) })),
  };
}

/** Adds another transfer to an order, as a person does who splits it. */
export function addTransfer(env: Env, orderId: number, lines: readonly { code: string; quantity: number }[]) {
  const { store } = env;
  const order = store.get("sale.order", orderId);
  const like = (store.lookup("stock.picking", "sale_id", orderId) ?? [])[0];
  if (!order || !like) throw new Error(`there is no order ${orderId} with a transfer`);
  const now = store.tick();
  const { id: _id, carrier_tracking_ref: _ref, carrier_tracking_url: _url, date_done: _done, ...copied } = like;
  const picking = store.insert("stock.picking", {
    ...copied,
    name: nextPickingName(env, like),
    state: "confirmed",
    create_date: now,
    write_date: now,
  });
  for (const { code, quantity } of lines) {
    const product = store.all("product.product").find((row) => row.default_code === code);
    if (!product) throw new Error(`there is no product ${code}`);
    const line = create(env, "sale.order.line", {
      order_id: orderId,
      product_id: product.id,
      product_uom_qty: quantity,
    });
    addMove(env, picking, {
      product_id: product.id,
      product_uom: product.uom_id ?? false,
      product_uom_qty: quantity,
      sale_line_id: line.id,
    });
  }
  assign(env, [picking.id]);
  return { id: picking.id, name: String(picking.name) };
}
