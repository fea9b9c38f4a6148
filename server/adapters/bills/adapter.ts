import { z } from "zod";
import { CHARGE_WORDS } from "@/core/freight/charge-words";
import { type Outcome, read, unread } from "@/core/outcome";
import type { Facts } from "@/core/shipments/facts";
import type { FeedAdapter, RawMessage, TranslateContext } from "../feed";
import { parseBills } from "./parse";
import { readBill } from "./translate";

const settingsSchema = z.object({});
const MOST_PROBLEMS = 1_000;

export const bills: FeedAdapter = {
  name: "bills",
  version: 1,
  label: "Freight bills (JSON)",
  contentTypes: ["application/json"],
  packs: { charge: CHARGE_WORDS },
  parseSettings: (raw) => settingsSchema.parse(raw ?? {}),
  peek: () => ({ deliveryId: null, laneKey: null }),
  recognise: recogniseBills,
  interpret: interpretBills,
  sample: sampleBills,
};

function interpretBills(message: RawMessage, context: TranslateContext): Outcome<Facts> {
  const items = parseBills(message.bytes);
  if (!items.ok) return items;
  const facts: Facts = { shipments: [], invoices: [], problems: [], ignored: null, records: items.value.length };
  if (items.value.length === 0) return read({ ...facts, ignored: "a list without bills" });
  let dropped = 0;
  for (const item of items.value) {
    const { invoice, problems } = readBill(item, context);
    if (invoice) facts.invoices.push(invoice);
    const room = Math.max(0, MOST_PROBLEMS - facts.problems.length);
    facts.problems.push(...problems.slice(0, room));
    dropped += Math.max(0, problems.length - room);
  }
  if (dropped > 0)
    facts.problems.push({ kind: "bad_value", at: "", found: `${dropped} more faults`, expected: "fewer" });
  return facts.invoices.length === 0 ? unread(...facts.problems) : read(facts, facts.problems);
}

/** JSON whose first bill has a number and an amount under one of the known names. */
function recogniseBills({ bytes }: RawMessage): number {
  const start = Buffer.from(bytes.subarray(0, 4_000)).toString("utf8");
  if (!/^\ufeff?\s*[[{]/.test(start)) return 0;
  const number = /"(invoiceNumber|invoice_number|billNumber|bill_number)"\s*:/.test(start);
  const amount = /"(total|totalAmount|total_amount)"\s*:/.test(start);
  if (number && amount) return 0.8;
  return amount && /"(bills|invoices)"\s*:\s*\[|"charges"\s*:/.test(start) ? 0.7 : 0;
}

/** One made-up bill of one charge. */
function sampleBills({ atMs, number }: { atMs: number; number: string }) {
  const bill = {
    number: `SAMPLE-${number}`,
    carrier: "sample",
    date: new Date(atMs).toISOString().slice(0, 10),
    currency: "EUR",
    total: "1.00",
    references: [{ kind: "pro_number", value: number }],
    charges: [{ charge: "freight", amount: "1.00" }],
  };
  return { bytes: new TextEncoder().encode(JSON.stringify({ bills: [bill] })), contentType: "application/json" };
}
