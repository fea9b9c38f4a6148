import { z } from "zod";
import { answerLookup } from "../../lookup/answer";
import { orderDocuments } from "../../lookup/documents";
import { findLookup, lookupInput } from "../../lookup/find";
import { webOdooClients } from "../../odoo/web-clients";
import { allowed, router } from "../trpc";

export const lookupRouter = router({
  /** Sent as a body, so that what a customer wrote stands in no address; a search by people's data leaves an audit row. */
  find: allowed("lookup:read")
    .input(lookupInput)
    .mutation(({ ctx: { ctx, actor }, input }) => findLookup(ctx, actor, input)),

  /** Invoices and credits of its order, asked of Odoo on the spot. */
  documents: allowed("lookup:read")
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx: { ctx, actor }, input }) => orderDocuments(ctx, actor, webOdooClients(), input.id)),

  answer: allowed("lookup:read")
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx: { ctx, actor }, input }) => answerLookup(ctx, actor, input.id)),
});
