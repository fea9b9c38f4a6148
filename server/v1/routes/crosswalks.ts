import { z } from "zod";
import { CROSSWALK_KINDS } from "@/core/feeds/feed";
import { listCrosswalk, listUnmapped } from "@/db/queries/crosswalks";
import { findFeedRow } from "@/db/queries/feed-settings";
import { AppError } from "../../errors";
import { route } from "../route";
import { crosswalkShape, listOf } from "../shapes";

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
];
