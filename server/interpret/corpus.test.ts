import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { RawMessage } from "@/server/adapters/feed";
import { adapterNamed, lookupInPacks, recogniseAdapter } from "@/server/adapters/registry";
import { tokenize } from "@/server/adapters/x12/tokenize";
import { interpretFile, type Line } from "./interpret";

/** Samples that others wrote, with what is expected of them; they are not part of the project. */
const folder = process.env.WAYPOST_FEEDS_DIR ?? path.resolve(import.meta.dirname, "../../../shared/feeds");
const receivedAtMs = Date.UTC(2026, 10, 20);

type Wanted = {
  events?: WantedEvent[];
  finalStatus?: string;
  shipments?: (Wanted & { shipmentId: string })[];
  trackingNumber?: string | null;
  carrier?: string;
  referenceId?: string;
  shipmentId?: string;
  loadId?: string;
  delimiters?: Record<string, string>;
  isaControl?: string;
  transactionSets?: { set: string; control: string; segments: number; declared: number; countOk: boolean }[];
  invoices?: { number: string; date: string; total: string }[];
  invoiceNumber?: string;
  billDate?: string;
  total?: string;
  currency?: string | null;
  lines?: { line: number; code?: string; description?: string; charge: string }[];
  rows?: number;
};
type WantedEvent = {
  occurredAt: string;
  local?: boolean;
  timeCode?: string;
  rawCode: string | null;
  rawDescription: string | null;
  location?: string | null;
  status?: string;
};

function read(file: string) {
  const bytes = fs.readFileSync(path.join(folder, file));
  const message: RawMessage = { bytes, contentType: null, headers: {}, receivedAtMs, name: path.basename(file) };
  const adapter = recogniseAdapter(message)?.adapter ?? null;
  const wanted: Wanted = JSON.parse(
    fs.readFileSync(path.join(folder, file.replace(/\.[^.]+$/, ".expected.json")), "utf8"),
  );
  return { bytes, message, adapter, wanted, lines: interpretFile(file, adapter, message, undefined) };
}

function wall(text: string): string {
  return text.slice(0, 16);
}

function expectEvents(line: Line | undefined, wanted: WantedEvent[]): void {
  expect(line?.events).toHaveLength(wanted.length);
  for (const [index, want] of wanted.entries()) {
    const got = line?.events[index];
    expect(got).toMatchObject({ rawDescription: want.rawDescription, location: want.location ?? null });
    if (want.rawCode !== null) expect(got?.rawCode).toBe(want.rawCode);
    if (want.status !== undefined) expect(got?.status).toBe(want.status);
    if (!want.local) expect(Date.parse(got?.occurredAt ?? "")).toBe(Date.parse(want.occurredAt));
    else expect(wall(got?.occurredAt ?? "")).toBe(wall(want.occurredAt));
    const named = want.timeCode !== undefined && want.timeCode !== "LT";
    if (want.local && !named) expect(got?.local).toBe(true);
    else expect(got?.occurredAt).toMatch(want.local ? /[+-]\d\d:\d\d$/ : /(Z|[+-]\d\d:\d\d)$/);
  }
}

function casesOf(family: string, pattern: RegExp): string[] {
  const files = fs
    .readdirSync(path.join(folder, family))
    .filter((file) => pattern.test(file) && !file.endsWith(".expected.json"));
  return files.map((file) => `${family}/${file}`);
}

