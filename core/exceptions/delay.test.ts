import { describe, expect, it } from "vitest";
import { spanInTwoUnits } from "@/core/duration";
import type { Shipment } from "@/core/shipments/shipment";
import { at, claim, event, foldOf, packages } from "@/core/testing/facts";
import { delayAsEvidence, delayInWords, delayOf } from "./delay";
import type { ExceptionKind } from "./kinds";
import { utc } from "./rule";
import { DEFAULT_THRESHOLDS } from "./thresholds";

const THRESHOLDS = { ...DEFAULT_THRESHOLDS, firstScanMinutes: 24 * 60, scanMinutes: 48 * 60 };
const MINUTE = 60_000;

function delay(kind: ExceptionKind, occurrence: string, shipment: Shipment, subject = "shipment") {
  return delayOf({ kind, subject, occurrence }, shipment, THRESHOLDS);
}

function words(kind: ExceptionKind, occurrence: string, shipment: Shipment) {
  const found = delay(kind, occurrence, shipment);
  return found && delayInWords(kind, found);
}

describe("how late it was in the end", () => {
  const booked = `booked ${utc(at(0))}`;
  const promise = `promise ${utc(at(40))}`;

  it("the first scan, from the label and from the limit", () => {
    const shipment = foldOf([event("booked", 0), event("picked_up", 26.5), event("in_transit", 30)]);
    const found = delay("first_scan_late", booked, shipment);
    expect(found).toEqual({ sinceMs: at(0), limitMs: at(24), endedMs: at(26.5) });
    expect(found && delayAsEvidence(found)).toEqual({ limit: utc(at(24)), ended: utc(at(26.5)), lateMinutes: 150 });
    expect(words("first_scan_late", booked, shipment)).toBe(
      "The first scan came 26 h 30 min after booking, 2 h 30 min after the limit.",
    );
  });

  it("a scan that was in time and told late is no delay", () => {
    const shipment = foldOf([event("booked", 0), event("picked_up", 20)]);
    const found = delay("first_scan_late", booked, shipment);
    expect(found && delayAsEvidence(found).lateMinutes).toBe(0);
    expect(words("first_scan_late", booked, shipment)).toBe(
      "The first scan came 20 h after booking, before the limit: it was only told late.",
    );
  });

  it("the scan after the one before, also where several came at once", () => {
    const shipment = foldOf([event("picked_up", 0), event("in_transit", 50), event("out_for_delivery", 60)]);
    expect(words("scan_late", `scan ${utc(at(0))}`, shipment)).toBe(
      "The next scan came 50 h after the one before, 2 h after the limit.",
    );
  });

  it("of a package its own scan", () => {
    const events = [
      event("picked_up", 0, { package: "1Z1" }),
      event("picked_up", 0, { package: "1Z2" }),
      event("in_transit", 49, { package: "1Z1" }),
      event("in_transit", 72, { package: "1Z2" }),
    ];
    const shipment = foldOf(events, { packages: packages("1Z1", "1Z2") });
    expect(delay("scan_late", `scan ${utc(at(0))}`, shipment, "package:1Z2")?.endedMs).toBe(at(72));
    expect(delay("scan_late", `scan ${utc(at(0))}`, shipment, "package:1Z1")?.endedMs).toBe(at(49));
  });

  it("dispatch and delivery, against the promise", () => {
    const shipment = foldOf([event("booked", 0), event("picked_up", 41), event("delivered", 140)]);
    expect(words("dispatch_late", promise, shipment)).toBe("It was dispatched 1 h after the promise.");
    expect(words("delivery_late", promise, shipment)).toBe("It was delivered 4 d 4 h after the promise.");
    expect(words("delivery_late", promise, foldOf([event("delivered", 39)]))).toBe(
      "It was delivered before the promise: it was only told late.",
    );
  });

  it.each<[string, ExceptionKind, string, Shipment]>([
    [
      "one that was cancelled before a scan",
      "first_scan_late",
      booked,
      foldOf([event("booked", 0), event("cancelled", 30)]),
    ],
    [
      "one with a new promise",
      "delivery_late",
      promise,
      foldOf([event("picked_up", 2)], { claims: [claim("carrier", "promised_delivery_at", utc(at(90)))] }),
    ],
    ["one that came back", "delivery_late", promise, foldOf([event("picked_up", 2), event("returned", 60)])],
    ["one of no clock", "damaged", `damaged ${utc(at(0))}`, foldOf([event("delivered", 30)])],
    ["one whose occurrence names no instant", "delivery_late", "?", foldOf([event("delivered", 30)])],
  ])("%s has no delay", (_what, kind, occurrence, shipment) => {
    expect(delay(kind, occurrence, shipment)).toBeNull();
  });

  it.each([
    [0.5, "less than a minute"],
    [59, "59 min"],
    [120, "2 h"],
    [71 * 60 + 59, "71 h 59 min"],
    [72 * 60, "3 d"],
    [75 * 60, "3 d 3 h"],
  ])("%s minutes are %s", (minutes, said) => {
    expect(spanInTwoUnits(minutes * MINUTE)).toBe(said);
  });
});
