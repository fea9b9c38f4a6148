import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Right } from "@/core/access/rights";
import { TRACE_STAGES } from "@/core/service-levels/trace";
import { type Actor, SYSTEM } from "../access/actor";
import { createApiKey } from "../api-keys/create";
import { type Desk, makeDesk } from "../testing/desk";
import { answerApi } from "../v1/answer";
import { traceMessage, traceShipment } from "./trace";

vi.setConfig({ testTimeout: 120_000 });

let desk: Desk;
let shipmentId: string;
let receipt: string;

beforeAll(async () => {
  desk = await makeDesk("trace");
  const { shipmentId: id, picking } = await desk.order("PO-T1");
  shipmentId = id;
  await desk.sandbox.setMode({ mode: "serialization", times: 1 });
  receipt = await desk.drop({ order: "PO-T1", transfer: picking, tracking: "1ZTRACE1" });
  for (let round = 0; round < 100 && (await isOpen()); round++) {
    await desk.settle();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}, 60_000);
afterAll(() => desk?.end());

const isOpen = async () => {
  const open = await desk.ctx.sql`select 1 from posting where state <> 'verified'`;
  return open.length > 0;
};

test("a message shows its five stages with when and how long, the retry, the posting and its Odoo", async () => {
  const trace = await traceMessage(desk.ctx, desk.person, { id: receipt });
  expect(trace.steps.map(({ stage }) => stage)).toEqual([...TRACE_STAGES]);
  for (const step of trace.steps) {
    expect(step, step.stage).toMatchObject({ state: "done", startedAtMs: expect.any(Number) });
    expect(step.durationMs, step.stage).toBeGreaterThan(0);
  }
  expect(trace).toMatchObject({ feed: "warehouse", status: "interpreted", readings: 1, retries: 1 });
  expect(trace.routes).toEqual([{ odoo: "Sandbox", route: null }]);
  expect(trace.postings).toMatchObject([
    { kind: "tracking_number", state: "verified", calls: 2, odoo: "Sandbox", id: expect.any(String) },
  ]);
  const { steps, totalMs } = trace;
  expect(totalMs).toBeGreaterThanOrEqual(steps.reduce((sum, { durationMs }) => Math.max(sum, durationMs ?? 0), 0));
});

test("a shipment shows the messages that told of it, the newest first", async () => {
  const { traces, more } = await traceShipment(desk.ctx, desk.person, { shipmentId });
  expect(more).toBe(false);
  expect(traces.map(({ feed }) => feed)).toContain("Sandbox");
  expect(traces.find(({ messageId }) => messageId === receipt)).toMatchObject({ retries: 1 });
  const times = traces.map(({ receivedAt }) => receivedAt.getTime());
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test("an exception that a message opened is watched until it is over", async () => {
  const opened = await desk.drop({ order: "PO-T1", status: "teleported", at: "2026-11-20 10:00:00" });
  const { exceptions, steps } = await traceMessage(desk.ctx, desk.person, { id: opened });
  expect(exceptions).toMatchObject([{ kind: "unmapped_code", resolvedAt: null }]);
  expect(steps.at(-1)).toMatchObject({ stage: "monitoring", state: "under_way" });
});

test("who may not see postings sees none, and nobody sees what lies outside of the scope", async () => {
  const executive: Actor = { kind: "person", id: desk.person.id, name: "E", role: "executive" };
  const { traces } = await traceShipment(desk.ctx, executive, { shipmentId });
  expect(traces.flatMap(({ postings, routes }) => [...postings, ...routes])).toEqual([]);
  const partner: Actor = { ...executive, role: "partner" };
  await expect(traceShipment(desk.ctx, partner, { shipmentId })).rejects.toMatchObject({ code: "not_found" });
});

test("the API tells the same, to a key that may see each part of it", async () => {
  const read = async (path: string, scopes: Right[]) => {
    const { key } = await createApiKey(desk.ctx, SYSTEM, { name: "trace", scopes, expiresInDays: null });
    const headers = { authorization: `Bearer ${key}` };
    const response = await answerApi(desk.ctx, new Request(`http://127.0.0.1/api/v1${path}`, { headers }));
    return { status: response.status, json: await response.json() };
  };
  const all: Right[] = ["messages:read", "shipments:read", "odoo:read", "postings:read", "exceptions:read"];
  const { json } = await read(`/messages/${receipt}/trace`, all);
  expect(json).toMatchObject({ receipt, feed: "warehouse", status: "interpreted", retries: 1 });
  expect(json.stages.map(({ stage, state }: { stage: string; state: string }) => [stage, state])).toEqual(
    TRACE_STAGES.map((stage) => [stage, "done"]),
  );
  expect(json.postings).toMatchObject([{ kind: "tracking_number", connection: "Sandbox", calls: 2 }]);
  expect(json.routes).toMatchObject([{ connection: "Sandbox", rule: null }]);
  const ofShipment = await read(`/shipments/${shipmentId}/trace`, ["shipments:read"]);
  expect(ofShipment.json).toMatchObject({ nextCursor: null, more: expect.any(Boolean) });
  const same = ofShipment.json.items.find((item: { receipt: string }) => item.receipt === receipt);
  expect(same).toMatchObject({ retries: 0, routes: [], postings: [] });
  const unknown = "01900000-0000-7000-8000-000000000009";
  expect((await read(`/messages/${unknown}/trace`, all)).status).toBe(404);
  expect((await read(`/shipments/${unknown}/trace`, all)).status).toBe(404);
});