if (!fs.existsSync(folder)) {
  it.skip(`no samples to compare with at ${folder} (WAYPOST_FEEDS_DIR names another place)`, () => {});
} else {
  let compared = 0;
  afterAll(() => console.log(`corpus: ${compared} samples of others compared`));

  describe("samples of EasyPost", () => {
    it.each(casesOf("aggregators", /^easypost/))("%s agrees", (file) => {
      const { adapter, wanted, lines } = read(file);
      expect(adapter?.name).toBe("easypost");
      expect(lines).toHaveLength(1);
      const [line] = lines;
      if (wanted.trackingNumber === null) {
        expect(line).toMatchObject({ trackingNumber: null, events: [], references: [] });
        expect(line?.problems.map(({ kind }) => kind)).toEqual(["unsupported_document"]);
      } else {
        expect(line).toMatchObject({
          trackingNumber: wanted.trackingNumber,
          carrier: wanted.carrier,
          summary: wanted.finalStatus,
          problems: [],
        });
        expectEvents(line, wanted.events ?? []);
      }
      compared++;
    });
  });

  describe("samples of X12", () => {
    it.each([...casesOf("freight-x12", /./), ...casesOf("freight-invoices", /^x12/)])("%s agrees", (file) => {
      const { adapter, wanted, lines, bytes } = read(file);
      expect(adapter?.name).toBe("x12");
      expectEnvelopes(bytes, wanted);
      const miscounted = (wanted.transactionSets ?? []).filter(({ countOk }) => !countOk);
      const mismatches = lines.flatMap(({ problems }) => problems).filter(({ kind }) => kind === "control_mismatch");
      expect(mismatches.map(({ at, found, expected }) => ({ at, found, expected }))).toEqual(
        miscounted.map(({ control, declared, segments }) => ({
          at: `ST ${control}/SE/1`,
          found: String(declared),
          expected: String(segments),
        })),
      );
      if (wanted.shipments) {
        expect(lines).toHaveLength(wanted.shipments.length);
        for (const want of wanted.shipments) {
          const line = lines.find(({ references }) => references.some(({ value }) => value === want.shipmentId));
          expect(line?.carrier).toBe(want.carrier?.toLowerCase());
          if (want.finalStatus !== undefined) expect(line?.summary).toBe(want.finalStatus);
          expectEvents(line, want.events ?? []);
        }
      } else if (wanted.loadId !== undefined) {
        expect(lines).toMatchObject([{ summary: wanted.finalStatus }]);
        expect(lines[0]?.references).toContainEqual({ kind: "tms_load", issuer: null, value: wanted.loadId });
      } else if (wanted.invoiceNumber !== undefined) expectFreightBill(lines, wanted);
      else if (wanted.invoices) {
        expect(
          lines.map(({ invoice }) => ({ number: invoice?.number, date: invoice?.date, total: invoice?.total })),
        ).toEqual(wanted.invoices.map(({ number, date, total }) => ({ number, date, total })));
      } else {
        expect(lines).toMatchObject([{ events: [], references: [], problems: [{ kind: "unsupported_document" }] }]);
        expect(lines[0]?.problems[0]?.found).toContain("000001746");
      }
      compared++;
    });
  });

  describe("the delivery history of a supply programme, as CSV", { timeout: 180_000 }, () => {
    const [file] = casesOf("wms-3pl", /\.csv$/);
    it("agrees in rows, lateness, modes, countries and costs", () => {
      if (file === undefined) throw new Error(`the sample is missing in ${folder}/wms-3pl`);
      const { adapter, lines, message } = read(file);
      const wanted = JSON.parse(fs.readFileSync(path.join(folder, file.replace(/\.csv$/, ".expected.json")), "utf8"));
      expect(adapter?.name).toBe("csv");
      expect(lines.reduce((sum, { rows }) => sum + rows, 0)).toBe(wanted.rows);
      expect(lines.every(({ summary }) => summary === "delivered")).toBe(true);
      expectHistory(message, wanted);
      compared++;
    });
  });

  it("leaves out no sample of these three formats", () => {
    expect(compared).toBe(
      casesOf("aggregators", /^easypost/).length +
        casesOf("freight-x12", /./).length +
        casesOf("freight-invoices", /^x12/).length +
        1,
    );
  });
}

