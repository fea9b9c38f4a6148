import { allows } from "@/core/access/rights";
import { hiddenBy, phasesOff } from "@/core/phases/phases";
import { listSettings } from "@/db/queries/settings";
import { countWaiting, listConnectionPulses, listFeedPulses } from "@/db/queries/tower";
import { cached } from "../../cached";
import { feedsLamp, odooLamp } from "../../tower/lamps";
import { readOverview } from "../../tower/overview";
import { allowed, router } from "../trpc";

const hidden = cached<string[]>(2_000, () => Date.now());
const COUNTED = 10_000;
const waiting = cached<Awaited<ReturnType<typeof countWaiting>>>(2_000, () => Date.now());
const lamps = cached<ReturnType<typeof odooLamp>[]>(4_000, () => Date.now());

export const towerRouter = router({
  /** What waits for a person, and the two lamps of the top bar. */
  pulse: allowed("tower:read").query(async ({ ctx: { ctx, actor } }) => {
    const [counts, both, away] = await Promise.all([
      waiting("all", () => countWaiting(ctx.sql, COUNTED)),
      lamps("all", async () => {
        const [connections, feeds] = await Promise.all([
          listConnectionPulses(ctx.sql),
          listFeedPulses(ctx.sql, ctx.now()),
        ]);
        const nowMs = ctx.now().getTime();
        return [odooLamp(connections, nowMs), feedsLamp(feeds, nowMs)];
      }),
      hidden("all", async () => hiddenBy(phasesOff((await listSettings(ctx.sql)).phases))),
    ]);
    const [odoo, feeds] = both.value;
    return {
      waiting: {
        exceptions: allows(actor.role, "exceptions:read") ? counts.value.exceptions : 0,
        postings: allows(actor.role, "postings:read") ? counts.value.postings : 0,
      },
      odoo: allows(actor.role, "odoo:read") ? odoo : undefined,
      feeds: allows(actor.role, "feeds:read") ? feeds : undefined,
      /** Addresses that the rail, the palette and the tower leave out, because their phase is off. */
      hidden: away.value,
    };
  }),

  overview: allowed("tower:read").query(({ ctx: { ctx, actor } }) => readOverview(ctx, actor)),
});
