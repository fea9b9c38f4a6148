import type { DatabaseAddress } from "@/core/odoo/same-database";
import { STATUS_FIELD } from "@/core/odoo/status-field";
import { AddressRefused, readAddress } from "./address";
import { idsOf, instantOf, textOf } from "./call";
import { createOdooClient, discoverServer, type OdooClient, type OdooServer, type OdooSettings } from "./client";
import { type Dialect, hasField } from "./dialect";
import { OdooFailure } from "./errors";
import { readDatabaseUuid } from "./identity";

/** One thing the test found out, as a sentence. `error`: Waypost cannot work so; `warning`: something will not work or will end. */
export type Finding = {
  severity: "ok" | "info" | "warning" | "error";
  about: "address" | "server" | "key" | "user" | "rights" | "companies" | "modules" | "carriers";
  message: string;
};

export type ConnectionReport = {
  /** No finding is an error. */
  usable: boolean;
  server: OdooServer | null;
  user: { id: number; name: string; login: string; groups: string[] } | null;
  companies: { id: number; name: string }[];
  carriers: { id: number; name: string; deliveryType: string | null }[];
  /** When a key of this user ends; null: none does, or the server does not say (before 18). */
  keyExpiresAt: string | null;
  modules: Record<string, boolean>;
  /** Which database this was, and what it calls itself. */
  identity: DatabaseAddress | null;
  findings: Finding[];
};

/** What Waypost does with which model, as a person would say it. */
const RIGHTS = [
  ["stock.picking", "read", "error", "read transfers"],
  ["stock.picking", "write", "error", "change transfers (Inventory / User)"],
  ["stock.move", "write", "error", "enter shipped quantities (Inventory / User)"],
  ["sale.order", "read", "warning", "read sales orders"],
  ["product.product", "read", "error", "read products"],
  ["res.partner", "read", "error", "read delivery addresses"],
  ["delivery.carrier", "read", "warning", "read delivery methods"],
  ["mail.message", "create", "error", "write notes"],
  ["ir.attachment", "create", "error", "attach documents"],
  ["mail.activity", "create", "warning", "make activities"],
] as const;

/** Modules known by a model or field of theirs, because the list of modules is for administrators only. */
const MODULE_MODELS = [
  ["stock", "stock.picking"],
  ["sale_management", "sale.order"],
  ["delivery", "delivery.carrier"],
  ["account", "account.move"],
  ["stock_sms", "confirm.stock.sms"],
  ["stock_landed_costs", "stock.landed.cost"],
] as const;

async function modelExists(client: OdooClient, model: string): Promise<boolean> {
  try {
    await client.call({ model, method: "fields_get", args: { allfields: ["id"], attributes: ["type"] } });
    return true;
  } catch (error) {
    if (error instanceof OdooFailure && error.kind === "access") return true;
    if (error instanceof OdooFailure && error.kind === "not_found_route") return false;
    throw error;
  }
}

async function mayDo(client: OdooClient, model: string, operation: string): Promise<boolean | null> {
  try {
    const modern = client.server.series >= 18;
    const answer = await client.call({
      model,
      method: modern ? "has_access" : "check_access_rights",
      args: { operation, ...(!modern && { raise_exception: false }) },
    });
    return answer === true;
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    return error.kind === "access" ? false : null;
  }
}

async function hasGroup(client: OdooClient, userId: number, group: string): Promise<boolean | null> {
  try {
    const ids = client.server.series >= 18 ? { ids: [userId] } : {};
    const answer = await client.call({
      model: "res.users",
      method: "has_group",
      ...ids,
      args: { group_ext_id: group },
    });
    return answer === true;
  } catch (error) {
    if (error instanceof OdooFailure) return null;
    throw error;
  }
}

function days(ms: number): number {
  return Math.floor(ms / 86_400_000);
}

