import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chargeOfWord } from "@/core/freight/charges";
import { checkBill } from "@/core/freight/check";
import { shipmentOf } from "@/core/freight/match";
import { freightSchema } from "@/core/freight/settings";
import type { InvoiceFacts } from "@/core/shipments/facts";
import type { FeedAdapter } from "./feed";
import { adapterNamed, lookupInPacks } from "./registry";

const receivedAtMs = Date.UTC(2026, 10, 20, 12);

type Word = "base" | "fuel" | "discount" | "XYZ";
type Bill = {
  number: string;
  charges: { word: Word; cents: number; tracking: string | null }[];
  /** What the bill says beyond the sum of its charges, in cents. */
  off: number;
  currency: string | null;
};

const decimal = (cents: number) => (cents / 100).toFixed(2);
const totalOf = (bill: Bill) => bill.charges.reduce((sum, { cents }) => sum + cents, bill.off);

function asX12(bill: Bill): string {
  const code: Readonly<Record<Word, string>> = { base: "", fuel: "FUE", discount: "DSC", XYZ: "XYZ" };
  const segments = [
    "ST*210*0001",
    `B3**${bill.number}**TP**20261119*${totalOf(bill)}****CARR`,
    ...(bill.currency === null ? [] : [`C3*${bill.currency}`]),
    "N9*CN*PRO1",
    ...bill.charges.flatMap(({ word, cents, tracking }, index) => [
      `LX*${index + 1}`,
      ...(tracking === null ? [] : [`N9*2I*${tracking}`]),
      `L1*${index + 1}***${cents}****${code[word]}`,
    ]),
  ];
  const isa = `ISA*00*          *00*          *02*CARR           *ZZ*SHIPPERCO      *261119*0830*U*00401*000000101*0*T*>`;
  const closed = [...segments, `SE*${segments.length + 1}*0001`, "GE*1*101", "IEA*1*000000101"];
  return `${[isa, "GS*IM*CARR*SHIPPERCO*20261119*0830*101*X*004010", ...closed].join("~\n")}~\n`;
}

function asEdifact(bill: Bill): string {
  const code: Readonly<Record<Word, string>> = { base: "FC", fuel: "fuel", discount: "DI", XYZ: "XYZ" };
  const whole = bill.charges.filter(({ word, tracking }) => word === "discount" && tracking === null);
  const lines = bill.charges.filter((charge) => !whole.includes(charge));
  const segments = [
    "UNH+1+INVOIC:D:96A:UN",
    `BGM+380+${bill.number}+9`,
    "DTM+137:20261119:102",
    "RFF+CN:PRO1",
    "NAD+CA+CARR",
    ...(bill.currency === null ? [] : [`CUX+2:${bill.currency}`]),
    ...whole.flatMap(({ cents }) => ["ALC+A+++1+DI", `MOA+204:${decimal(-cents)}`]),
    ...lines.flatMap(({ word, cents, tracking }, index) => [
      `LIN+${index + 1}++${code[word]}`,
      `MOA+203:${decimal(cents)}`,
      ...(tracking === null ? [] : [`RFF+AWB:${tracking}`]),
    ]),
    "UNS+S",
    `MOA+77:${decimal(totalOf(bill))}`,
  ];
  const closed = [...segments, `UNT+${segments.length + 1}+1`, "UNZ+1+9"];
  return `${["UNB+UNOC:3+CARR+SHIPPERCO+261119:0830+9", ...closed].join("'\n")}'\n`;
}

function asJson(bill: Bill): string {
  return JSON.stringify({
    number: bill.number,
    carrier: "CARR",
    date: "2026-11-19",
    currency: bill.currency,
    total: decimal(totalOf(bill)),
    references: [{ kind: "pro_number", value: "PRO1" }],
    charges: bill.charges.map(({ word, cents, tracking }) => ({
      charge: word,
      amount: decimal(cents),
      references: tracking === null ? [] : { tracking_number: tracking },
    })),
  });
}

function asCsv(bill: Bill): string {
  const rows = bill.charges.map(({ word, cents, tracking }) =>
    [
      bill.number,
      "19.11.2026",
      "CARR",
      bill.currency ?? "",
      decimal(totalOf(bill)),
      "PRO1",
      word,
      decimal(cents),
      tracking ?? "",
    ]
      .map((field) => field.replace(".", field.includes("2026") ? "." : ","))
      .join(";"),
  );
  return `${["No;Day;Carrier;Currency;All;PRO;Charge;Sum;Parcel", ...rows].join("\r\n")}\r\n`;
}

