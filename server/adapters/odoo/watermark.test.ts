import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance, initialWatermarks, type ModelWatermark, readFrom, type Stamp, toRead, watermarks } from "./watermark";

const OVERLAP = 60;
const iso = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString().replace(".000Z", "Z");

describe("a watermark", () => {
  it("starts where it is told, and its form survives storage", () => {
    const marks = initialWatermarks(iso(0));
    expect(watermarks.parse(JSON.parse(JSON.stringify(marks)))).toEqual(marks);
    expect(readFrom(marks["sale.order"], OVERLAP)).toBe("2025-12-31T23:59:00Z");
    expect(readFrom(initialWatermarks(null)["sale.order"], OVERLAP)).toBeNull();
  });

  it("reads a pair at first sight, once more later, and then no more", () => {
    let mark: ModelWatermark = { at: null, seen: [] };
    const stamps: Stamp[] = [{ id: 7, writtenAt: iso(100) }];
    const reads: number[][] = [];
    for (const nowMs of [0, 1_000, 20_000, 40_000, 60_000]) {
      reads.push(toRead(mark, stamps, nowMs));
      mark = advance(mark, stamps, OVERLAP, nowMs);
    }
    expect(reads).toEqual([[7], [], [7], [], []]);
    expect(mark.at).toBe(iso(100));
  });

  it("does not go back when a poll sees nothing, and forgets what lies before its overlap", () => {
    const mark = advance(
      { at: null, seen: [] },
      [
        { id: 1, writtenAt: iso(0) },
        { id: 2, writtenAt: iso(500) },
      ],
      OVERLAP,
      0,
    );
    expect(mark.seen.map(([id]) => id)).toEqual([2]);
    expect(advance(mark, [], OVERLAP, 1).at).toBe(iso(500));
  });

  it("sees the last state of every record, whatever is written when, also twice within one second", () => {
    const write = fc.record({ id: fc.integer({ min: 1, max: 4 }), atMs: fc.integer({ min: 0, max: 120_000 }) });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 40 }), fc.integer({ min: 5_000, max: 20_000 }), (writes, every) => {
        const odoo = new Map<number, { version: number; atMs: number }>();
        const known = new Map<number, number>();
        let mark: ModelWatermark = { at: null, seen: [] };
        const due = [...writes].sort((one, other) => one.atMs - other.atMs);
        let version = 0;
        for (let nowMs = every; nowMs <= 240_000; nowMs += every) {
          for (let next = due[0]; next && next.atMs <= nowMs; next = due[0]) {
            odoo.set(next.id, { version: ++version, atMs: next.atMs });
            due.shift();
          }
          const from = readFrom(mark, OVERLAP) ?? "";
          const stamps = [...odoo]
            .map(([id, row]) => ({ id, writtenAt: iso(Math.floor(row.atMs / 1_000)) }))
            .filter((stamp) => stamp.writtenAt >= from)
            .sort((one, other) => (one.writtenAt < other.writtenAt ? -1 : 1));
          for (const id of toRead(mark, stamps, nowMs)) known.set(id, odoo.get(id)?.version ?? 0);
          mark = advance(mark, stamps, OVERLAP, nowMs);
        }
        for (const [id, row] of odoo) expect(known.get(id)).toBe(row.version);
      }),
      { numRuns: 300 },
    );
  });
});
