import { z } from "zod";
import { CROSSWALK_KINDS } from "@/core/feeds/feed";
import { listCrosswalk, listUnmapped } from "@/db/queries/crosswalks";
import { findFeedRow } from "@/db/queries/feed-settings";
import { mendCrosswalk, previewMend } from "../../crosswalks/mend";
import { AppError } from "../../errors";
import { route } from "../route";
import { crosswalkShape, listOf, mendShape } from "../shapes";
import { iso } from "../shipment-answer";

const params = z.object({ slug: z.string().max(80), kind: z.enum(CROSSWALK_KINDS) });

export const crosswalkRoutes = [
  route({
    method: "GET",
    path: "/feeds/{slug}/crosswalks/{kind}",
    right: "crosswalks:read",
    summary: "The mapping of a feed, and the words that came and have no meaning yet",
    params,
    output: listOf(crosswalkShape),
    handle: async ({ ctx }, { params: { slug, kind } }) => {
      const feed = await findFeedRow(ctx.sql, { slug });
      if (!feed) throw new AppError("not_found", `There is no feed ${slug}.`);
      const [entries, unmapped] = await Promise.all([listCrosswalk(ctx.sql, feed.id), listUnmapped(ctx.sql, feed.id)]);
      const items = [
        ...unmapped
          .filter((row) => row.kind === kind)
          .map(({ word, count }) => ({ word, to: null, source: "unmapped" as const, since: null, count })),
        ...entries
          .filter((row) => row.kind === kind)
          .map(({ word, to, source, since }) => ({ word, to, source, since, count: null })),
      ];
      return { items, nextCursor: null };
    },
  }),
  route({
    method: "PUT",
    path: "/feeds/{slug}/crosswalks/{kind}/{word+}",
    right: "crosswalks:mend",
    summary: "Say what a word means; the dry run lists the past events it would change (scope crosswalks:read as well)",
    params: params.extend({ word: z.string().min(1).max(500) }),
    body: z.object({
      to: z.string().min(1).max(200).nullable().meta({ description: "Our value; null takes the meaning away" }),
      dryRun: z.boolean().default(false),
    }),
    output: mendShape,
    handle: async ({ ctx, actor }, { params: { slug, kind, word }, body: { to, dryRun } }) => {
      const input = { feed: slug, kind, word, to };
      if (!dryRun) {
        const mended = await mendCrosswalk(ctx, actor, input);
        const { from, version } = mended;
        return { dryRun, from, to: mended.to, version, total: null, shipments: null, more: false, events: [] };
      }
      const { from, to: meaning, events: total, shipments, more, samples } = await previewMend(ctx, actor, input);
      const events = samples.map(({ description, occurredAt, ...sample }) => ({
        ...sample,
        occurredAt: iso(occurredAt),
        rawDescription: description,
      }));
      return { dryRun, from, to: meaning, version: null, total, shipments, more, events };
    },
  }),
];