const MAPPING = {
  rows: "charge",
  decimal: ",",
  columns: [
    { column: "No", gives: "bill_number" },
    { column: "Day", gives: "bill_day", of: "date", order: "dmy" },
    { column: "Carrier", gives: "text", attribute: "carrier" },
    { column: "Currency", gives: "bill_currency" },
    { column: "All", gives: "bill_total" },
    { column: "PRO", gives: "reference", kind: "pro_number" },
    { column: "Charge", gives: "charge" },
    { column: "Sum", gives: "charge_amount" },
    { column: "Parcel", gives: "reference", kind: "tracking_number" },
  ],
};

const FORMATS: readonly { adapter: string; write: (bill: Bill) => string; settings?: unknown }[] = [
  { adapter: "x12", write: asX12 },
  { adapter: "edifact", write: asEdifact },
  { adapter: "bills", write: asJson },
  { adapter: "csv", write: asCsv, settings: { mapping: MAPPING } },
];

function read(adapter: FeedAdapter, text: string, settings: unknown): InvoiceFacts {
  const outcome = adapter.interpret(
    { bytes: new TextEncoder().encode(text), contentType: null, headers: {}, receivedAtMs, name: null },
    { feedId: 1, zone: null, receivedAtMs, lookup: lookupInPacks(adapter), settings: adapter.parseSettings(settings) },
  );
  const invoice = outcome.ok ? outcome.value.invoices[0] : undefined;
  if (!invoice) throw new Error(`${adapter.name} read no bill: ${JSON.stringify(outcome.problems)}`);
  return invoice;
}

const settings = freightSchema.parse({ vendors: [{ vendor: "carr", connectionId: 1, companyId: 1, partnerId: 7 }] });
const HITS = new Map([
  ["T1", "11111111-1111-4111-8111-111111111111"],
  ["T2", "22222222-2222-4222-8222-222222222222"],
]);

/** The verdict of a bill as it was read, without what the format decides: places and order of lines. */
function judged(adapter: FeedAdapter, facts: InvoiceFacts) {
  const lines = facts.lines.map((line, index) => ({ ...line, position: index + 1 }));
  const find = (references: InvoiceFacts["references"]) =>
    shipmentOf(
      references,
      references.flatMap(({ kind, issuer, value }) => {
        const shipmentId = HITS.get(value);
        return shipmentId === undefined ? [] : [{ kind, issuer, value, shipmentId, liveUntilMs: null }];
      }),
      receivedAtMs,
    );
  const { lines: checked, ...whole } = checkBill({
    document: {
      id: "b",
      vendor: facts.vendor ?? "",
      number: facts.number,
      numberKey: facts.number,
      kind: facts.kind,
      totalText: facts.total,
      receivedAtMs,
      messageId: "m",
      at: "",
      references: [],
      lines: [],
    },
    currency: facts.currency,
    lines,
    chargeOf: chargeOfWord((word) => lookupInPacks(adapter)("charge", word)),
    matches: new Map(
      lines.map((line) => [line.position, find(line.references.length > 0 ? line.references : facts.references)]),
    ),
    expected: new Map([...HITS.values()].map((id) => [id, { amountMinor: 5_000, currency: "EUR" }])),
    approved: new Map(),
    duplicates: [],
    settings,
  });
  const about = checked
    .map(({ position: _position, ...line }) => JSON.stringify(line))
    .sort((a, b) => (a < b ? -1 : 1));
  return { number: facts.number, date: facts.date, ...whole, lines: about };
}

const charge = fc
  .record({
    word: fc.constantFrom<Word>("base", "base", "base", "fuel", "fuel", "discount", "XYZ"),
    cents: fc.oneof(fc.constant(5_000), fc.integer({ min: 1, max: 20_000 })),
    tracking: fc.constantFrom("T1", "T1", "T2", "T9", null),
  })
  .map((one) => ({ ...one, cents: one.word === "discount" ? -one.cents : one.cents }));
const bill = fc.record({
  number: fc.stringMatching(/^[A-Z0-9]{3,12}$/),
  charges: fc.array(charge, { minLength: 1, maxLength: 6 }),
  off: fc.constantFrom(0, 0, 0, 1, -250),
  currency: fc.constantFrom("EUR", "EUR", "EUR", "USD", null),
});

describe("one bill in every format", () => {
  it("gets the same verdict, the same objections and the same sums", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(bill, (one) => {
        fc.pre(totalOf(one) > 0);
        const verdicts = FORMATS.map(({ adapter: name, write, settings: own }) => {
          const adapter = adapterNamed(name);
          if (!adapter) throw new Error(`no adapter ${name}`);
          return judged(adapter, read(adapter, write(one), own));
        });
        for (const verdict of verdicts.slice(1)) expect(verdict).toEqual(verdicts[0]);
        seen.add(verdicts[0]?.verdict ?? "");
      }),
      { numRuns: 500 },
    );
    // the bills were of every sort, or sameness would prove little
    expect([...seen].sort()).toEqual(expect.arrayContaining(["blocked", "clean", "unmatched", "variance"]));
  });
});
