import { expect, test } from "vitest";
import type { Json } from "@/core/shipments/attributes";
import {
  asStored,
  attemptText,
  postingText,
  readSeal,
  type SealedAttempt,
  type SealedPosting,
  writeSeal,
} from "./seal";

const attempt: SealedAttempt = {
  id: "0197a000-0000-7000-8000-000000000001",
  startedAt: new Date("2026-11-29T10:00:00Z"),
  shipmentId: "0197a000-0000-7000-8000-000000000002",
  postingKey: "status_note-1-5-delivered",
  number: 1,
  purpose: "send",
  request: ["mail.message create"],
  outcome: "accepted",
  reason: "Odoo took it.",
  answer: ["ids [7]"],
  durationMs: 12,
  owner: "w1",
  correlationId: "c",
  of: null,
};
const posting: SealedPosting = {
  id: "0197a000-0000-7000-8000-000000000003",
  kind: "status_note",
  recordModel: "stock.picking",
  recordId: 5,
  recordName: "WH/OUT/5",
  desired: { kind: "status_note", text: "Delivered" },
  before: null,
  after: "Delivered",
  messageId: null,
  correlationId: "c",
  createdAtMs: 1,
};

test("every field of an attempt and of a posting is part of what is sealed", () => {
  const head = { generation: 1, posting: "p" };
  const text = attemptText(attempt, head);
  for (const name of Object.keys(attempt)) {
    const other = { ...attempt, [name]: name === "startedAt" ? new Date(0) : "other" };
    expect(attemptText(other, head), name).not.toBe(text);
  }
  expect(attemptText(attempt, { ...head, generation: 2 })).not.toBe(text);
  expect(attemptText(attempt, { ...head, posting: "q" })).not.toBe(text);
  for (const name of Object.keys(posting))
    expect(postingText({ ...posting, [name]: "other" }), name).not.toBe(postingText(posting));
});

test("the order in which the database keeps the keys of an answer changes nothing", () => {
  const [one, two] = [{ a: 1, b: [2] } as Json, { b: [2], a: 1 } as Json];
  const head = { generation: 1, posting: "" };
  expect(attemptText({ ...attempt, answer: one }, head)).toBe(attemptText({ ...attempt, answer: two }, head));
});

test("a seal is read as it was written; anything else is none", () => {
  const seal = { generation: 12, posting: "", digest: "abc_-1" };
  expect(readSeal(writeSeal(seal))).toEqual(seal);
  for (const other of ["", "1.x", "0.p.d", "1.p.d.e", "1.p.", "1.p.d d", "x.p.d"])
    expect(readSeal(other), other).toBeNull();
});

test("an answer that was cut within a character, or has nothing in a place, is as the database will give it back", () => {
  const cut = `Odoo says ${"\u{1F4E6}".slice(0, 1)}`;
  expect(asStored([cut])).toEqual(["Odoo says \ufffd"]);
  expect(asStored({ a: undefined, b: 1 } as unknown as Json)).toEqual({ b: 1 });
  expect(asStored(null)).toBeNull();
});