async function keyFindings(client: OdooClient, nowMs: number): Promise<{ expiresAt: string | null; finding: Finding }> {
  const unknown = (message: string) => ({
    expiresAt: null,
    finding: { severity: "info" as const, about: "key" as const, message },
  });
  try {
    const rows = await client.searchRead("res.users.apikeys", [], ["name", "expiration_date"]);
    const ends = rows.map((row) => instantOf(row.expiration_date)).filter((end) => end !== null);
    const first = ends.sort()[0];
    if (first === undefined) return unknown("The keys of this user do not expire.");
    const left = days(Date.parse(first) - nowMs);
    const severity = left < 14 ? "warning" : "info";
    const day = first.slice(0, 10);
    const message = `A key of this user expires on ${day}, in ${left} days. An expired key looks like a wrong one: renew it before.`;
    return { expiresAt: first, finding: { severity, about: "key", message } };
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    return unknown("This server does not tell when keys expire.");
  }
}

function moduleFindings(modules: Record<string, boolean>): Finding[] {
  const found: Finding[] = [];
  const say = (severity: Finding["severity"], message: string) => found.push({ severity, about: "modules", message });
  if (!modules.stock) say("error", "Inventory (stock) is not installed: there are no transfers to post to.");
  if (!modules.sale_stock)
    say(
      "warning",
      "Transfers do not know their sales orders: sale_stock is not installed, orders will not be matched.",
    );
  if (!modules.stock_delivery)
    say("error", "Transfers have no tracking number: the delivery module (stock_delivery since 17) is not installed.");
  if (modules.stock_sms)
    say("info", "Odoo can text customers when a transfer is validated (stock_sms); Waypost tells it not to.");
  if (modules.delivery_state)
    say("info", "The community module delivery_state is installed: transfers have a field for the carrier's status.");
  if (modules.status_field) say("info", "Transfers have the status field that Waypost's set-up makes.");
  if (!modules.account)
    say("info", "Invoicing (account) is not installed: neither invoices nor freight bills can be posted.");
  if (!modules.stock_landed_costs) say("info", "Landed costs are not installed.");
  if (found.every((finding) => finding.severity === "info"))
    found.unshift({ severity: "ok", about: "modules", message: "The modules that Waypost needs are installed." });
  return found;
}

async function modulesOf(client: OdooClient, dialect: Dialect): Promise<Record<string, boolean>> {
  const byModel = await Promise.all(
    MODULE_MODELS.map(async ([name, model]) => [name, await modelExists(client, model)] as const),
  );
  return {
    ...Object.fromEntries(byModel),
    sale_stock: hasField(dialect, "stock.picking", "sale_id"),
    stock_delivery: hasField(dialect, "stock.picking", "carrier_tracking_ref"),
    delivery_state: hasField(dialect, "stock.picking", "delivery_state"),
    status_field: hasField(dialect, "stock.picking", STATUS_FIELD),
  };
}

async function userOf(client: OdooClient, dialect: Dialect) {
  if (dialect.userId === null) return null;
  const groupsField = hasField(dialect, "res.users", "group_ids") ? "group_ids" : "groups_id";
  const fields = ["name", "login", "company_ids", groupsField];
  const [row] = await client.read("res.users", [dialect.userId], fields);
  if (!row) return null;
  const groupIds = idsOf(row[groupsField]);
  const groups = await client
    .searchRead("res.groups", [["id", "in", groupIds]], ["full_name"])
    .catch((error: unknown) => {
      if (error instanceof OdooFailure) return [];
      throw error;
    });
  const companies = await client.searchRead("res.company", [["id", "in", idsOf(row.company_ids)]], ["name"], {
    order: "id",
  });
  return {
    user: {
      id: row.id,
      name: textOf(row.name) ?? "",
      login: textOf(row.login) ?? "",
      groups: groups.map((group) => textOf(group.full_name) ?? "").sort(),
    },
    companies: companies.map((company) => ({ id: company.id, name: textOf(company.name) ?? "" })),
  };
}

const FAILURE_ABOUT: Partial<Record<OdooFailure["kind"], Finding["about"]>> = {
  auth: "key",
  access: "rights",
  database: "address",
  unreachable: "address",
};

/**
 * Tries a connection out without changing anything: version, user, rights, companies, key expiry, modules, carriers, each told as a
 * sentence. Never throws for what Odoo, the network or the settings do.
 */
