import { z } from "zod";
import { type Outcome, type Problem, read, unread } from "@/core/outcome";
import type { Facts } from "@/core/shipments/facts";
import { normaliseNumber } from "@/core/shipments/references";
import type { Ack, FeedAdapter, Peek, RawMessage, TranslateContext } from "../feed";
import { acknowledgeInterchanges } from "./acknowledge";
import { X12_APPOINTMENT, X12_CHARGES, X12_STATUS, X12_TENDER } from "./codes";
import { readFreightInvoice, readGoodsInvoice } from "./invoice";
import { readLoadTender, readTenderResponse } from "./load-tender";
import { readShipmentStatus } from "./shipment-status";
import { type Said, timeOf, writtenText } from "./times";
import { type Group, type Interchange, type TransactionSet, tokenize } from "./tokenize";

const settingsSchema = z.object({});

/** Transaction sets that are read; the others are named in a problem. */
const SUPPORTED = ["204", "210", "214", "810", "990", "997"];

export const x12: FeedAdapter = {
  name: "x12",
  version: 2,
  label: "X12 (214 shipment status, 204, 990, 210)",
  contentTypes: ["application/edi-x12", "application/x12", "text/plain", "application/octet-stream"],
  packs: { status: { ...X12_STATUS, ...X12_APPOINTMENT, ...X12_TENDER }, charge: X12_CHARGES },
  parseSettings: (raw) => settingsSchema.parse(raw ?? {}),
  peek: peekX12,
  recognise: ({ bytes }) => (/^(?:\u00ef\u00bb\u00bf)?\s*ISA[^A-Za-z0-9\s]/.test(startOf(bytes)) ? 0.99 : 0),
  interpret: interpretX12,
  acknowledge: acknowledgeX12,
  sample: sampleX12,
};

function interpretX12(message: RawMessage, context: TranslateContext): Outcome<Facts> {
  const tokens = tokenize(message.bytes);
  if (!tokens.ok) return tokens;
  const facts: Facts = { shipments: [], invoices: [], problems: [...tokens.problems], ignored: null, records: 0 };
  let acknowledged = 0;
  for (const interchange of tokens.value) {
    for (const group of interchange.groups) {
      const said = saidAt(group, interchange, context);
      for (const set of group.sets) {
        facts.records++;
        if (set.code === "997") acknowledged++;
        else facts.problems.push(...readSet(set, group, interchange, said, context, facts));
      }
    }
  }
  const nothing = facts.shipments.length === 0 && facts.invoices.length === 0;
  if (nothing && acknowledged > 0)
    return read({ ...facts, ignored: "an acknowledgement of what we sent (997)" }, facts.problems);
  if (nothing && facts.problems.length > 0) return { ok: false, problems: facts.problems };
  if (nothing) return unread({ kind: "unreadable", at: "ISA", found: null, expected: "a transaction set" });
  return read(facts, facts.problems);
}

/** Adds what one set says, and gives what is wrong with it. */
function readSet(
  set: TransactionSet,
  group: Group,
  interchange: Interchange,
  said: Said,
  context: TranslateContext,
  facts: Facts,
): Problem[] {
  switch (set.code) {
    case "204":
    case "214":
    case "990": {
      const { facts: shipment, problems } =
        set.code === "214"
          ? readShipmentStatus(set, group, said.time?.occurredAtMs ?? context.receivedAtMs, context)
          : set.code === "204"
            ? readLoadTender(set, said, context)
            : readTenderResponse(set, said, context);
      if (shipment) facts.shipments.push(shipment);
      return problems;
    }
    case "210":
    case "810": {
      const { invoice, problems } = (set.code === "210" ? readFreightInvoice : readGoodsInvoice)(set, group, context);
      if (invoice) facts.invoices.push(invoice);
      return problems;
    }
    default: {
      const found = `${set.code} in interchange ${interchange.control}, group ${group.control}`;
      return [{ kind: "unsupported_document", at: set.at, found, expected: `one of ${SUPPORTED.join(", ")}` }];
    }
  }
}

/** When the group was written, by the clock of its sender: GS, else ISA. */
function saidAt(group: Group, { isa }: Interchange, context: TranslateContext): Said {
  const of = (date: string | undefined, time: string | undefined): Said => {
    const written = { date: date || null, time: time || null, code: null };
    return { time: timeOf(written, null, context).time, text: writtenText(written) };
  };
  const byGroup = of(group.header[4], group.header[5]);
  return byGroup.time === null ? of(isa[9], isa[10]) : byGroup;
}

function acknowledgeX12(message: RawMessage, _outcome: Outcome<Facts>, controlNumber: number): Ack | null {
  const tokens = tokenize(message.bytes);
  if (!tokens.ok) return null;
  const supported = ({ code }: TransactionSet) => SUPPORTED.includes(code);
  return acknowledgeInterchanges(tokens.value, supported, message.receivedAtMs, controlNumber);
}

function startOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 400)).toString("latin1");
}

/** Sender and control number of the interchange, and the first shipment it names. */
function peekX12({ bytes }: RawMessage): Peek {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4_000)).toString("latin1");
  const start = /^(?:\u00ef\u00bb\u00bf)?\s*ISA([^A-Za-z0-9\s])/.exec(head);
  if (!start) return { deliveryId: null, laneKey: null };
  const separator = start[1] ?? "*";
  const isa = head
    .slice(0, 240)
    .replace(/[\r\n]/g, "")
    .split(separator);
  const [sender, control] = [isa[6]?.trim() ?? "", isa[13]?.trim() ?? ""];
  const place = head.indexOf(`B10${separator}`);
  const b10 = place < 0 ? [] : head.slice(place, place + 120).split(separator);
  const shipment = (b10[2] || b10[1] || "").replace(/[^\x20-\x7e].*$/s, "");
  const known = /^[\w .-]{1,40}$/.test(sender) && /^\w{1,9}$/.test(control);
  return { deliveryId: known ? `${sender}:${control}` : null, laneKey: normaliseNumber(shipment) || null };
}

/** A made-up interchange: one shipment has left its pick-up. */
function sampleX12({ atMs, number }: { atMs: number; number: string }) {
  const clock = new Date(atMs).toISOString().replace(/\D/g, "");
  const [day, time] = [clock.slice(0, 8), clock.slice(8, 12)];
  const control = String(Math.floor(atMs / 1000) % 1_000_000_000).padStart(9, "0");
  const segments = [
    `ISA*00*${" ".repeat(10)}*00*${" ".repeat(10)}*02*${"SMPL".padEnd(15)}*ZZ*${"WAYPOST".padEnd(15)}*${day.slice(2)}*${time}*U*00401*${control}*0*T*>`,
    `GS*QM*SMPL*WAYPOST*${day}*${time}*${Number(control)}*X*004010`,
    "ST*214*0001",
    `B10*${number}*LOAD${number}*SMPL`,
    "LX*1",
    `AT7*AF*NS***${day}*${time}*UT`,
    "MS1*ALBANY*NY*US",
    "SE*6*0001",
    `GE*1*${Number(control)}`,
    `IEA*1*${control}`,
  ];
  return { bytes: new TextEncoder().encode(`${segments.join("~\n")}~\n`), contentType: "application/edi-x12" };
}
