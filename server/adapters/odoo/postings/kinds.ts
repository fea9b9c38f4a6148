import type { DesiredPosting, PostingRequest, PostingVerdict } from "@/core/postings/desired";
import type { OdooCall } from "../call";
import type { Dialect } from "../dialect";
import { customerInvoice } from "./customer-invoice";
import { exceptionActivity } from "./exception-activity";
import { freightCost } from "./freight-cost";
import type { Next, PostingKindOf, Readback, RequestOf, Together } from "./kind";
import { landedCost } from "./landed-cost";
import { proofOfDelivery } from "./proof-of-delivery";
import { returnTransfer } from "./return-transfer";
import { statusField } from "./status-field";
import { statusNote } from "./status-note";
import { trackingNumber } from "./tracking-number";
import { transferValidated } from "./transfer-validated";
import { vendorBill, vendorCredit } from "./vendor-bill";

type Kinds = { [Name in DesiredPosting["kind"]]: PostingKindOf<Name> };

const KINDS: Kinds = {
  tracking_number: trackingNumber,
  transfer_validated: transferValidated,
  proof_of_delivery: proofOfDelivery,
  status_note: statusNote,
  exception_activity: exceptionActivity,
  status_field: statusField,
  return_transfer: returnTransfer,
  customer_invoice: customerInvoice,
  freight_cost: freightCost,
  vendor_bill: vendorBill,
  vendor_credit: vendorCredit,
  landed_cost: landedCost,
};

/** A kind with its type forgotten, for code that handles all kinds alike; requests given to it must be of its own kind. */
export type AnyPostingKind = {
  looksFirst: boolean;
  together: Together<PostingRequest>;
  read: (requests: readonly PostingRequest[], dialect: Dialect) => OdooCall[];
  call: (
    request: PostingRequest,
    seen: Readback,
    dialect: Dialect,
    extra: { content: Uint8Array | null; round: number },
  ) => Next;
  verify: (request: PostingRequest, seen: Readback, dialect: Dialect) => PostingVerdict;
};

function own<Name extends DesiredPosting["kind"]>(name: Name, request: PostingRequest): RequestOf<Name> {
  if (request.desired.kind !== name) throw new Error(`a ${request.desired.kind} posting was given to ${name}`);
  return request as RequestOf<Name>;
}

function forget<Name extends DesiredPosting["kind"]>(kind: PostingKindOf<Name>): AnyPostingKind {
  return {
    looksFirst: kind.looksFirst,
    together:
      kind.together === null
        ? null
        : { most: kind.together.most, like: (request) => kind.together?.like(own(kind.kind, request)) ?? "" },
    read: (requests, dialect) =>
      kind.read(
        requests.map((request) => own(kind.kind, request)),
        dialect,
      ),
    call: (request, seen, dialect, extra) => kind.call(own(kind.kind, request), seen, dialect, extra),
    verify: (request, seen, dialect) => kind.verify(own(kind.kind, request), seen, dialect),
  };
}

const ANY: Record<DesiredPosting["kind"], AnyPostingKind> = {
  tracking_number: forget(KINDS.tracking_number),
  transfer_validated: forget(KINDS.transfer_validated),
  proof_of_delivery: forget(KINDS.proof_of_delivery),
  status_note: forget(KINDS.status_note),
  exception_activity: forget(KINDS.exception_activity),
  status_field: forget(KINDS.status_field),
  return_transfer: forget(KINDS.return_transfer),
  customer_invoice: forget(KINDS.customer_invoice),
  freight_cost: forget(KINDS.freight_cost),
  vendor_bill: forget(KINDS.vendor_bill),
  vendor_credit: forget(KINDS.vendor_credit),
  landed_cost: forget(KINDS.landed_cost),
};

/** Finds the four functions of a posting kind. */
export function postingKind(name: DesiredPosting["kind"]): AnyPostingKind {
  return ANY[name];
}
