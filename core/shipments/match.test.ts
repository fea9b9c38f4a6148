import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anchorsIn } from "./anchors";
import type { Quantity } from "./attributes";
import { type Candidate, type Hit, match } from "./match";
import { type Reference, type ReferenceKind, reference } from "./references";

const NOW_MS = Date.UTC(2026, 0, 10);

type Said = [kind: ReferenceKind, value: string, issuer?: string | null];

function refs(...said: Said[]): Reference[] {
  return said.flatMap(([kind, value, issuer = null]) => reference(kind, issuer, value) ?? []);
}

type Known = { id: string; refs: Said[]; anchored?: boolean; warehouse?: string; products?: string[]; until?: number };

/** What is stored of each shipment, as hits and candidates. */
function stored(...known: Known[]): { hits: Hit[]; candidates: Map<string, Candidate> } {
  const hits: Hit[] = [];
  const candidates = new Map<string, Candidate>();
  for (const { id, refs: said, warehouse = null, products = [], until = null, ...rest } of known) {
    const references = refs(...said);
    for (const one of references) hits.push({ reference: one, shipmentId: id, liveUntilMs: until });
    const packages = references.filter(({ kind }) => kind === "tracking_number").map(({ value }) => value);
    const anchored = rest.anchored ?? references.some(({ kind }) => kind === "odoo_picking");
    candidates.set(id, { shipmentId: id, anchored, anchors: anchorsIn(references), warehouse, packages, products });
  }
  return { hits, candidates };
}

type Extra = { warehouse?: string; products?: string[] };

function matched(said: Said[], known: Known[], { warehouse, products }: Extra = {}) {
  const { hits, candidates } = stored(...known);
  const quantities = (products ?? []).map((code): Quantity => ({ code, line: null, ordered: 1, done: 1, uom: null }));
  const claims = [
    ...(warehouse ? [{ attribute: "warehouse" as const, value: warehouse, occurredAtMs: 0, subject: "" }] : []),
    ...(products ? [{ attribute: "quantities" as const, value: quantities, occurredAtMs: 0, subject: "" }] : []),
  ];
  const facts = { references: refs(...said), packages: [], claims };
  const found = match(facts, hits, candidates, NOW_MS);
  expect(match(facts, hits.toReversed(), candidates, NOW_MS)).toEqual(found);
  return found;
}

const P1: Said = ["odoo_picking", "WH/OUT/00001"];
const P2: Said = ["odoo_picking", "WH/OUT/00002"];
const N1: Said = ["tracking_number", "1Z-999", "ups"];
const N1_UNKNOWN: Said = ["tracking_number", "1z 999"];
const N2: Said = ["tracking_number", "1Z 888", "ups"];
const S1: Said = ["sales_order", "S00001"];

describe("strong keys", () => {
  it("name one shipment", () => {
    expect(matched([N1], [{ id: "a", refs: [P1, N1] }])).toMatchObject({ kind: "one", shipmentId: "a", link: [] });
  });

  it("match nothing that is not stored, is of another kind, or of another issuer", () => {
    expect(matched([N1], [{ id: "a", refs: [P1] }])).toEqual({ kind: "none" });
    expect(matched([["sscc", "1Z999"]], [{ id: "a", refs: [N1] }])).toEqual({ kind: "none" });
    expect(matched([["tracking_number", "1Z999", "fedex"]], [{ id: "a", refs: [N1] }])).toEqual({ kind: "none" });
    expect(matched([N1], [])).toEqual({ kind: "none" });
  });

  it("of an unknown issuer match any when exactly one live shipment has the number, on either side", () => {
    expect(matched([N1_UNKNOWN], [{ id: "a", refs: [N1] }])).toMatchObject({ kind: "one", shipmentId: "a" });
    expect(matched([N1], [{ id: "a", refs: [P1, N1_UNKNOWN] }])).toMatchObject({ kind: "one", shipmentId: "a" });
  });

  it("of an unknown issuer are ambiguous when several live shipments have the number", () => {
    const fedex: Said = ["tracking_number", "1Z999", "fedex"];
    const both: Known[] = [
      { id: "a", refs: [P1, N1] },
      { id: "b", refs: [P2, fedex] },
    ];
    expect(matched([N1_UNKNOWN], both)).toMatchObject({ kind: "ambiguous", candidates: ["a", "b"] });
    expect(matched([N1], both)).toMatchObject({ kind: "one", shipmentId: "a" });
  });

  it("of an unknown issuer go where such facts were put before", () => {
    const fedex: Said = ["tracking_number", "1Z999", "fedex"];
    const known: Known[] = [
      { id: "a", refs: [P1, N1] },
      { id: "b", refs: [P2, fedex] },
      { id: "c", refs: [N1_UNKNOWN] },
    ];
    expect(matched([N1_UNKNOWN], known)).toMatchObject({ kind: "one", shipmentId: "c", link: [] });
  });

  it("are free again when their window is over", () => {
    expect(matched([N1], [{ id: "a", refs: [N1], until: NOW_MS - 1 }])).toEqual({ kind: "none" });
    expect(matched([N1], [{ id: "a", refs: [N1], until: NOW_MS }])).toMatchObject({ kind: "one" });
    const again: Known[] = [
      { id: "a", refs: [N1], until: NOW_MS - 1 },
      { id: "b", refs: [N1] },
    ];
    expect(matched([N1], again)).toMatchObject({ kind: "one", shipmentId: "b" });
  });

  it("win over weak ones that point elsewhere", () => {
    const known: Known[] = [
      { id: "a", refs: [P1, N1] },
      { id: "b", refs: [P2, S1] },
    ];
    expect(matched([N1, S1], known)).toMatchObject({ kind: "one", shipmentId: "a", link: [] });
  });
});

