import { expect, test } from "vitest";
import { classOfPosting, readPolicies } from "@/core/postings/policy";
import { EVENT_CLASSES, stepsBefore } from "@/core/shipments/event-classes";
import { EVENT_KINDS, type EventKind } from "@/core/shipments/milestones";
import { consumersOf } from "./consumers";
import { eventTypes } from "./event-types";

test("every kind of event has an entry, and what it depends on leads back to a beginning", () => {
  expect(eventTypes().map(({ kind }) => kind)).toEqual([...EVENT_KINDS]);
  for (const kind of EVENT_KINDS) {
    const steps = stepsBefore(kind);
    expect(new Set(steps).size, kind).toBe(steps.length);
    expect(steps, kind).not.toContain(kind);
  }
});

test.each<[EventKind, Partial<ReturnType<typeof consumersOf>>]>([
  ["delivered", { ends: expect.arrayContaining(["missing_milestone", "delivery_late"]) }],
  ["delivered", { postings: expect.arrayContaining(["customer_invoice", "status_note"]) }],
  [
    "picked_up",
    { postings: expect.arrayContaining(["transfer_validated"]), ends: expect.arrayContaining(["first_scan_late"]) },
  ],
  ["customs_hold", { opens: ["customs_hold"], workflows: ["delivery_exception"] }],
  ["label_failed", { opens: ["label_failed"], workflows: ["label_response"] }],
  ["found", { ends: ["lost"] }],
  ["returned", { postings: expect.arrayContaining(["return_transfer"]) }],
  ["info", { postings: [], opens: [], ends: [], workflows: [] }],
])("%s is read by what the rules say", (kind, expected) => {
  expect(consumersOf(kind)).toMatchObject(expected);
});

test("a note carries the class of its event where nobody gave notes another; other postings that of their kind", () => {
  const policies = readPolicies({}, [], []);
  expect(EVENT_CLASSES.out_for_delivery.urgency).toBe("normal");
  expect(classOfPosting("status_note", "out_for_delivery", policies)).toBe("normal");
  expect(classOfPosting("status_note", "picked_up", policies)).toBe("bulk");
  expect(classOfPosting("status_note", "cancelled", policies)).toBe("urgent");
  expect(classOfPosting("status_note", "", policies)).toBe("bulk");
  expect(classOfPosting("tracking_number", "cancelled", policies)).toBe("urgent");
  expect(classOfPosting("transfer_validated", "cancelled", policies)).toBe("normal");
  const own = readPolicies({ status_note: { class: "normal", timing: policies.byKind.status_note.timing } }, [], []);
  expect(classOfPosting("status_note", "cancelled", own)).toBe("normal");
});
