import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cut, RawMessage, TranslateContext } from "../feed";
import { lookupInPacks } from "../registry";
import { csv } from "./adapter";
import { readClock, readDate } from "./dates";
import { detectLayout } from "./layout";
import { decimalSaid, readNumber } from "./numbers";
import { readRecords } from "./records";
import { decodeText } from "./text";

const receivedAtMs = Date.UTC(2026, 10, 20, 12);
const utf8 = (text: string) => new TextEncoder().encode(text);

function read(text: string | Uint8Array, settings?: unknown, lookup?: TranslateContext["lookup"]) {
  const bytes = typeof text === "string" ? utf8(text) : text;
  const message: RawMessage = { bytes, contentType: "text/csv", headers: {}, receivedAtMs, name: "export.csv" };
  return csv.interpret(message, contextOf(csv.parseSettings(settings), lookup));
}

function contextOf(settings: unknown, lookup?: TranslateContext["lookup"]): TranslateContext {
  return { feedId: 1, zone: null, receivedAtMs, lookup: lookup ?? lookupInPacks(csv), settings };
}

function facts(text: string | Uint8Array, settings?: unknown) {
  const outcome = read(text, settings);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

describe("the layout of a delimited file", () => {
  it.each([
    ["commas", ",", "a,b,c\n1,2,3\n4,5,6\n"],
    ["semicolons beside decimal commas", ";", "a;b;c\n1,5;2,5;3\n4,5;5;6\n"],
    ["tabs", "\t", "a\tb\n1,5\t2\n"],
    ["bars", "|", "a|b|c\n1|2|3\n"],
    ["a spreadsheet's own word", ";", "sep=;\r\na;b\r\n1;2\r\n"],
    ["a title above the header", ";", "Export of 1, 2 and 3\n\nShipment;Shipped\nS1;2026-01-02\nS2;2026-01-03\n"],
  ])("finds %s", (_what, delimiter, text) => {
    expect(detectLayout(utf8(text))?.delimiter).toBe(delimiter);
  });

  it("shows the header below a title, and counts rows without it", () => {
    expect(
      detectLayout(utf8("Export, of, today\nx\nShipment;Shipped\nS1;2026-01-02\nS2;2026-01-03\nS3;2026-01-03\n")),
    ).toMatchObject({
      header: ["Shipment", "Shipped"],
      headerRow: 3,
      rows: 3,
    });
  });

  it.each([
    ["day first, by a day above twelve", ["03/04/26", "25/04/26"], { order: "dmy", ambiguous: false, told: "itself" }],
    [
      "month first, by a day above twelve",
      ["03/04/26", "04/25/26"],
      { order: "mdy", ambiguous: false, told: "itself" },
    ],
    ["neither, where both fit", ["03/04/26", "05/06/26"], { order: null, ambiguous: true, told: "nothing" }],
    ["neither, where both are needed", ["25/04/26", "04/25/26"], { order: null, ambiguous: true, told: "nothing" }],
    ["the year first", ["2026-04-03", "2026-04-25"], { order: "ymd", ambiguous: false }],
    ["names of months", ["02-Jun-06", "3 July 2026"], { order: "dmy", ambiguous: false }],
    [
      "two notations, marked",
      ["11/13/06", "2005-03-13", "11/14/06"],
      { order: "mdy", ambiguous: true, notations: ["/", "iso"] },
    ],
  ])("tells the order of day and month: %s", (_what, dates, expected) => {
    const text = `Shipment,Shipped\n${dates.map((date, index) => `S${index},${date}`).join("\n")}\n`;
    expect(detectLayout(utf8(text))?.dateColumns).toMatchObject([{ column: "Shipped", ...expected }]);
  });

  it("lets other columns written alike decide, and still says that it is ambiguous", () => {
    const layout = detectLayout(utf8("Shipment,Shipped,Delivered\nS1,03/04/26,25/04/26\nS2,05/04/26,26/04/26\n"));
    expect(layout?.dateColumns[0]).toMatchObject({ column: "Shipped", order: "dmy", ambiguous: true, told: "others" });
    expect(layout?.suggestedMapping.doubts).toContain(
      "the order of day and month in Shipped was told by other columns",
    );
  });

  it("shows words among dates with their number", () => {
    const layout = detectLayout(
      utf8("Shipment,Shipped\nS1,Date Not Captured\nS2,02-Jun-06\nS3,Date Not Captured\nS4,03-Jun-06\n"),
    );
    expect(layout?.dateColumns[0]).toMatchObject({
      words: [{ word: "Date Not Captured", count: 2 }],
      dates: 2,
      filled: 4,
    });
    expect(layout?.suggestedMapping.confidence).toBeLessThan(0.8);
  });

  it("takes no plain numbers for dates", () => {
    expect(detectLayout(utf8("Shipment,Qty\nS1,20261118\nS2,12\nS3,99999999\n"))?.dateColumns).toEqual([]);
  });

  it.each([
    ["a comma", "Shipment;W\nS1;1.234,5\nS2;0,75\n", ","],
    ["a point", "Shipment;W\nS1;1,234.5\nS2;0.75\n", "."],
    ["nothing, where thousands and decimals look alike", "Shipment;W\nS1;1.234\nS2;5.678\n", null],
  ])("hears %s from the numbers", (_what, text, decimal) => {
    expect(detectLayout(utf8(text))?.decimal).toBe(decimal);
  });

  it("suggests what a warehouse means by its headers, and is sure of it", () => {
    const header =
      "Delivery Note,SalesOrder,Tracking No.,Courier,Allocated At,Picked At,Packed At,Shipped At,Delivered At,SKU,Qty Shipped,Gross Weight (kg),ShipTo_ZIP";
    const row =
      "DN1,SO1,1Z1,UPS,2026-11-17 08:00,2026-11-17 09:00,2026-11-17 10:00,2026-11-17 11:00,2026-11-18 12:00,SKU1,3,1.5,80331";
    const { mapping, confidence } = detectLayout(utf8(`${header}\n${row}\n`))?.suggestedMapping ?? {
      mapping: null,
      confidence: 0,
    };
    expect(confidence).toBeGreaterThan(0.8);
    expect(
      mapping?.columns.map((column) =>
        `${column.column} > ${column.gives} ${"kind" in column ? column.kind : ""}`.trim(),
      ),
    ).toEqual([
      "Delivery Note > reference wms_shipment",
      "SalesOrder > reference sales_order",
      "Tracking No. > reference tracking_number",
      "Courier > text",
      "Allocated At > event allocated",
      "Picked At > event picked",
      "Packed At > event packed",
      "Shipped At > event picked_up",
      "Delivered At > event delivered",
      "SKU > product",
      "Qty Shipped > done",
      "Gross Weight (kg) > weight",
      "ShipTo_ZIP > address",
    ]);
  });

  it("takes when a delivery was written down, promised or invoiced for no delivery", () => {
    const mapping = detectLayout(
      utf8(
        "Shipment,Delivery Recorded Date,Scheduled Delivery Date,Invoice Date,Delivered to Client Date\nS1,02-Jun-06,01-Jun-06,03-Jun-06,02-Jun-06\n",
      ),
    )?.suggestedMapping.mapping;
    expect(mapping?.columns.filter(({ gives }) => gives === "event")).toMatchObject([
      { column: "Delivered to Client Date", kind: "delivered" },
    ]);
    expect(mapping?.columns.filter(({ gives }) => gives === "date")).toMatchObject([
      { attribute: "promised_delivery_at" },
    ]);
  });
});

describe("encodings", () => {
  it.each([
    ["UTF-8", utf8("Ort;Münster €")],
    ["UTF-8 with its mark", Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), utf8("Ort;Münster €")])],
    ["UTF-16, little end first", Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from("Ort;Münster €", "utf16le")])],
    ["UTF-16, big end first", Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from("Ort;Münster €", "utf16le").swap16()])],
    ["UTF-16 without a mark", Buffer.from("Ort;Münster €", "utf16le")],
    ["Windows-1252", Buffer.from("Ort;M\u00fcnster \u0080", "latin1")],
  ])("reads %s", (_name, bytes) => {
    expect(decodeText(bytes)?.text).toBe("Ort;Münster €");
  });

  it("reads a named encoding, and refuses bytes that are no text", () => {
    expect(decodeText(Buffer.from([0xb9, 0xe6]), "windows-1250")?.text).toBe("ąć");
    expect(decodeText(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]))).toBeNull();
  });
});