describe("provisional shipments", () => {
  it("are linked to the anchored one that the same facts name", () => {
    const known: Known[] = [
      { id: "z", refs: [P1] },
      { id: "a", refs: [N1] },
      { id: "b", refs: [N2] },
    ];
    expect(matched([P1, N1, N2], known)).toMatchObject({ kind: "one", shipmentId: "z", link: ["a", "b"] });
  });

  it("are linked to the oldest when none is anchored", () => {
    const known: Known[] = [
      { id: "b", refs: [N1] },
      { id: "a", refs: [N2] },
    ];
    expect(matched([N1, N2], known)).toMatchObject({ kind: "one", shipmentId: "a", link: ["b"] });
  });

  it("take the order or picking that comes later", () => {
    expect(matched([P1, N1_UNKNOWN, S1], [{ id: "a", refs: [N1] }])).toMatchObject({ kind: "one", shipmentId: "a" });
  });

  it("are not linked against an anchor of their own", () => {
    const known: Known[] = [
      { id: "a", refs: [P1, ["wms_shipment", "W1"]] },
      { id: "b", refs: [N1, ["wms_shipment", "W2"]] },
    ];
    expect(matched([P1, N1], known)).toMatchObject({ kind: "conflict", home: "a", others: ["b"] });
  });

  it("that share the deciding key with the home are left as they are: a person kept them apart", () => {
    const known: Known[] = [
      { id: "a", refs: [P1, N1] },
      { id: "b", refs: [N1] },
    ];
    expect(matched([N1], known)).toMatchObject({ kind: "one", shipmentId: "a", link: [] });
  });
});

describe("strong keys of several anchored shipments", () => {
  const two: Known[] = [
    { id: "a", refs: [P1, N1] },
    { id: "b", refs: [P2, N2] },
  ];

  it("are a conflict without a home when nothing tells which is meant", () => {
    expect(matched([N1, N2], two)).toMatchObject({ kind: "conflict", home: null, others: ["a", "b"] });
  });

  it("are at home with the more telling key", () => {
    expect(matched([P1, N2], two)).toMatchObject({ kind: "conflict", home: "a", others: ["b"] });
  });

  it("go on to where such facts were put before, and stay a conflict", () => {
    const held: Known[] = [...two, { id: "c", refs: [N1, N2] }];
    expect(matched([N1, N2], held)).toMatchObject({ kind: "one", shipmentId: "c", link: [] });
  });

  it("are no conflict where one shipment has them all", () => {
    const known: Known[] = [
      { id: "a", refs: [P1, N1, ["container", "MSKU1"]] },
      { id: "b", refs: [P2, ["container", "MSKU1"]] },
    ];
    expect(matched([N1, ["container", "MSKU1"]], known)).toMatchObject({ kind: "one", shipmentId: "a" });
  });

  it("under one key that several share are resolved by lines, else ambiguous", () => {
    const box: Said = ["container", "MSKU1"];
    const known: Known[] = [
      { id: "a", refs: [P1, box], products: ["X"] },
      { id: "b", refs: [P2, box], products: ["Y"] },
    ];
    expect(matched([box], known)).toMatchObject({ kind: "ambiguous", candidates: ["a", "b"] });
    expect(matched([box], known, { products: ["Y"] })).toMatchObject({ kind: "one", shipmentId: "b" });
  });
});

