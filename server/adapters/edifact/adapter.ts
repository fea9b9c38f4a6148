import { z } from "zod";
import { CHARGE_WORDS } from "@/core/freight/charge-words";
import { type Outcome, read, unread } from "@/core/outcome";
import type { Facts } from "@/core/shipments/facts";
import type { FeedAdapter, Peek, RawMessage, TranslateContext } from "../feed";
import { EDIFACT_CHARGES } from "./codes";
import { readInvoice } from "./invoice";
import { tokenize } from "./tokenize";

const settingsSchema = z.object({});

export const edifact: FeedAdapter = {
  name: "edifact",
  version: 1,
  label: "EDIFACT (INVOIC freight bill)",
  contentTypes: ["application/edifact", "text/plain", "application/octet-stream"],
  packs: { charge: { ...CHARGE_WORDS, ...EDIFACT_CHARGES } },
  parseSettings: (raw) => settingsSchema.parse(raw ?? {}),
  peek: peekEdifact,
  recognise: ({ bytes }) =>
    /^(?:\u00ef\u00bb\u00bf)?\s*(UNA.{6}\s*UNB|UNB[^A-Za-z0-9\s])/s.test(startOf(bytes)) ? 0.99 : 0,
  interpret: interpretEdifact,
  sample: sampleEdifact,
};

function interpretEdifact(message: RawMessage, context: TranslateContext): Outcome<Facts> {
  const tokens = tokenize(message.bytes);
  if (!tokens.ok) return tokens;
  const facts: Facts = { shipments: [], invoices: [], problems: [...tokens.problems], ignored: null, records: 0 };
  let acknowledged = 0;
  for (const one of tokens.value.flatMap(({ messages }) => messages)) {
    facts.records++;
    if (one.type === "INVOIC") {
      const { invoice, problems } = readInvoice(one, context);
      if (invoice) facts.invoices.push(invoice);
      facts.problems.push(...problems);
    } else if (one.type === "CONTRL") acknowledged++;
    else {
      const found = `${one.type || "no message type"} (${one.release})`;
      facts.problems.push({ kind: "unsupported_document", at: `${one.at}/UNH/2`, found, expected: "INVOIC" });
    }
  }
  if (facts.invoices.length > 0) return read(facts, facts.problems);
  if (acknowledged > 0)
    return read({ ...facts, ignored: "an acknowledgement of what we sent (CONTRL)" }, facts.problems);
  if (facts.problems.length > 0) return { ok: false, problems: facts.problems };
  return unread({ kind: "unreadable", at: "UNB", found: null, expected: "a message" });
}

function startOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 400)).toString("latin1");
}

/** Sender and control reference of the interchange. */
function peekEdifact({ bytes }: RawMessage): Peek {
  const tokens = tokenize(bytes.subarray(0, 2_000));
  const first = tokens.ok ? tokens.value[0] : undefined;
  const known = first !== undefined && /^[\w .-]{1,40}$/.test(first.sender) && /^[\w-]{1,20}$/.test(first.control);
  return { deliveryId: known ? `${first.sender}:${first.control}` : null, laneKey: null };
}

/** A made-up interchange: one bill of one charge. */
function sampleEdifact({ atMs, number }: { atMs: number; number: string }) {
  const clock = new Date(atMs).toISOString().replace(/\D/g, "");
  const day = clock.slice(0, 8);
  const control = String(Math.floor(atMs / 1000) % 1_000_000_000);
  const segments = [
    `UNB+UNOC:3+SAMPLE+WAYPOST+${day.slice(2)}:${clock.slice(8, 12)}+${control}`,
    "UNH+1+INVOIC:D:96A:UN",
    `BGM+780+SAMPLE-${number}+9`,
    `DTM+137:${day}:102`,
    `RFF+CN:${number}`,
    "NAD+CA+SAMPLE",
    "CUX+2:EUR",
    "LIN+1++FC",
    "MOA+203:1.00",
    "UNS+S",
    "MOA+77:1.00",
    "UNT+11+1",
    `UNZ+1+${control}`,
  ];
  return { bytes: new TextEncoder().encode(`${segments.join("'\n")}'\n`), contentType: "application/edifact" };
}