describe("records", () => {
  const rows = (text: string) => [...readRecords(text, ",")];

  it("reads quotes, doubled quotes, line breaks inside quotes and every line ending", () => {
    expect(rows('a,"b ""c""",d\r\n"e\nf",,g\rh\n').map(({ fields }) => fields)).toEqual([
      ["a", 'b "c"', "d"],
      ["e\nf", "", "g"],
      ["h"],
    ]);
  });

  it("loses one line, not the file, to a quote that is never closed", () => {
    const read = rows('a,b\n1,"open\n2,"closed"\n3,x\n');
    expect(read.map(({ row, fault }) => [row, fault])).toEqual([
      [1, null],
      [2, "a quote that is never closed"],
      [3, null],
      [4, null],
    ]);
  });

  it("counts blank lines as a spreadsheet does", () => {
    expect(rows("a,b\n\n1,2\n").map(({ row }) => row)).toEqual([1, 3]);
  });

  it("gives back what was written, whatever the fields hold", () => {
    const field = fc.string({ maxLength: 20 }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(fc.tuple(field, field, fc.constant("x")), { minLength: 1, maxLength: 20 }), (table) => {
        const text = table
          .map((fields) => fields.map((value) => `"${value.replaceAll('"', '""')}"`).join(","))
          .join("\r\n");
        expect(rows(text).map(({ fields }) => fields)).toEqual(table);
      }),
    );
  });
});