describe("anchors", () => {
  it("of another value make another movement: a second picking under the same number is a duplicate to look at", () => {
    expect(matched([P2, N1], [{ id: "a", refs: [P1, N1] }])).toMatchObject({
      kind: "conflict",
      home: null,
      others: ["a"],
    });
  });

  it("of another value keep a second picking of the same order apart", () => {
    expect(matched([P2, S1], [{ id: "a", refs: [P1, S1] }])).toEqual({ kind: "none" });
  });

  it("of the warehouse keep its second shipment of one order apart", () => {
    const first: Known = { id: "a", refs: [["wms_shipment", "W1"], S1] };
    expect(matched([["wms_shipment", "W2"], S1], [first])).toEqual({ kind: "none" });
    expect(matched([["wms_shipment", "W1"], S1], [first])).toMatchObject({ kind: "one", shipmentId: "a" });
  });

  it("that are two names of one picking join what came under each", () => {
    const known: Known[] = [
      { id: "b", refs: [["odoo_picking", "31"], S1] },
      { id: "a", refs: [["odoo_picking", "WH/OUT/00031"], N1] },
    ];
    const both: Said[] = [
      ["odoo_picking", "31"],
      ["odoo_picking", "WH/OUT/00031"],
    ];
    expect(matched(both, known)).toMatchObject({ kind: "one", shipmentId: "a", link: ["b"] });
  });
});

describe("weak keys", () => {
  const order: Known[] = [
    { id: "a", refs: [P1, S1, N1], warehouse: "East", products: ["X", "Y"] },
    { id: "b", refs: [P2, S1], warehouse: "West", products: ["Y"] },
  ];

  it("name a shipment when only one has them", () => {
    expect(matched([S1], order.slice(0, 1))).toMatchObject({ kind: "one", shipmentId: "a" });
  });

  it("are ambiguous when several have them and nothing resolves it", () => {
    expect(matched([S1], order)).toMatchObject({ kind: "ambiguous", candidates: ["a", "b"] });
  });

  it.each<[string, Said[], Extra, string]>([
    ["the warehouse", [S1], { warehouse: "west " }, "b"],
    ["all products being among its lines", [S1], { products: ["X"] }, "a"],
    ["exactly its products", [S1], { products: ["Y"] }, "b"],
    ["another weak key", [S1, ["customer_po", "PO-7"]], {}, "b"],
  ])("are resolved by %s", (_, said, extra, home) => {
    const known = order.map((one) =>
      one.id === "b" ? { ...one, refs: [...one.refs, ["customer_po", "PO-7"] as Said] } : one,
    );
    expect(matched(said, known, extra)).toMatchObject({ kind: "one", shipmentId: home });
  });

  it("are not resolved by a warehouse that none of them is in", () => {
    expect(matched([S1], order, { warehouse: "North" })).toMatchObject({ kind: "ambiguous" });
  });

  it("go on to where such facts were put before, instead of making one more shipment each time", () => {
    expect(matched([S1], [...order, { id: "c", refs: [S1] }])).toMatchObject({ kind: "one", shipmentId: "c" });
  });
});

it("one number that one shipment has leads there, whatever its issuer, unless an issuer contradicts", () => {
  expect(matched([N1], [{ id: "a", refs: [N1] }])).toEqual({ kind: "one", shipmentId: "a", by: refs(N1), link: [] });
  expect(matched([N1_UNKNOWN], [{ id: "a", refs: [N1], anchored: true }])).toMatchObject({ shipmentId: "a" });
  expect(matched([N1], [{ id: "a", refs: [N1_UNKNOWN] }])).toMatchObject({ shipmentId: "a" });
  expect(matched([N1], [{ id: "a", refs: [["tracking_number", N1[1], "another"]] }])).toEqual({ kind: "none" });
});

it("any order of hits gives the same match", () => {
  const said: Said[] = [
    P1,
    P2,
    N1,
    N1_UNKNOWN,
    N2,
    S1,
    ["wms_shipment", "W1"],
    ["wms_shipment", "W2"],
    ["customer_po", "PO-7"],
  ];
  const some = fc.subarray(said, { minLength: 1 });
  const known = fc.array(fc.record({ refs: some, anchored: fc.boolean() }), { maxLength: 5 });
  fc.assert(
    fc.property(some, known, fc.array(fc.nat(), { minLength: 50, maxLength: 50 }), (facts, shipments, order) => {
      const { hits, candidates } = stored(...shipments.map((one, index) => ({ ...one, id: `s${index}` })));
      const shuffled = [...hits, ...hits.slice(0, 3)]
        .map((hit, index) => ({ hit, by: order[index % order.length] ?? 0 }))
        .sort((a, b) => a.by - b.by)
        .map(({ hit }) => hit);
      const given = { references: refs(...facts), packages: [], claims: [] };
      const found = match(given, hits, candidates, NOW_MS);
      expect(match(given, shuffled, new Map([...candidates].reverse()), NOW_MS)).toEqual(found);
      if (found.kind === "one") expect(found.link).not.toContain(found.shipmentId);
      if (found.kind === "conflict") expect(found.others.length).toBeGreaterThan(0);
      if (found.kind === "ambiguous") expect(found.candidates.length).toBeGreaterThan(1);
    }),
    { numRuns: 3000 },
  );
});
