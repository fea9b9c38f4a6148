import { Buffer } from "node:buffer";
import type { PostingVerdict } from "@/core/postings/desired";
import { idOf, idsOf, numberOf, type OdooCall, type OdooRow, textOf } from "../call";
import type { Dialect } from "../dialect";
import { companiesContext, externalId, type Next, type PostingKindOf, type Readback, type RequestOf } from "./kind";

type Bill = RequestOf<"vendor_bill"> | RequestOf<"vendor_credit">;

const MOVE_TYPE = { vendor_bill: "in_invoice", vendor_credit: "in_refund" } as const;
const CENT = 0.005;

/** Without a default type, journal and accounts of the lines are those of a general entry. */
function billContext(request: Bill): Record<string, unknown> {
  return {
    allowed_company_ids: [request.record.companyId],
    default_move_type: MOVE_TYPE[request.desired.kind],
  };
}

/** Bills of these carriers with these references, whoever made them; partners, archived too; the originals that are attached. */
function readBills(requests: readonly Bill[]): OdooCall[] {
  const context = companiesContext(requests);
  const wanted = <T>(of: (request: Bill) => T) => [...new Set(requests.map(of))];
  const sha1s = wanted(({ desired }) => desired.document?.sha1).filter((sha1) => sha1 !== undefined);
  return [
    {
      model: "account.move",
      method: "search_read",
      args: {
        domain: [
          ["ref", "in", wanted(({ desired }) => desired.reference)],
          ["partner_id", "in", wanted(({ desired }) => desired.partnerId)],
          ["move_type", "in", wanted(({ desired }) => MOVE_TYPE[desired.kind])],
        ],
        fields: [
          "name",
          "state",
          "ref",
          "move_type",
          "partner_id",
          "company_id",
          "invoice_origin",
          "amount_untaxed",
          "invoice_line_ids",
        ],
        order: "id",
      },
      context,
    },
    {
      model: "res.partner",
      method: "search_read",
      args: {
        domain: [["id", "in", wanted(({ desired }) => desired.partnerId)]],
        fields: ["name", "active"],
      },
      context: { ...context, active_test: false },
    },
    {
      model: "ir.attachment",
      method: "search_read",
      args: {
        domain: [
          ["res_model", "=", "account.move"],
          ["checksum", "in", sha1s],
        ],
        fields: ["name", "res_id", "checksum"],
      },
      context,
    },
  ];
}

type Seen = { mine: OdooRow | null; others: OdooRow[]; partner: OdooRow | null; attached: boolean };

function seenOf(request: Bill, [moves = [], partners = [], attachments = []]: Readback): Seen {
  const { desired, key, record } = request;
  const same = moves.filter(
    (row) =>
      row.ref === desired.reference &&
      row.move_type === MOVE_TYPE[desired.kind] &&
      idOf(row.partner_id) === desired.partnerId &&
      idOf(row.company_id) === record.companyId,
  );
  const mine = same.find((row) => row.invoice_origin === externalId(key)) ?? null;
  return {
    mine,
    others: same.filter((row) => row !== mine && row.state !== "cancel"),
    partner: partners.find((row) => row.id === desired.partnerId) ?? null,
    attached:
      desired.document === null ||
      attachments.some((row) => row.res_id === mine?.id && row.checksum === desired.document?.sha1),
  };
}

/** Since 19 the lines come with the bill, each by an external id of its own; before, a repeat would add them again. */
function loadsLines(dialect: Dialect): boolean {
  return dialect.series >= 19;
}

const HEAD = [
  "id",
  "move_type",
  "partner_id/.id",
  "ref",
  "invoice_date",
  "invoice_date_due",
  "invoice_origin",
  "currency_id/id",
];
const LINE = ["id", "name", "quantity", "price_unit", "product_id/.id", "tax_ids/id"];

/** One call that makes the bill at most once, also where it ends after our time-out. */
function loadBill(request: Bill, dialect: Dialect): OdooCall {
  const { desired, key } = request;
  const id = externalId(key);
  const head = [
    id,
    MOVE_TYPE[desired.kind],
    String(desired.partnerId),
    desired.reference,
    desired.invoiceDate ?? "",
    desired.dueDate ?? "",
    id,
    `base.${desired.currency}`,
  ];
  const product = desired.productId === null ? "" : String(desired.productId);
  // no taxes: what the carrier asks is what is owed; an accountant adds them on the draft
  const lines = desired.lines.map((line) => [`${id}-${line.name}`, line.label, "1", line.amount, product, ""]);
  const data = loadsLines(dialect)
    ? lines.map((line, at) => [...(at === 0 ? head : head.map(() => "")), ...line])
    : [head];
  const fields = loadsLines(dialect) ? [...HEAD, ...LINE.map((name) => `invoice_line_ids/${name}`)] : HEAD;
  return { model: "account.move", method: "load", args: { fields, data }, context: billContext(request) };
}