export async function testConnection(settings: OdooSettings, nowMs: number): Promise<ConnectionReport> {
  const findings: Finding[] = [];
  const say = (severity: Finding["severity"], about: Finding["about"], message: string) =>
    findings.push({ severity, about, message });
  const report: ConnectionReport = {
    usable: false,
    server: null,
    user: null,
    companies: [],
    carriers: [],
    keyExpiresAt: null,
    modules: {},
    identity: null,
    findings,
  };
  try {
    const base = readAddress(settings.url, settings.allowPlainHttp ?? false);
    if (base.startsWith("https://")) say("ok", "address", "The connection is encrypted.");
    else say("info", "address", "The connection is not encrypted (http).");
    const server = await discoverServer(settings);
    report.server = server;
    const protocol = server.transport === "json2" ? "JSON-2" : "JSON-RPC";
    say("ok", "server", `This is Odoo ${server.version}; Waypost speaks ${protocol} with it.`);
    const client = await createOdooClient({ ...settings, server });
    const dialect = await client.dialect();
    const known = await userOf(client, dialect);
    if (!known) {
      say("error", "user", "The key is accepted, but Odoo does not say whose it is: check the login.");
      return report;
    }
    report.user = known.user;
    report.companies = known.companies;
    say("ok", "user", `The key belongs to ${known.user.name} (${known.user.login}).`);
    const names = known.companies.map((company) => company.name).join(", ");
    say(
      "ok",
      "companies",
      `This user works for ${known.companies.length === 1 ? "" : `${known.companies.length} companies: `}${names}.`,
    );

    const [rights, isAdmin, ownOnly, allOrders, key, modules, uuid] = await Promise.all([
      Promise.all(RIGHTS.map(([model, operation]) => mayDo(client, model, operation))),
      hasGroup(client, known.user.id, "base.group_system"),
      hasGroup(client, known.user.id, "sales_team.group_sale_salesman"),
      hasGroup(client, known.user.id, "sales_team.group_sale_salesman_all_leads"),
      keyFindings(client, nowMs),
      modulesOf(client, dialect),
      readDatabaseUuid(client),
    ]);
    report.identity = { url: settings.url, database: settings.db, uuid };
    RIGHTS.forEach(([model, , severity, words], at) => {
      if (rights[at] === false) say(severity, "rights", `This user may not ${words} (${model}).`);
    });
    if (rights.every((right) => right !== false)) say("ok", "rights", "This user has the rights that Waypost needs.");
    if (isAdmin)
      say("warning", "rights", "This user is an administrator of Odoo; a user with Inventory / User is enough.");
    if (ownOnly && !allOrders)
      say(
        "warning",
        "rights",
        "This user sees only his own sales orders (Sales / Own Documents Only): give it All Documents, or no Sales group.",
      );
    report.keyExpiresAt = key.expiresAt;
    findings.push(key.finding);
    report.modules = modules;
    findings.push(...moduleFindings(modules));
    if (modules.delivery && rights[6] !== false) {
      const rows = await client.searchRead("delivery.carrier", [], ["name", "delivery_type"], {
        order: "id",
        limit: 500,
      });
      report.carriers = rows.map((row) => ({
        id: row.id,
        name: textOf(row.name) ?? "",
        deliveryType: textOf(row.delivery_type),
      }));
      if (rows.length === 0)
        say("warning", "carriers", "There are no delivery methods: postings will leave the carrier alone.");
      else say("ok", "carriers", `There are ${rows.length} delivery methods.`);
    }
    report.usable = findings.every((finding) => finding.severity !== "error");
    return report;
  } catch (error) {
    if (error instanceof AddressRefused) say("error", "address", error.message);
    else if (error instanceof OdooFailure && error.kind === "unknown" && report.server === null)
      say("error", "address", `The address does not answer like an Odoo, or not in time (${error.code}).`);
    else if (error instanceof OdooFailure) say("error", FAILURE_ABOUT[error.kind] ?? "server", error.message);
    else throw error;
    return report;
  }
}
