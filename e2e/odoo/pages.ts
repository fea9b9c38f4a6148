import { chatter } from "./mail";
import { displayName, type Env } from "./orm";
import { printInstant, type Row } from "./store";

function text(value: unknown): string {
  return String(value ?? "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${text(title)} · sandbox Odoo</title><style>
body{font:15px/1.5 system-ui,sans-serif;margin:0;color:#1f2430;background:#f6f5f8}header{background:#5b4a66;color:#fff;padding:.6rem 1.2rem}
header a{color:#fff;text-decoration:none;font-weight:600}main{max-width:64rem;margin:1.2rem auto;padding:0 1.2rem}
section{background:#fff;border:1px solid #ddd8e2;border-radius:8px;padding:1rem 1.2rem;margin-bottom:1rem}h1{font-size:1.4rem}h2{font-size:1rem;margin:.2rem 0 .6rem}
table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:600;color:#5f5a66}td,th{padding:.3rem .6rem .3rem 0;border-bottom:1px solid #eeebf1;vertical-align:top}
dl{display:grid;grid-template-columns:12rem 1fr;gap:.2rem .8rem;margin:0}dt{color:#5f5a66}dd{margin:0}.state{background:#ece7f1;border-radius:999px;padding:.1rem .6rem}
.note{border-left:3px solid #c9bfd3;padding:.1rem .8rem;margin:.6rem 0}.note small{color:#5f5a66}</style></head>
<body><header><a href="/">Sandbox Odoo</a></header><main>${body}</main></body></html>`;
}

const link = (model: string, row: Row) => `<a href="/odoo/${model}/${row.id}">${text(row.name)}</a>`;
const state = (row: Row) => `<span class="state">${text(row.state)}</span>`;
const instant = (value: unknown) => (typeof value === "number" ? `${printInstant(value)} UTC` : "");

function definitions(entries: [string, string][]): string {
  return `<dl>${entries.map(([name, value]) => `<dt>${text(name)}</dt><dd>${value || "–"}</dd>`).join("")}</dl>`;
}

function table(heads: string[], rows: string[][]): string {
  if (rows.length === 0) return "<p>None.</p>";
  const head = heads.map((name) => `<th>${text(name)}</th>`).join("");
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("")}</tbody></table>`;
}

function chatterSection(env: Env, model: string, id: number): string {
  const notes = chatter(env, model, id).map((row) => {
    const by = text(displayName(env, "res.partner", Number(row.author_id)));
    // bodies are HTML that callers wrote: shown as text, so that no script of theirs runs here
    const body = text(
      String(row.body ?? "")
        .replace(/<br\s*\/?>|<\/p>|<\/div>/g, "\n")
        .replace(/<[^>]+>/g, ""),
    ).trim();
    return `<div class="note"><small>${by} · ${instant(row.date)}</small><div style="white-space:pre-line">${body.replaceAll("&amp;", "&")}</div></div>`;
  });
  return `<section><h2>Chatter</h2>${notes.join("") || "<p>Nothing yet.</p>"}</section>`;
}

/** The front page: newest orders and transfers. */
export function frontPage(env: Env): string {
  const newest = (model: string) => env.store.all(model).slice(-200).reverse();
  const pickings = newest("stock.picking").map((row) => [
    link("stock.picking", row),
    state(row),
    text(row.origin),
    text(displayName(env, "res.partner", Number(row.partner_id))),
    text(row.carrier_tracking_ref),
  ]);
  const orders = newest("sale.order").map((row) => [
    link("sale.order", row),
    state(row),
    text(displayName(env, "res.partner", Number(row.partner_id))),
    text(row.client_order_ref),
    text(row.delivery_status),
  ]);
  return page(
    "Overview",
    `<h1>Sandbox Odoo ${env.store.version}</h1><section><h2>Transfers</h2>${table(["Transfer", "State", "Order", "Customer", "Tracking"], pickings)}</section>
<section><h2>Sales orders</h2>${table(["Order", "State", "Customer", "Customer's number", "Delivery"], orders)}</section>`,
  );
}

function pickingPage(env: Env, row: Row): string {
  const { store } = env;
  const order = store.get("sale.order", Number(row.sale_id));
  const moves = (store.lookup("stock.move", "picking_id", row.id) ?? []).map((move) => [
    text(displayName(env, "product.product", Number(move.product_id))),
    text(move.product_uom_qty),
    text(store.version === "14" ? move.quantity_done : move.quantity),
    text(move.state),
  ]);
  const attachments = (store.lookup("ir.attachment", "res_id", row.id) ?? [])
    .filter((one) => one.res_model === "stock.picking")
    .map((one) => [text(one.name), text(one.mimetype), `${text(one.file_size)} bytes`]);
  const activities = (store.lookup("mail.activity", "res_id", row.id) ?? [])
    .filter((one) => one.res_model === "stock.picking")
    .map((one) => [text(one.summary), text(one.date_deadline), one.active === false ? "done" : "open"]);
  const url =
    typeof row.carrier_tracking_url === "string" && row.carrier_tracking_url.startsWith("https://")
      ? row.carrier_tracking_url
      : null;
  const number = text(row.carrier_tracking_ref);
  const backorder = store.get("stock.picking", Number(row.backorder_id));
  return page(
    String(row.name),
    `<h1>${text(row.name)} ${state(row)}</h1><section>${definitions([
      ["Sales order", order ? link("sale.order", order) : text(row.origin)],
      ["Delivery address", text(displayName(env, "res.partner", Number(row.partner_id)))],
      ["Carrier", text(displayName(env, "delivery.carrier", Number(row.carrier_id)))],
      ["Tracking", url ? `<a href="${text(url)}">${number}</a>` : number],
      ["Scheduled", instant(row.scheduled_date)],
      ["Effective date", instant(row.date_done)],
      ["Backorder of", backorder ? link("stock.picking", backorder) : ""],
    ])}</section><section><h2>Operations</h2>${table(["Product", "Demand", "Quantity", "State"], moves)}</section>
<section><h2>Attachments</h2>${table(["File", "Type", "Size"], attachments)}</section>
<section><h2>Activities</h2>${table(["Summary", "Due", "State"], activities)}</section>${chatterSection(env, "stock.picking", row.id)}`,
  );
}

function orderPage(env: Env, row: Row): string {
  const lines = (env.store.lookup("sale.order.line", "order_id", row.id) ?? []).map((line) => [
    text(displayName(env, "product.product", Number(line.product_id))),
    text(line.product_uom_qty),
    text(line.qty_delivered ?? 0),
    text(line.price_unit),
  ]);
  const pickings = (env.store.lookup("stock.picking", "sale_id", row.id) ?? []).map((one) =>
    link("stock.picking", one),
  );
  return page(
    String(row.name),
    `<h1>${text(row.name)} ${state(row)}</h1><section>${definitions([
      ["Customer", text(displayName(env, "res.partner", Number(row.partner_id)))],
      ["Customer's number", text(row.client_order_ref)],
      ["Ordered", instant(row.date_order)],
      ["Promised", instant(row.commitment_date)],
      ["Transfers", pickings.join(", ")],
    ])}</section><section><h2>Lines</h2>${table(["Product", "Ordered", "Delivered", "Price"], lines)}</section>${chatterSection(env, "sale.order", row.id)}`,
  );
}

/** The page of one record; null where there is none. */
export function recordPage(env: Env, model: string, id: number): string | null {
  const row = env.store.get(model, id);
  if (!row) return null;
  if (model === "stock.picking") return pickingPage(env, row);
  return model === "sale.order" ? orderPage(env, row) : null;
}

/** Odoo before 18 addresses records behind a hash, which only the browser sees: `/web#model=stock.picking&id=5`. */
export function hashPage(): string {
  return page(
    "Record",
    `<p>Looking for the record…</p><script>const h=new URLSearchParams(location.hash.slice(1));const m=h.get("model"),i=h.get("id");
location.replace(/^[a-z.]+$/.test(m||"")&&/^[0-9]+$/.test(i||"")?"/odoo/"+m+"/"+i:"/")</script>`,
  );
}