describe("dates and times of day", () => {
  it.each([
    ["18.11.2026 08:05", "dmy", { year: 2026, month: 11, day: 18, hour: 8, minute: 5 }],
    ["11/18/09", "mdy", { year: 2009, month: 11, day: 18 }],
    ["1/2/1999", "mdy", { year: 1999, month: 1, day: 2 }],
    ["02-Jun-06", "mdy", { year: 2006, month: 6, day: 2 }],
    ["June 2, 2026", "dmy", { year: 2026, month: 6, day: 2 }],
    ["8/17/2021 7:11:26 PM", "mdy", { year: 2021, month: 8, day: 17, hour: 19, minute: 11, second: 26 }],
    ["20261118", "ymd", { year: 2026, month: 11, day: 18 }],
    ["2026/1/5 08.30", "ymd", { year: 2026, month: 1, day: 5, hour: 8, minute: 30 }],
    [
      "2026-11-18T08:05:06+01:00",
      "ymd",
      { year: 2026, month: 11, day: 18, hour: 8, minute: 5, second: 6, offsetMinutes: 60 },
    ],
  ] as const)("reads %s (%s)", (text, order, expected) => {
    expect(readDate(text, order)).toEqual(expected);
  });

  it.each([
    ["18.11.2026", "mdy"],
    ["2026-11-18", "mdy"],
    ["11/18/2026", "dmy"],
    ["31.02.2026", "dmy"],
    ["11/18/2026 17:10 PM", "mdy"],
    ["02-Xyz-06", "dmy"],
    ["Date Not Captured", "dmy"],
    ["18.11/2026", "dmy"],
    ["18.11.2026 later", "dmy"],
    ["", "ymd"],
  ] as const)("takes %s for no date of order %s", (text, order) => {
    expect(readDate(text, order)).toBeNull();
  });

  it("reads midnight and noon of twelve hours", () => {
    expect([readClock("12:05 AM"), readClock("12:05 pm"), readClock("1:05 p.m."), readClock("0:05 am")]).toEqual([
      { hour: 0, minute: 5 },
      { hour: 12, minute: 5 },
      { hour: 13, minute: 5 },
      null,
    ]);
  });
});

