import type { DesiredPosting, PostingRequest, PostingVerdict } from "@/core/postings/desired";
import type { OdooCall, OdooRow } from "../call";
import type { Dialect } from "../dialect";

export type RequestOf<Name extends DesiredPosting["kind"]> = Omit<PostingRequest, "desired"> & {
  desired: Extract<DesiredPosting, { kind: Name }>;
};

/** Rows answered to the calls of `read`, in the order of the calls. */
export type Readback = readonly (readonly OdooRow[])[];

/** A write as a row of `load`, in which records take other values each: columns as an import names them, and their text. */
export type ImportRow = { fields: readonly string[]; data: readonly string[] };

/**
 * A call to send; one `onMade` works on the record that the call before it made, as the button of a wizard does. `row` says how a write
 * shares its call with writes of other values.
 */
export type Step = OdooCall & { onMade?: true; row?: ImportRow };

export type Next =
  /** Send these in order, then all is done. */
  | { do: "send"; calls: Step[] }
  /** Send these in order, then read and ask again, because what comes next depends on what they change. */
  | { do: "send_and_look"; calls: Step[] }
  /** Nothing to send. */
  | { do: "nothing"; reason: string }
  /** It must not or cannot be sent; a person has to act. */
  | { do: "refuse"; reason: string; field: string | null };

/** Requests of one kind and company with the same text may share their calls, up to `most` of them; null: each goes alone. */
export type Together<Request> = { most: number; like: (request: Request) => string } | null;

/** One kind of posting as four pure functions; the executor beside them keeps no state. */
export type PostingKindOf<Name extends DesiredPosting["kind"]> = {
  kind: Name;
  /** Whether `call` has to know what the record holds at present. */
  looksFirst: boolean;
  together: Together<RequestOf<Name>>;
  /** What to read back for up to 200 requests at once; every call answers rows. */
  read: (requests: readonly RequestOf<Name>[], dialect: Dialect) => OdooCall[];
  /** What to send. `seen` is the readback where `looksFirst`; `content` are a document's bytes; `round` counts `send_and_look`. */
  call: (
    request: RequestOf<Name>,
    seen: Readback,
    dialect: Dialect,
    extra: { content: Uint8Array | null; round: number },
  ) => Next;
  /** Whether the effect is there already: the only judge of what happened. */
  verify: (request: RequestOf<Name>, seen: Readback, dialect: Dialect) => PostingVerdict;
};

/** Context of every call that changes something: the record's company acts. */
export function companyContext(request: Pick<PostingRequest, "record">): Record<string, unknown> {
  return { allowed_company_ids: [request.record.companyId] };
}

/** A posting's external id in Odoo: letters, digits, `-` and `_` of the key stay, anything else becomes its code in hex. */
export function externalId(key: string): string {
  return `waypost.${key.replace(/[^A-Za-z0-9_-]/gu, (sign) => `_${sign.codePointAt(0)?.toString(16)}_`)}`;
}

/** Escapes plain text for an HTML field of Odoo. */
export function escapeHtml(text: string): string {
  const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign).replace(/\p{Cc}/gu, " ");
}

/** Company context of a read over many requests: all their companies, so that no record hides. */
export function companiesContext(requests: readonly Pick<PostingRequest, "record">[]): Record<string, unknown> {
  return { allowed_company_ids: [...new Set(requests.map((request) => request.record.companyId))] };
}

export function recordIds(requests: readonly Pick<PostingRequest, "record">[]): number[] {
  return [...new Set(requests.map((request) => request.record.id))];
}

/** Reads pickings by search, so that a record that is gone is merely absent. */
export function readPickings(requests: readonly Pick<PostingRequest, "record">[], fields: readonly string[]): OdooCall {
  return {
    model: "stock.picking",
    method: "search_read",
    args: { domain: [["id", "in", recordIds(requests)]], fields },
    context: companiesContext(requests),
  };
}

export const RECORD_GONE: PostingVerdict = {
  verdict: "impossible",
  reason: "The transfer is no longer in Odoo, or the user may not see it.",
  found: {},
};
