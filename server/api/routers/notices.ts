import { countNotices, listNotices } from "@/db/queries/notices";
import { may } from "../../access/actor";
import { noticeFilter } from "../../notices/export";
import { exampleValues, noticeSampleInput, sendNoticeSample } from "../../notices/sample";
import { readSettings } from "../../settings/read";
import { allowed, router } from "../trpc";

const SHOWN = 100;
const DAY_MS = 86_400_000;

export const noticesRouter = router({
  /** How telling customers stands: its settings, the mail server, the last day in numbers, and a shipment to show wording on. */
  read: allowed("settings:manage").query(async ({ ctx: { ctx } }) => {
    const { notices: settings } = await readSettings(ctx);
    const [counts, example] = await Promise.all([
      countNotices(ctx.sql, new Date(ctx.now().getTime() - DAY_MS)),
      exampleValues(ctx, settings),
    ]);
    return { settings, counts, example, from: ctx.config.smtp?.from ?? null };
  }),

  /** The newest notices of all states, or of one. */
  log: allowed("settings:manage")
    .input(noticeFilter)
    .query(async ({ ctx: { ctx, actor }, input }) => {
      const rows = await listNotices(ctx.sql, { state: input.state, limit: SHOWN });
      return may(actor, "customers:read") ? rows : rows.map((row) => ({ ...row, address: null }));
    }),

  sendSample: allowed("settings:manage")
    .input(noticeSampleInput)
    .mutation(({ ctx: { ctx, actor }, input }) => sendNoticeSample(ctx, actor, input)),
});