function expectEnvelopes(bytes: Uint8Array, wanted: Wanted): void {
  const tokens = tokenize(bytes);
  if (!tokens.ok) throw new Error(JSON.stringify(tokens.problems));
  const [interchange] = tokens.value;
  if (wanted.delimiters) expect(interchange?.delimiters).toMatchObject(wanted.delimiters);
  if (wanted.isaControl) expect(interchange?.control).toBe(wanted.isaControl);
  const sets = tokens.value.flatMap(({ groups }) => groups).flatMap((group) => group.sets);
  expect(
    sets.map(({ code, control, segments, trailer }) => ({
      set: code,
      control,
      segments: segments.length,
      declared: Number(trailer?.count),
    })),
  ).toEqual(
    (wanted.transactionSets ?? []).map(({ set, control, segments, declared }) => ({
      set,
      control,
      segments,
      declared,
    })),
  );
}

function expectFreightBill(lines: Line[], wanted: Wanted): void {
  expect(lines).toHaveLength(1);
  const [line] = lines;
  expect(line?.invoice).toMatchObject({
    number: wanted.invoiceNumber,
    date: wanted.billDate,
    total: wanted.total,
    currency: wanted.currency,
  });
  expect(line?.invoice?.lines).toMatchObject(
    (wanted.lines ?? []).map(({ line: number, charge, code, description }) => ({
      line: String(number),
      amount: charge,
      ...(code === undefined ? {} : { code }),
      ...(description === undefined ? {} : { description }),
    })),
  );
  expect(line?.problems).toEqual([]);
}

/** Recomputes from the facts what the expectation counted in the file: nothing was lost, shifted or guessed on the way. */
function expectHistory(message: RawMessage, wanted: Record<string, unknown>): void {
  const csv = adapterNamed("csv");
  const outcome = csv?.interpret(message, {
    feedId: 0,
    zone: null,
    receivedAtMs,
    lookup: lookupInPacks(csv),
    settings: csv.parseSettings(undefined),
  });
  if (!outcome?.ok) throw new Error("the file was not read");
  const { shipments, problems } = outcome.value;
  const claim = (index: number, attribute: string) =>
    shipments[index]?.claims.find((said) => said.attribute === attribute)?.value;
  const modes: Record<string, number> = {};
  const countries = new Set<unknown>();
  let freightMinor = 0;
  const deliveredOn = new Map<string, number>();
  for (const { references, events } of shipments) {
    const asn = references.find(({ kind }) => kind === "wms_shipment")?.value ?? "";
    for (const event of events)
      if (event.kind === "delivered" && event.time) deliveredOn.set(asn, event.time.occurredAtMs);
  }
  const differences = shipments.map((facts, index) => {
    const mode = String(claim(index, "service") ?? "N/A");
    modes[mode] = (modes[mode] ?? 0) + 1;
    countries.add((claim(index, "address") as { country?: string } | undefined)?.country);
    freightMinor += (claim(index, "expected_freight") as { amountMinor: number } | undefined)?.amountMinor ?? 0;
    const asn = facts.references.find(({ kind }) => kind === "wms_shipment")?.value ?? "";
    const promisedDay = Math.floor(Date.parse(String(claim(index, "promised_delivery_at"))) / 86_400_000);
    return (deliveredOn.get(asn) ?? 0) / 86_400_000 - promisedDay;
  });
  expect({
    late: differences.filter((days) => days > 0).length,
    early: differences.filter((days) => days < 0).length,
    maxLateDays: Math.max(...differences),
    modes,
    countries: countries.size,
    freightSum: (freightMinor / 100).toFixed(2),
  }).toEqual({
    late: wanted.late,
    early: wanted.early,
    maxLateDays: wanted.maxLateDays,
    modes: wanted.modes,
    countries: wanted.countries,
    freightSum: wanted.freightSum,
  });
  const references = problems.find(({ found }) => found?.startsWith("See ASN"));
  expect(references?.kind).toBe("bad_value");
}
