import type { PersonActor } from "../access/actor";
import { decideBill } from "../freight/decide";
import { receive } from "../messages/receive";
import { freightBills, type TestBill } from "./freight-bills";
import { type Story, until } from "./story";
import type { TestFeed } from "./workspace";

/** Receives a carrier's bill and waits until a running worker has checked it; what it gives approves it. */
export async function approveBill(
  { ctx }: Story,
  feed: TestFeed<"x12">,
  finance: PersonActor,
  control: number,
  bill: TestBill,
): Promise<() => Promise<unknown>> {
  const { number } = bill;
  const [kept] = await receive(ctx, [
    {
      feed,
      bytes: freightBills(control, [bill]),
      contentType: "application/edi-x12",
      headers: null,
      name: `${number}.edi`,
      correlationId: number,
      verdict: "verified",
    },
  ]);
  if (!kept?.ok) throw new Error("not kept");
  const open = () => ctx.sql<{ id: string; version: number }[]>`select c.invoice_id as id, c.version from freight_case c
    join freight_invoice f on f.id = c.invoice_id where f.number = ${number} and c.state = 'open'`;
  await until(`${number} is checked`, 30_000, async () => (await open()).length === 1);
  const [checked] = await open();
  const { id = "", version = 0 } = checked ?? {};
  return () => decideBill(ctx, finance, { id, version, act: "approve", reason: "a test", payMinor: null });
}
