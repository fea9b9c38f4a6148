import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeedAdapter, RawMessage } from "./feed";
import { adapters, lookupInPacks, recogniseAdapter } from "./registry";

const receivedAtMs = Date.UTC(2026, 10, 20, 12);

function messageOf(bytes: Uint8Array, name: string | null = null): RawMessage {
  return { bytes, contentType: null, headers: {}, receivedAtMs, name };
}

function readBy(adapter: FeedAdapter, bytes: Uint8Array, name?: string) {
  const message = messageOf(bytes, name);
  adapter.peek(message);
  const sure = adapter.recognise(message);
  expect(sure).toBeGreaterThanOrEqual(0);
  expect(sure).toBeLessThanOrEqual(1);
  const outcome = adapter.interpret(message, {
    feedId: 1,
    zone: "Europe/Berlin",
    receivedAtMs,
    lookup: lookupInPacks(adapter),
    settings: adapter.parseSettings(undefined),
  });
  adapter.acknowledge?.(message, outcome, 7);
  for (const word of textsIn(outcome)) {
    expect(word).not.toContain("\0");
    expect(word.isWellFormed()).toBe(true);
  }
  if (!outcome.ok) expect(outcome.problems.length).toBeGreaterThan(0);
  return outcome;
}

/** Every text of a result, keys too: a database takes neither NUL nor half a character. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsIn(member)]);
}

function examplesOf(adapter: FeedAdapter): Buffer[] {
  const folder = path.join(import.meta.dirname, adapter.name, "examples");
  const files = fs
    .readdirSync(folder)
    .filter((file) => /^00.*\.(json|edi|csv|pdf|png|jpg)$/.test(file) && !/\.(expected|settings)\./.test(file));
  return files.map((file) => fs.readFileSync(path.join(folder, file)));
}

const text = (words: string) => new TextEncoder().encode(words);

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
  "%s before hostile input",
  { timeout: 120_000 },
  (_name, adapter) => {
    it("says what is wrong with nothing at all", () => {
      const outcome = readBy(adapter, new Uint8Array(0));
      expect(outcome.ok).toBe(false);
    });

    it.each([
      ["a NUL", Uint8Array.of(0)],
      ["a lone mark", Uint8Array.of(0xef, 0xbb, 0xbf)],
      ["half of UTF-16", Uint8Array.of(0xff, 0xfe, 0x7b)],
      ["bytes of no encoding", Uint8Array.of(0xc3, 0x28, 0xff, 0x0a, 0x80)],
      ["null", text("null")],
      ["an open bracket 100,000 times", text("[".repeat(100_000))],
      ["nested objects", text(`${'{"result":'.repeat(20_000)}1${"}".repeat(20_000)}`)],
      ["an opened interchange", text("ISA*00*")],
      [
        "a segment without end",
        text(`ISA*00*          *00*          *ZZ*A*ZZ*B*261119*0830*U*00401*1*0*P*>~GS*QM${"*1".repeat(50_000)}`),
      ],
      ["quotes only", text('"'.repeat(200_000))],
      ["quoted lines that never close", text(`a,b\n${'"""\n'.repeat(100_000)}`)],
      ["commas only", text(",".repeat(300_000))],
      ["line breaks only", text("\r\n".repeat(200_000))],
      ["a very long word", text(`{"object":"Tracker","tracking_code":"${"1".repeat(500_000)}","tracking_details":[]}`)],
      [
        "a prototype",
        text(
          '{"object":"Tracker","tracking_code":"1Z","status":"__proto__","status_detail":"constructor","tracking_details":[{"status":"toString","datetime":{}}]}',
        ),
      ],
    ])("does not throw on %s, and is done in good time", (_what, bytes) => {
      const start = performance.now();
      readBy(adapter, bytes);
      expect(performance.now() - start).toBeLessThan(20_000);
    });

    it("never throws on random bytes", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => void readBy(adapter, bytes)),
        { numRuns: 200 },
      );
    });

    it("never throws on its own examples cut off, cut out, doubled or with a byte changed", () => {
      const examples = examplesOf(adapter);
      expect(examples.length).toBeGreaterThan(4);
      fc.assert(
        fc.property(
          fc.constantFrom(...examples),
          fc.nat(),
          fc.nat(),
          fc.nat(255),
          fc.nat(3),
          (example, a, b, byte, how) => {
            const [from, to] = [a % (example.length + 1), b % (example.length + 1)].sort((x, y) => x - y) as [
              number,
              number,
            ];
            const bytes = Buffer.from(example);
            if (how === 0) readBy(adapter, bytes.subarray(0, from));
            else if (how === 1) readBy(adapter, Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]));
            else if (how === 2) readBy(adapter, Buffer.concat([bytes, bytes]));
            else {
              if (from < bytes.length) bytes[from] = byte;
              readBy(adapter, bytes);
            }
          },
        ),
        { numRuns: 400 },
      );
    });

    it("recognises its own sample as its own, reads it and finds its shipment or bill", () => {
      const sample = adapter.sample({ atMs: receivedAtMs, number: "WAYPOST1" });
      const message = { ...messageOf(sample.bytes, sample.name), contentType: sample.contentType };
      expect(recogniseAdapter(message)?.adapter.name).toBe(adapter.name);
      expect(adapter.contentTypes).toContain(sample.contentType);
      const outcome = readBy(adapter, sample.bytes, sample.name);
      expect(outcome.ok && outcome.value.problems).toEqual([]);
      const facts = outcome.ok ? outcome.value : null;
      const named = [...(facts?.shipments ?? []), ...(facts?.invoices ?? [])][0]?.references;
      expect(named?.some(({ value }) => value.includes("WAYPOST1"))).toBe(true);
      if (facts?.invoices.length === 0) expect(facts.shipments[0]?.events.length).toBeGreaterThan(0);
      else expect(facts?.invoices[0]?.lines.length).toBeGreaterThan(0);
    });
  },
);
