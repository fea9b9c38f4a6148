import { describe, expect, test } from "vitest";
import { at, event, foldOf, packages } from "@/core/testing/facts";
import { DEFAULT_OWNERSHIP, type Ownership } from "./ownership";

const owned = (...milestones: Ownership["milestones"]) => ({ ownership: { ...DEFAULT_OWNERSHIP, milestones } });
const shipped = [event("packed", 1, { feedClass: "warehouse" }), event("picked_up", 2, { feedClass: "warehouse" })];
const scan = event("in_transit", 3, { feedClass: "carrier" });
const said = event("delivered", 4, { feedClass: "warehouse" });

describe("the owner of milestones", () => {
  test("as shipped is whoever tells them first", () => {
    expect(foldOf([...shipped, scan, said]).milestone).toBe("delivered");
  });

  test("alone says what became of the parcel once it has spoken", () => {
    const shipment = foldOf([...shipped, scan, said], owned("carrier"));
    expect(shipment).toMatchObject({ milestone: "in_transit", terminal: null });
    const later = foldOf([...shipped, scan, said, event("delivered", 9, { feedClass: "carrier" })], owned("carrier"));
    expect(later).toMatchObject({ terminal: "delivered", terminalAtMs: at(9) });
  });

  test("that has not spoken leaves it to the next, and one that is not named to nobody", () => {
    expect(foldOf([...shipped, said], owned("carrier")).terminal).toBe("delivered");
    const aggregator = event("out_for_delivery", 5, { feedClass: "aggregator" });
    expect(foldOf([aggregator, said], owned("carrier", "aggregator", "warehouse")).milestone).toBe("out_for_delivery");
  });

  test("does not own what came before the hand-over, nor who cancels, nor trouble", () => {
    const shipment = foldOf([...shipped, scan, event("damaged", 5, { feedClass: "warehouse" })], owned("carrier"));
    expect(shipment.reached.packed?.occurredAtMs).toBe(at(1));
    expect(shipment.reached.picked_up).toMatchObject({ occurredAtMs: at(2), inferred: false });
    expect(shipment.conditions.map(({ kind }) => kind)).toEqual(["damaged"]);
    expect(foldOf([scan, event("cancelled", 5, { feedClass: "odoo" })], owned("carrier")).terminal).toBe("cancelled");
  });

  test("decides for each package by who spoke of it, and the carrier's first scan stays one whoever owns", () => {
    const parcel = (
      number: string,
      feedClass: "carrier" | "warehouse",
      hours: number,
      kind: "in_transit" | "delivered",
    ) => event(kind, hours, { feedClass, package: number });
    const facts = [
      parcel("A", "carrier", 3, "in_transit"),
      parcel("A", "warehouse", 4, "delivered"),
      parcel("B", "warehouse", 5, "delivered"),
    ];
    const { packages: found } = foldOf(facts, { packages: packages("A", "B"), ...owned("carrier") });
    expect(found.map(({ milestone }) => milestone)).toEqual(["in_transit", "delivered"]);
    expect(foldOf([scan, said], owned("warehouse")).firstCarrierScanAtMs).toBe(at(3));
  });
});
