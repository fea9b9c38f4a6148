import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { ShipmentFacts } from "@/core/shipments/facts";
import { type Reference, reference } from "@/core/shipments/references";
import { adapterNamed } from "@/server/adapters/registry";
import { gatherShipments } from "./distinct";
import { interpretFile } from "./interpret";

const root = path.resolve(import.meta.dirname, "../..");
const example = (name: string) => path.join(root, "server/adapters", name);

function lines(name: string, adapter: string) {
  const bytes = fs.readFileSync(example(name));
  const message = { bytes, contentType: null, headers: {}, receivedAtMs: Date.UTC(2026, 10, 20), name: null };
  return interpretFile(name, adapterNamed(adapter), message, undefined);
}

describe("a line of the interpreter", () => {
  it("tells a delivered parcel as the contract says", () => {
    const [line, ...more] = lines("easypost/examples/0001-delivered.json", "easypost");
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      adapter: "easypost",
      trackingNumber: "1Z WAY 0001",
      carrier: "ups",
      references: [{ kind: "tracking_number", issuer: "ups", value: "1Z WAY 0001" }],
      summary: "delivered",
      invoice: null,
      problems: [],
    });
    expect(line?.events).toHaveLength(5);
    expect(line?.events[1]).toEqual({
      kind: "arrived_facility",
      status: "in_transit",
      occurredAt: "2026-11-16T17:12:00-05:00",
      local: false,
      precision: "second",
      basis: "offset",
      rawCode: "PU",
      rawDescription: "Pickup Scan",
      location: "TRENTON, NJ, US, 08601",
      reason: null,
      party: null,
      estimated: false,
      retracts: null,
    });
  });

  it("leaves a time without offset as it stood on the wall", () => {
    const [line] = lines("easypost/examples/0003-times-without-zone.json", "easypost");
    expect(line?.events.map(({ occurredAt, local, precision }) => [occurredAt, local, precision])).toEqual([
      ["2026-11-18T23:30:00", true, "second"],
      ["2026-11-17", true, "date"],
      [null, false, null],
    ]);
  });

  it("says in a problem why a document is none of ours, or has nothing for us", () => {
    expect(lines("easypost/examples/0005-not-about-a-tracker.json", "easypost")).toMatchObject([
      {
        events: [],
        summary: null,
        problems: [{ kind: "unsupported_document", found: "the event batch.updated is not about a tracker" }],
      },
    ]);
    const message = { bytes: Buffer.from("<a/>"), contentType: null, headers: {}, receivedAtMs: 0, name: null };
    expect(interpretFile("a.xml", null, message, undefined)).toMatchObject([
      { adapter: null, problems: [{ kind: "unsupported_document", found: "<a/>" }] },
    ]);
  });

  it("puts each problem to the shipment it is about, and what is about the whole file to the first", () => {
    const all = lines("x12/examples/0005-miscounted-and-two-numbers.edi", "x12");
    expect(all.map(({ problems }) => problems.map(({ at }) => at))).toEqual([
      ["ISA 000000101/IEA/1", "ISA 000000101/IEA/2", "GS 101/GE/1", "GS 101/GE/2", "ST 0001/SE/1"],
      ["ST 0002/SE/2"],
      [],
    ]);
  });

  it("is one for rows of one shipment, and one for each invoice", () => {
    const rows = lines("csv/examples/0008-lines-of-shipments.csv", "csv");
    expect(rows.map(({ references, rows: count }) => [references[0]?.value, count])).toEqual([
      ["A1", 2],
      ["A2", 1],
    ]);
    expect(
      lines("x12/examples/0012-freight-bill-in-cents.edi", "x12").map(({ invoice }) => [invoice?.kind, invoice?.total]),
    ).toEqual([
      ["invoice", "1250.00"],
      ["credit", "-5.00"],
    ]);
  });
});

describe("shipments of one document", () => {
  const facts = (at: string, ...references: (Reference | null)[]): ShipmentFacts => ({
    at,
    references: references.filter((ref) => ref !== null),
    packages: [],
    events: [],
    claims: [],
  });
  const order = (value: string) => reference("sales_order", null, value);
  const shipment = (value: string) => reference("wms_shipment", null, value);
  const gathered = (...all: ShipmentFacts[]) => gatherShipments(all).map((group) => group.facts.map(({ at }) => at));

  it("are one by a strong number in common, also when a third joins two", () => {
    expect(
      gathered(facts("a", shipment("1")), facts("b", shipment("2")), facts("c", shipment("1"), shipment("2"))),
    ).toEqual([["a", "b", "c"]]);
  });

  it("are not one by an order in common, where they have numbers of their own", () => {
    expect(gathered(facts("a", shipment("1"), order("9")), facts("b", shipment("2"), order("9")))).toEqual([
      ["a"],
      ["b"],
    ]);
  });

  it("are one by the same orders where they have nothing else", () => {
    expect(gathered(facts("a", order("9")), facts("b", order("9")), facts("c", order("8")))).toEqual([
      ["a", "b"],
      ["c"],
    ]);
  });
});

describe("npm run interpret", () => {
  const run = (cwd: string, ...args: string[]) =>
    spawnSync(process.execPath, [path.join(root, "scripts/interpret.mjs"), ...args], {
      cwd,
      encoding: "utf8",
      env: { ...process.env, WAYPOST_PREBUILT: "1" },
    });

  it("prints JSON lines for every file, from whatever folder it is called", () => {
    const { stdout, stderr, status } = run(
      os.tmpdir(),
      "--adapter",
      "auto",
      example("x12/examples/0010-load-tender.edi"),
      example("csv/examples/0001-status-rows.csv"),
    );
    const found = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(stderr).toBe("");
    expect(found.map(({ adapter, references }) => [adapter, references[0].value])).toEqual([
      ["x12", "LOAD9001"],
      ["x12", "LOAD9002"],
      ["csv", "SHP-1"],
      ["csv", "SHP-2"],
      ["csv", "SHP-3"],
    ]);
    expect(status).toBe(0);
  }, 120_000);

  it("refuses an unknown adapter, no file and an unreadable one in one sentence each", () => {
    expect(run(root, "--adapter", "fax", "x").stderr).toMatch(
      /^waypost: --adapter must be one of easypost, x12, edifact, csv, bills, document, odoo, auto: .*\n$/,
    );
    expect(run(root, "--adapter", "auto").stderr).toMatch(/^waypost: name at least one file: .*\n$/);
    const missing = run(root, "--adapter", "auto", "/no/such/file");
    expect([missing.status, missing.stdout]).toEqual([1, ""]);
    expect(missing.stderr).toMatch(/^waypost: \/no\/such\/file cannot be read: .*\n$/);
  }, 120_000);
});