describe("numbers", () => {
  it.each([
    ["1,234.50", ".", "1234.50"],
    ["1.234,50", ",", "1234.50"],
    ["€ 1.234,50", ",", "1234.50"],
    ["-3", ".", "-3"],
    ["12 kg", ".", "12"],
    ["1,5", ".", null],
    ["1,23,456", ".", null],
    ["Freight Included", ".", null],
    ["", ".", null],
  ] as const)("reads %s with decimal %s as %s", (text, decimal, expected) => {
    expect(readNumber(text, decimal)).toBe(expected);
  });

  it("hears no decimal sign from a number that has none", () => {
    expect([decimalSaid("1234"), decimalSaid("1,234"), decimalSaid("0,234"), decimalSaid("1234,5")]).toEqual([
      null,
      null,
      ",",
      ",",
    ]);
  });
});

describe("a warehouse export", () => {
  const mapping = {
    delimiter: ";",
    decimal: ",",
    columns: [
      { column: "Ref", gives: "reference", kind: "wms_shipment", issuer: "wms1" },
      { column: "Date", gives: "time", order: "dmy", clock: "Hour" },
      { column: "Word", gives: "status" },
      { column: "Key", gives: "event_id" },
    ],
  };

  it("reads a time of day from its own column and keeps the row's own key", () => {
    const { shipments } = facts("Ref;Word;Date;Hour;Key\nS1;Shipped;18.11.2026;16:45;K-1\n", { mapping });
    expect(shipments[0]?.references).toEqual([{ kind: "wms_shipment", issuer: "wms1", value: "S1", said: "S1" }]);
    expect(shipments[0]?.events[0]).toMatchObject({
      kind: "picked_up",
      time: { occurredAtMs: Date.UTC(2026, 10, 18, 16, 45), precision: "minute", basis: "assumed" },
      raw: { eventId: "K-1", word: "Shipped", time: "18.11.2026 16:45" },
    });
  });

  it("gives rows of two shipments with the same words different keys, and one row always the same", () => {
    const text = "Shipment,Delivered\nS1,2026-11-18\nS2,2026-11-18\n";
    const keys = facts(text).shipments.map(({ events }) => events[0]?.raw.eventId);
    expect(new Set(keys).size).toBe(2);
    expect(facts(`\n${text}\n`).shipments.map(({ events }) => events[0]?.raw.eventId)).toEqual(keys);
  });

  it("refuses a file whose mapped column was renamed with one problem, and one whose column stands twice", () => {
    const renamed = read(
      "Ref;Status;Date;Hour;Key\nS1;Shipped;18.11.2026;16:45;K-1\nS2;Shipped;18.11.2026;16:45;K-2\n",
      { mapping },
    );
    expect(renamed).toMatchObject({
      ok: false,
      problems: [{ kind: "schema", at: "header", expected: "the mapped column Word" }],
    });
    const twice = read("Ref;Word;Date;Hour;Key;Ref\nS1;Shipped;18.11.2026;16:45;K-1;S9\n", { mapping });
    expect(twice).toMatchObject({ ok: false, problems: [{ kind: "schema", expected: "the mapped column Ref once" }] });
  });

  it("reads on in the rest of a row of which one date is bad, and drops a row that has no good one", () => {
    const { shipments, problems } = facts(
      "Shipment,Picked,Shipped\nS1,2026-11-17,soon\nS2,,later\nS3,2026-11-17,2026-11-18\nS4,2026-11-17,2026-11-18\nS5,2026-11-17,2026-11-18\nS6,2026-11-17,2026-11-18\nS7,2026-11-17,2026-11-18\nS8,2026-11-17,2026-11-18\nS9,2026-11-17,2026-11-18\nS10,2026-11-17,2026-11-18\n",
    );
    expect(shipments.map(({ at }) => at)).toEqual([
      "row 2",
      ...Array.from({ length: 8 }, (_, index) => `row ${index + 4}`),
    ]);
    expect(problems.map(({ at, found }) => `${at}: ${found}`)).toEqual(["row 2/Shipped: soon", "row 3/Shipped: later"]);
  });

  it("asks the crosswalk for the word as it stands, then in lower case", () => {
    const asked: string[] = [];
    read("Shipment,Status,Status Date\nS1,WEG,2026-11-18\n", undefined, (kind, word) => {
      if (kind === "status") asked.push(word);
      return undefined;
    });
    expect(asked).toEqual(["WEG", "weg"]);
  });

  it("refuses settings that name no column, a currency that is none or an unknown order", () => {
    const bad = (columns: unknown[]) => () => csv.parseSettings({ mapping: { columns } });
    expect(bad([])).toThrow();
    expect(bad([{ column: "a", gives: "money", attribute: "order_value", currency: "euro" }])).toThrow();
    expect(bad([{ column: "a", gives: "time", order: "ydm" }])).toThrow();
    expect(bad([{ column: "a", gives: "anything" }])).toThrow();
  });

  it("reads 20,000 rows and their faults in less than a minute, on a busy machine too", () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => `SHP-${index},1Z${index},UPS,Shipped,${index % 100 === 0 ? "never" : "2026-11-18 10:00"}`,
    );
    const start = performance.now();
    const { shipments, problems, records } = facts(
      `Shipment,Tracking Number,Carrier,Status,Status Date\n${rows.join("\n")}`,
    );
    expect([shipments.length, problems.length, records]).toEqual([19_800, 200, 20_000]);
    expect(performance.now() - start).toBeLessThan(60_000);
  }, 120_000);
});