/** Sets the lines as a whole: however often it is said, these are the lines. */
function setLines(request: Bill, id: number): OdooCall {
  const { lines, productId } = request.desired;
  const commands = lines.map((line) => [
    0,
    0,
    {
      name: line.label,
      quantity: 1,
      price_unit: Number(line.amount),
      tax_ids: [[6, 0, []]],
      ...(productId !== null && { product_id: productId }),
    },
  ]);
  const vals = { invoice_line_ids: [[5, 0, 0], ...commands] };
  return { model: "account.move", method: "write", ids: [id], args: { vals }, context: billContext(request) };
}

function attach(request: Bill, id: number, content: Uint8Array | null): Next {
  const { document } = request.desired;
  if (document === null) return { do: "nothing", reason: "The bill stands in Odoo." };
  if (content === null || content.byteLength !== document.byteLength)
    return {
      do: "refuse",
      reason: `The bill stands in Odoo, but its original ${document.fileName} is no longer kept and cannot be attached.`,
      field: null,
    };
  return {
    do: "send",
    calls: [
      {
        model: "ir.attachment",
        method: "load",
        args: {
          fields: ["id", "name", "datas", "res_model", "res_id", "mimetype", "description"],
          data: [
            [
              `${externalId(request.key)}-original`,
              document.fileName,
              Buffer.from(content).toString("base64"),
              "account.move",
              String(id),
              document.mimeType,
              `Waypost ${request.correlationId}`,
            ],
          ],
        },
        context: { allowed_company_ids: [request.record.companyId] },
      },
    ],
  };
}

function next(request: Bill, readback: Readback, dialect: Dialect, content: Uint8Array | null): Next {
  const { mine, others, partner, attached } = seenOf(request, readback);
  const { reference } = request.desired;
  if (mine === null) {
    if (partner === null)
      return { do: "refuse", reason: "The carrier's partner is no longer in Odoo.", field: "partner_id" };
    if (partner.active === false)
      return {
        do: "refuse",
        reason: `The carrier's partner ${textOf(partner.name) ?? ""} is archived in Odoo.`,
        field: "partner_id",
      };
    const [other] = others;
    if (other)
      return {
        do: "refuse",
        reason: `Odoo holds ${nameOf(other)} of this carrier with the reference ${reference} already; Waypost did not make it.`,
        field: "ref",
      };
    return { do: "send_and_look", calls: [loadBill(request, dialect)] };
  }
  if (mine.state === "draft" && idsOf(mine.invoice_line_ids).length === 0)
    return { do: "send_and_look", calls: [setLines(request, mine.id)] };
  return attached ? { do: "nothing", reason: "The bill stands in Odoo." } : attach(request, mine.id, content);
}

function nameOf(row: OdooRow): string {
  const name = textOf(row.name);
  return name === null || name === "/" ? `the draft bill ${row.id}` : `bill ${name}`;
}

function verify(request: Bill, readback: Readback): PostingVerdict {
  const { mine, others, attached } = seenOf(request, readback);
  if (mine === null) return { verdict: "absent", reason: "The bill is not in Odoo.", found: { others: others.length } };
  const amount = numberOf(mine.amount_untaxed);
  const found = {
    billId: mine.id,
    name: textOf(mine.name),
    state: textOf(mine.state),
    amountUntaxed: amount,
    lines: idsOf(mine.invoice_line_ids).length,
    attached,
  };
  if (found.lines === 0) return { verdict: "absent", reason: "The bill stands in Odoo without its lines.", found };
  if (!attached) return { verdict: "absent", reason: "The original is not attached to the bill.", found };
  if (Math.abs((amount ?? 0) - Number(request.desired.total)) > CENT)
    return { verdict: "differs", reason: `The bill in Odoo is about ${amount} before taxes.`, found };
  return { verdict: "holds", reason: "The bill stands in Odoo.", found };
}

/** A draft bill of a carrier, by `load` with an external id, looked for by carrier and reference first: Odoo 19 accepts a second one. */
export const vendorBill: PostingKindOf<"vendor_bill"> = {
  kind: "vendor_bill",
  looksFirst: true,
  together: null,
  read: readBills,
  call: (request, seen, dialect, { content }) => next(request, seen, dialect, content),
  verify,
};

/** A draft credit of a carrier; the same way. */
export const vendorCredit: PostingKindOf<"vendor_credit"> = {
  kind: "vendor_credit",
  looksFirst: true,
  together: null,
  read: readBills,
  call: (request, seen, dialect, { content }) => next(request, seen, dialect, content),
  verify,
};
