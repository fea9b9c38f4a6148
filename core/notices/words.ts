import type { NoticeReason, NoticeState, Occasion } from "./occasions";

export const OCCASION_WORD: Readonly<Record<Occasion, string>> = {
  dispatched: "Dispatched",
  out_for_delivery: "Out for delivery",
  delivery_attempted: "Delivery attempted",
  available_for_pickup: "Available for pickup",
  delivered: "Delivered",
};

export const NOTICE_STATE_WORD: Readonly<Record<NoticeState, string>> = {
  planned: "Waiting",
  sent: "Sent",
  suppressed: "Not told",
  failed: "Refused",
  given_up: "Given up",
};

export const NOTICE_REASON_WORD: Readonly<Record<NoticeReason, string>> = {
  overtaken: "A later step came first",
  ended: "The shipment turned back or ended otherwise",
  withdrawn: "Its source took the event back",
  switched_off: "It was switched off meanwhile",
  too_old: "The event was too old to be told",
  no_address: "Odoo has no e-mail address for this customer",
  quiet_hours: "It waits until the quiet hours end",
  no_transfer: "No transfer in Odoo is known yet",
  odoo_down: "Odoo could not be asked for the address",
  mail_down: "The mail server took no mail",
  refused: "The mail server refused this address or message",
};