describe("a file too large for one batch", { timeout: 120_000 }, () => {
  const header = "ASN,SKU,Qty Shipped,Shipped,Carrier\n";
  const row = (index: number) =>
    `A${index % 1_700},SKU-${index},${index},2026-11-${String((index % 20) + 1).padStart(2, "0")},"UPS, ""fast"""\n`;
  const text = `Title above\n${header}${Array.from({ length: 3_400 }, (_, index) => row(index)).join("")}A9,"open,1,2026-11-18,x\n`;
  const message: RawMessage = {
    bytes: utf8(text),
    contentType: "text/csv",
    headers: {},
    receivedAtMs,
    name: "big.csv",
  };

  const saved = { mapping: detectLayout(message.bytes)?.suggestedMapping.mapping };
  const settings = csv.parseSettings(saved);

  const said = (all: ReturnType<typeof facts>[]) =>
    all
      .flatMap(({ shipments }) => shipments)
      .map((shipment) => JSON.stringify(shipment))
      .sort();
  const readIn = (cut: Cut) =>
    [...cut.parts].map((part) => {
      const outcome = csv.interpret(part, contextOf(cut.settings));
      if (!outcome.ok) throw new Error("a part cannot be read");
      return outcome.value;
    });

  it("is cut into parts that say the same of the same rows, with the lines of a shipment together", () => {
    const cut = csv.split?.(message, settings);
    if (!cut) throw new Error("it was not cut");
    expect(cut.count).toBe(3);
    const whole = facts(text, saved);
    const parts = readIn(cut);
    expect(parts.reduce((sum, { records }) => sum + records, 0)).toBe(whole.records);
    expect(said(parts)).toEqual(said([whole]));
    expect(parts.flatMap(({ problems }) => problems)).toEqual(whole.problems);
    expect(whole.problems).toHaveLength(1);
  });

  it("without a saved mapping is cut by the one that the whole file suggests, and left whole where that is doubtful", () => {
    const cut = csv.split?.(message, csv.parseSettings(undefined));
    if (!cut) throw new Error("it was not cut");
    expect(said(readIn(cut))).toEqual(said([facts(text)]));
    const doubtful = text.replaceAll(/2026-11-(\d\d)/g, "03/0$1/26").replaceAll(/0(0\d|1\d|20)\/26/g, "05/26");
    expect(csv.split?.({ ...message, bytes: utf8(doubtful) }, csv.parseSettings(undefined))).toBeNull();
  });

  it("is left whole where it is small, or cannot be read", () => {
    const small = { ...message, bytes: utf8(`${header}${row(1)}`) };
    expect(csv.split?.(small, settings)).toBeNull();
    const strange = { ...message, bytes: utf8("what,is\nthis,file\n".repeat(2_000)) };
    expect(csv.split?.(strange, settings)).toBeNull();
  });
});
