import { describe, expect, it } from "vitest";
import type { RawMessage } from "../feed";
import { lookupInPacks } from "../registry";
import { x12 } from "./adapter";
import { tokenize } from "./tokenize";

const receivedAtMs = Date.UTC(2026, 10, 19, 14, 5);

function interchange(
  sets: string[],
  { group = "QM", version = "004010", count = sets.length, end = "~\n", ge = "77" } = {},
) {
  const isa =
    "ISA*00*          *00*          *02*CARR           *ZZ*SHIPPERCO      *261119*0830*U*00401*000000101*0*T*>";
  return [
    isa,
    `GS*${group}*CARRAPP*OURAPP*20261119*0830*77*X*${version}`,
    ...sets,
    `GE*${count}*${ge}`,
    "IEA*1*000000101",
  ]
    .map((s) => s + end)
    .join("");
}

const good = (control: string) =>
  `ST*214*${control}~\nB10*PRO1*LOAD1*CARR~\nAT7*AF*NS***20261118*1005*ET~\nSE*4*${control}`;

function acknowledge(text: string) {
  const message: RawMessage = {
    bytes: new TextEncoder().encode(text),
    contentType: null,
    headers: {},
    receivedAtMs,
    name: null,
  };
  const context = { feedId: 1, zone: null, receivedAtMs, lookup: lookupInPacks(x12), settings: {} };
  const ack = x12.acknowledge?.(message, x12.interpret(message, context), 42) ?? null;
  return { ack, segments: ack?.body.split("~\n").filter((line) => line !== "") ?? [] };
}

describe("a 997 back", () => {
  it("accepts a good set, changes sender and receiver and counts itself rightly", () => {
    const { ack, segments } = acknowledge(interchange([good("0001")]));
    expect(ack?.fileName).toBe("997-000000042.edi");
    expect(segments).toEqual([
      "ISA*00*          *00*          *ZZ*SHIPPERCO      *02*CARR           *261119*1405*U*00401*000000042*0*T*>",
      "GS*FA*OURAPP*CARRAPP*20261119*1405*42*X*004010",
      "ST*997*0001",
      "AK1*QM*77",
      "AK2*214*0001",
      "AK5*A",
      "AK9*A*1*1*1",
      "SE*6*0001",
      "GE*1*42",
      "IEA*1*000000042",
    ]);
    expect(segments[0]).toHaveLength(105);
  });

  it("is itself an interchange without a fault", () => {
    const { ack } = acknowledge(interchange([good("0001"), good("0002")]));
    const tokens = tokenize(new TextEncoder().encode(ack?.body));
    expect(tokens).toMatchObject({ ok: true, problems: [] });
  });

  it("names the segment and element of an error, and takes the set", () => {
    const { segments } = acknowledge(
      interchange(["ST*214*0001~\nB10*PRO1*LOAD1~\nAT7*AF*NS*AB*NA*20261199*2590*ET~\nSE*4*0001"]),
    );
    expect(segments.slice(4, -3)).toEqual([
      "AK2*214*0001",
      "AK3*B10*2**8",
      "AK4*3*140*1",
      "AK3*AT7*3**8",
      "AK4*3*1652*10",
      "AK4*6*337*9",
      "AK5*E*5",
      "AK9*E*1*1*1",
    ]);
  });

  it("rejects what it cannot use and says how many it took", () => {
    const { segments } = acknowledge(
      interchange([
        good("0001"),
        "ST*855*0002~\nSE*2*0002",
        "ST*214*0003~\nLX*1~\nSE*3*0003",
        good("0004").replace("SE*4*0004", "SE*4*0009"),
        good("0005").replace("SE*4", "SE*9"),
      ]),
    );
    expect(segments.filter((line) => /^AK[2359]/.test(line))).toEqual([
      "AK2*214*0001",
      "AK5*A",
      "AK2*855*0002",
      "AK5*R*1",
      "AK2*214*0003",
      "AK3*B10*2**3",
      "AK5*R*5",
      "AK2*214*0004",
      "AK5*R*3",
      "AK2*214*0005",
      "AK5*E*4",
      "AK9*P*5*5*2",
    ]);
  });

  it("reports a group that was miscounted or closed under another number", () => {
    expect(acknowledge(interchange([good("0001")], { count: 3, ge: "78" })).segments).toContain("AK9*E*3*1*1*4*5");
  });

  it("rejects a group of which nothing can be used", () => {
    expect(acknowledge(interchange(["ST*855*0001~\nSE*2*0001"])).segments).toContain("AK9*R*1*1*0");
  });

  it("mirrors the sender's delimiters", () => {
    const text = interchange([good("0001").replaceAll("~\n", "'")], { end: "'" }).replaceAll("*", "|");
    expect(acknowledge(text).ack?.body).toContain("'\nAK1|QM|77'\n");
  });

  it("never answers a 997, nor what has no interchange", () => {
    expect(
      acknowledge(interchange(["ST*997*0001~\nAK1*SM*1~\nAK9*A*1*1*1~\nSE*4*0001"], { group: "FA" })).ack,
    ).toBeNull();
    expect(acknowledge("hello").ack).toBeNull();
  });
});

describe("a peek at an X12 interchange", () => {
  const peek = (text: string) =>
    x12.peek({ bytes: new TextEncoder().encode(text), contentType: null, headers: {}, receivedAtMs, name: null });

  it("finds sender, control number and the first shipment, also in a wrapped ISA", () => {
    expect(peek(interchange([good("0001")]))).toEqual({ deliveryId: "CARR:000000101", laneKey: "LOAD1" });
    expect(
      peek(`\ufeff${interchange([good("0001")]).replace("SHIPPERCO      ", "SHIPPERCO\r\n      ")}`).deliveryId,
    ).toBe("CARR:000000101");
    expect(peek("ISA")).toEqual({ deliveryId: null, laneKey: null });
  });
});
