import type { ExceptionKind } from "./kinds";

/** One step of a playbook: a name that stays, the words, and whether the exception may be resolved without it. */
export type PlaybookStep = { name: string; text: string; required: boolean };

const step = (name: string, text: string): PlaybookStep => ({ name, text, required: false });
const must = (name: string, text: string): PlaybookStep => ({ name, text, required: true });

/** What to do about each kind, in plain words and in order. Names are stored with ticks: never reuse one for something else. */
export const PLAYBOOKS: Readonly<Record<ExceptionKind, readonly PlaybookStep[]>> = {
  event_flood: [
    step("find_sender", "Open the feed's message log and look for a sender that repeats itself."),
    step("stop_sender", "Pause the feed or ask the sender to stop."),
  ],
  unreadable_message: [
    step("look_at_raw", "Look at the raw message and at the place the problem points to."),
    step("mend_or_ask", "Mend the column mapping, correct the message here, or ask the sender for a corrected file."),
    step("replay", "Read it again; it closes by itself once it can be read."),
  ],
  unmapped_code: [
    step("choose_meaning", "Choose what the code means."),
    step("look_at_past", "Look at the past events it would change, then activate."),
    step("replay", "The messages that carried it are read again with it; it closes by itself when they are."),
  ],
  implausible_time: [
    step("compare_times", "Compare the time in the raw message with the receipt."),
    step("correct_zone", "Correct the feed's zone, or tell the sender."),
  ],
  unknown_shipment: [
    step(
      "find_order",
      "Look at the shipments suggested, or search for the order or transfer that the numbers belong to.",
    ),
    step("link", "Link the two: first you see what changes, and it can be taken back."),
  ],
  unrouted_shipment: [
    step("add_rule", "Add a routing rule that fits it, by its warehouse, company, channel, country or feed (Routing)."),
    step("link", "Where it is a single case, link it to the right transfer."),
  ],
  ambiguous_match: [
    step("compare", "Compare the candidates by lines, packages and warehouse."),
    step("link", "Link the message's shipment to the right one."),
  ],
  duplicate_shipment: [
    step("compare", "Compare references and timelines."),
    step("decide", "Merge them or keep them apart."),
  ],
  duplicate_burst: [step("ask_sender", "Ask the sender why it repeats itself.")],
  rejected_sender: [
    step("check_rotation", "Check whether the sender's secret was rotated."),
    step("give_secret", "Give the sender the live secret, or block it."),
  ],
  feed_silent: [
    step("ask_sender", "Ask the sender, check the connection and the credentials."),
    step("look_for_missed", "When it speaks again, look for what was missed."),
  ],
  missed_updates: [
    step("look_at_recovered", "Look at what was fetched: the feed's messages whose name begins with recovered."),
    step("ask_sender", "Ask the sender why its webhook did not come: its address, its secret, its own failures."),
  ],
  late_update: [
    step(
      "compare_times",
      "Compare when it happened with when it was told, and look whether one sender or one day stands out.",
    ),
    step("ask_sender", "Ask the sender to tell sooner, or raise the limit under Thresholds."),
  ],
  missing_milestone: [
    step("look_at_timeline", "Look at the timeline: the step named was never told, or not in time."),
    step("ask_source", "Ask the source named for it, or replay its messages; it closes by itself when the step comes."),
  ],
  label_failed: [
    step(
      "correct_field",
      "Read the carrier's message and correct the field it names; an address can be corrected here.",
    ),
    step("ask_again", "Ask a person for the label again: this waits for it, and closes when one comes."),
  ],
  first_scan_late: [
    step("ask_warehouse", "Ask the warehouse whether the parcel was handed over."),
    step("ask_carrier", "Ask the carrier to look for it."),
  ],
  scan_late: [step("open_trace", "Open a trace with the carrier.")],
  dispatch_late: [
    step("ask_warehouse", "Ask the warehouse what holds the order."),
    step("tell_customer", "Tell the customer the new day."),
  ],
  delivery_late: [step("ask_carrier", "Ask the carrier for a new date."), step("tell_customer", "Tell the customer.")],
  delivery_at_risk: [
    step("ask_carrier", "Ask the carrier whether the promised day can still be kept."),
    step("tell_customer", "Tell the customer before the promise passes."),
  ],
  delivery_failed: [
    step("read_reason", "Read the carrier's reason."),
    step("agree_new_date", "Agree a new date or address with the customer, and tell the carrier."),
  ],
  address_mismatch: [
    step("compare", "Compare the addresses of order, label and delivery; what differs is marked."),
    step(
      "correct",
      "Take the right one, or correct it, look at what that changes, and decide: Odoo gets an activity for it.",
    ),
    step("tell_carrier", "Have a label that is printed already made anew, or tell the carrier the right address."),
  ],
  customs_hold: [step("send_papers", "Send the papers that customs ask for.")],
  held: [step("ask_carrier", "Ask the carrier what it waits for.")],
  damaged: [
    must("ask_photographs", "Ask for photographs and keep the packaging."),
    must("file_claim", "File a claim within the carrier's window."),
    step("agree_replacement", "Agree a replacement with the customer."),
  ],
  lost: [
    must("trace_and_claim", "Open a trace, then file a claim."),
    step("agree_replacement", "Agree a replacement with the customer."),
  ],
  misrouted: [step("ask_new_route", "Ask the carrier for the corrected route and a new date.")],
  short: [
    must("compare", "Compare what was handed over with what arrived."),
    step("claim_or_correct", "File a claim or correct the quantities."),
  ],
  status_regression: [
    must("look_at_scan", "Look at the later scan: is it another parcel with a recycled number, or a return?"),
    step("resolve_with_note", "Resolve it with a note."),
  ],
  tracking_mismatch: [
    step("compare", "Compare the numbers, who says each, and which of them was scanned."),
    step("post_right_one", "Tick the right one, look at what that changes, and decide: Odoo gets it by itself."),
  ],
  quantity_mismatch: [
    step("compare", "Compare picked, shipped and Odoo quantities per line."),
    step("correct_source", "Correct the source that is wrong."),
  ],
  return_unannounced: [
    step("read_reason", "Read the reason: refused, unclaimed, a wrong address, or the customer's own return."),
    must("make_return", "Make the return in Odoo, so that the warehouse expects the goods."),
    step("ask_customer", "Ask the customer whether to send again or to refund."),
  ],
  pod_missing: [step("ask_proof", "Ask the carrier for the proof.")],
  posting_rejected: [
    step("correct_record", "Read Odoo's sentence, open the record from here, and do what stands under How to mend it."),
    step("repost", "Post it again: what Odoo holds now stands beside what would be posted."),
  ],
  posting_unconfirmed: [
    must("look_in_odoo", "Open the record in Odoo and look whether the effect is there."),
    step("confirm_or_repost", "Post it again: Odoo is asked first, and what it holds already is not sent twice."),
  ],
  odoo_unreachable: [
    step("check_odoo", "Check that Odoo runs and that the key is valid."),
    step("wait", "What waits is posted by itself when it is back."),
  ],
  odoo_failure_budget: [
    step(
      "look_at_attempts",
      "Open the postings of this Odoo and look how the last calls failed: too slow, turned away, lost.",
    ),
    step(
      "relieve_odoo",
      "Give Odoo room: lower the calls a second, move bulk postings to the night, or look at its server.",
    ),
    step("change_budget", "Where so many failures are usual for it, allow more of them on the connection."),
  ],
  odoo_drift: [
    step("compare", "Compare what was posted with what Odoo holds now."),
    step("accept_or_repost", "Accept Odoo's value, or post ours again."),
  ],
  invoice_not_ready: [
    step("compare", "Compare what was delivered with what was invoiced on the order in Odoo."),
    step("invoice", "Invoice what was delivered, or credit what was not."),
  ],
  slo_burn: [
    step("open_chart", "Open the workflow under Service levels and look which leg grew, and for which feed."),
    step("mend_leg", "Mend that leg: ask the source, bring Odoo back, or give the worker room."),
    step("wait", "It closes by itself when the clocks keep their objective again."),
  ],
  day_not_reconciled: [
    step("check_odoo", "Check that Odoo runs, that the key is valid and that its user may read what is compared."),
    step("wait", "A run that waits goes on by itself when Odoo answers."),
    step("compare_day", "Choose the day under Reconciliation and compare it, where no run waits for it."),
  ],
  freight_window_missed: [
    step("open_window", "Open the window under Freight settlement: it lists what is late, and why."),
    step("mend_cause", "Mend what Odoo refused, bring Odoo back, or open the window wider."),
    step("run_now", "Let settlement run now where it only waits."),
    step("wait", "It closes by itself once all of the window is in Odoo."),
  ],
  freight_variance: [
    step("compare_charges", "Open the bill and compare each shipment's charges with what was expected."),
    step("look_for_cause", "Look for a cause: weight, service, surcharge, wrong tariff."),
    must("decide", "Approve with a reason, pay what was expected, or dispute it with the carrier."),
  ],
  freight_duplicate: [
    step("compare_bills", "Open both bills: the one it repeats is named on it."),
    must("decide", "Reject the one that repeats, or approve it with a reason where it is a correction."),
  ],
  freight_unmatched: [
    step(
      "find_shipment",
      "Look up the numbers of the bill: the shipment may come later, and then this heals by itself.",
    ),
    step("ask_carrier", "Ask the carrier what the charge is for."),
    must("decide", "Approve with a reason, or dispute it."),
  ],
  freight_invalid_charge: [
    step(
      "read_objection",
      "Read what the check says: totals, currency, carrier without a partner in Odoo, or a charge that is not allowed.",
    ),
    step("mend", "Name the partner or the currency in the freight settings, or ask the carrier for a corrected bill."),
    must(
      "decide",
      "Dispute or reject what cannot be mended; a charge that is allowed after all is approved with a reason.",
    ),
  ],
  our_fault: [
    step("report", "The message was set aside and nothing is lost. Report the error with its correlation id."),
    step("replay", "Replay it after an upgrade."),
  ],
};

/** Lists the required steps that nobody has ticked. */
export function missingSteps(kind: ExceptionKind, ticked: ReadonlySet<string>): PlaybookStep[] {
  return PLAYBOOKS[kind].filter(({ name, required }) => required && !ticked.has(name));
}

/** Says in one sentence what stands between an exception and its resolution; null when nothing does. */
export function refusalOf(missing: readonly PlaybookStep[]): string | null {
  if (missing.length === 0) return null;
  const steps = missing.map(({ text }) => `“${text.replace(/\.$/, "")}”`).join(" and ");
  return `Tick the required ${missing.length === 1 ? "step" : "steps"} first: ${steps}`;
}
