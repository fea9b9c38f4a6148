import { userError, validationError } from "./faults";
import { type Env, HOOKS, type Values } from "./orm";
import type { Row } from "./store";

/** Vendor bills as far as Waypost makes them: totals of their lines, references that repeat, and what is posted cannot be changed. */

const VENDOR = new Set(["in_invoice", "in_refund"]);
/** What a posted move no longer lets be written, in the words of 19. */
const READONLY = ["invoice_date", "partner_id", "currency_id", "invoice_line_ids"];

function total(env: Env, moveId: unknown): void {
  const id = Number(moveId);
  const move = env.store.get("account.move", id);
  if (!move) return;
  const lines = env.store.lookup("account.move.line", "move_id", id) ?? [];
  const amount = lines.reduce((sum, line) => sum + Number(line.quantity ?? 0) * Number(line.price_unit ?? 0), 0);
  const rounded = Math.round(amount * 100) / 100;
  env.store.update("account.move", id, { amount_untaxed: rounded, amount_total: rounded });
}

/** 14 refuses a second bill of a vendor with the same reference and day; 19 takes it. */
function refuseDuplicate(env: Env, row: Row): void {
  if (env.store.version !== "14" || !VENDOR.has(String(row.move_type)) || !row.ref) return;
  const same = (env.store.lookup("account.move", "ref", row.ref) ?? []).filter(
    (other) =>
      other.id !== row.id &&
      other.partner_id === row.partner_id &&
      other.move_type === row.move_type &&
      other.invoice_date === row.invoice_date,
  );
  if (same.length > 0)
    throw validationError(
      `Duplicated vendor reference detected. You probably encoded twice the same vendor bill/credit note: ${String(row.ref)}`,
    );
}

HOOKS["account.move"] = {
  defaults: (env, values) => ({
    state: "draft",
    name: env.store.version === "14" ? "/" : null,
    company_id: actingCompany(env),
    ...values,
  }),
  created: (env, row) => {
    refuseDuplicate(env, row);
    if (!VENDOR.has(String(row.move_type))) return;
    const at = new Date(env.store.tick() / 1_000).toISOString();
    const mark = `${String(row.move_type)} ${String(row.ref ?? "")}`;
    env.effects.add({
      at,
      kind: "vendor_bill",
      model: "res.partner",
      id: Number(row.partner_id),
      mark,
      correlationId: env.correlationId,
    });
  },
  beforeWrite: (env, row, values: Values) => {
    if (row.state !== "posted") return;
    const touched = READONLY.filter((name) => name in values);
    if (touched.length === 0) return;
    if (env.store.version === "14" && !touched.includes("invoice_line_ids")) return;
    throw userError(
      env.store.version === "14"
        ? "You cannot delete an item linked to a posted entry."
        : `You cannot modify the following readonly fields on a posted move: ${touched.join(", ")}`,
    );
  },
};

HOOKS["account.move.line"] = {
  created: (env, row) => {
    const move = env.store.get("account.move", Number(row.move_id));
    // without a default type 14 knows no account for the line
    if (env.store.version === "14" && VENDOR.has(String(move?.move_type)) && !env.context.default_move_type)
      throw validationError("account_move_line_check_accountable_required_fields");
    total(env, row.move_id);
  },
  written: (env, _before, after) => total(env, after.move_id),
  beforeUnlink: (env, row) => {
    env.store.update("account.move.line", row.id, { quantity: 0 });
    total(env, row.move_id);
  },
};

/** A landed cost is worth what its lines say. */
function landed(env: Env, costId: unknown): void {
  const lines = env.store.lookup("stock.landed.cost.lines", "cost_id", Number(costId)) ?? [];
  const amount = lines.reduce((sum, line) => sum + Number(line.price_unit ?? 0), 0);
  env.store.update("stock.landed.cost", Number(costId), { amount_total: Math.round(amount * 100) / 100 });
}

HOOKS["stock.landed.cost"] = { defaults: (_env, values) => ({ state: "draft", name: "New", ...values }) };

HOOKS["stock.landed.cost.lines"] = {
  created: (env, row) => landed(env, row.cost_id),
  beforeUnlink: (env, row) => {
    env.store.update("stock.landed.cost.lines", row.id, { price_unit: 0 });
    landed(env, row.cost_id);
  },
};

function actingCompany(env: Env): number | null {
  const [first] = Array.isArray(env.context.allowed_company_ids) ? env.context.allowed_company_ids : [];
  const own = env.store.get("res.users", env.uid)?.company_id;
  return Number(first ?? own) || null;
}
