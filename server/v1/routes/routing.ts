import { z } from "zod";
import { type RouteRule, type RouteTarget, type Routing, routeCondition, routeRule } from "@/core/routing/rules";
import { listConnectionNames, listFeedNames } from "@/db/queries/shipment-page";
import type { Context } from "../../context";
import { AppError } from "../../errors";
import { changeSetting } from "../../settings/change";
import { previewRouting } from "../../settings/preview-routing";
import { readSettings } from "../../settings/read";
import { route } from "../route";
import { routingChangeShape, routingShape } from "../shapes";

type Names = {
  feeds: { id: number; slug: string }[];
  connections: { id: number; name: string }[];
};
type Said = z.output<typeof routingShape>;

async function namesOf(ctx: Context): Promise<Names> {
  const [feeds, connections] = await Promise.all([listFeedNames(ctx.sql), listConnectionNames(ctx.sql)]);
  return { feeds, connections };
}

/** The rules as they are stored, in the names by which the API calls feeds and Odoos. */
function answer({ version, rules, otherwise }: Routing, { feeds, connections }: Names): Said {
  const target = ({ connectionId, companyId }: RouteTarget) => ({
    connection: connections.find(({ id }) => id === connectionId)?.name ?? "",
    companyId,
  });
  return {
    version,
    rules: rules.map(({ id, name, when, to }) => ({
      id,
      name,
      when: { ...when, feed: when.feed.flatMap((feed) => feeds.find((one) => one.id === feed)?.slug ?? []) },
      to: target(to),
    })),
    otherwise: otherwise && target(otherwise),
  };
}

/** Reads rules as the API says them; a feed or an Odoo of no known name is refused. */
function understood(said: z.output<typeof bodyShape>, { feeds, connections }: Names, uuid: () => string): Routing {
  const target = ({ connection, companyId }: z.output<typeof targetBody>): RouteTarget => {
    const found = connections.find(({ name }) => name === connection);
    if (!found) throw new AppError("invalid", `There is no Odoo connection "${connection}".`);
    return { connectionId: found.id, companyId };
  };
  const feedOf = (slug: string) => {
    const found = feeds.find((feed) => feed.slug === slug);
    if (!found) throw new AppError("invalid", `There is no feed ${slug}.`);
    return found.id;
  };
  return {
    version: said.version,
    rules: said.rules.map(({ id, name, when, to }): RouteRule => {
      return { id: id ?? uuid(), name, when: { ...when, feed: when.feed.map(feedOf) }, to: target(to) };
    }),
    otherwise: said.otherwise && target(said.otherwise),
  };
}

const targetBody = z.object({
  connection: z.string().max(200).meta({ description: "Name of an Odoo connection" }),
  companyId: z.int().positive().nullable().default(null).meta({ description: "One company of it, by its id in Odoo" }),
});
const bodyShape = z.object({
  version: z
    .int()
    .min(0)
    .meta({ description: "The version that was read; another one stored meanwhile is a conflict" }),
  rules: z
    .array(
      z.object({
        id: routeRule.shape.id.optional().meta({ description: "Leave out for a new rule" }),
        name: routeRule.shape.name,
        when: routeCondition.extend({
          feed: z.array(z.string().max(80)).max(50).default([]).meta({ description: "Slugs" }),
        }),
        to: targetBody,
      }),
    )
    .max(200),
  otherwise: targetBody.nullable().default(null),
  dryRun: z.boolean().default(false),
});

export const routingRoutes = [
  route({
    method: "GET",
    path: "/routing",
    right: "odoo:read",
    summary: "The rules that say which Odoo a message means, in their order",
    output: routingShape,
    handle: async ({ ctx }) => {
      const [{ routing }, names] = await Promise.all([readSettings(ctx), namesOf(ctx)]);
      return answer(routing, names);
    },
  }),
  route({
    method: "PUT",
    path: "/routing",
    right: "settings:manage",
    summary:
      "Replace the rules as a whole; 409 with those that stand, when others were stored since `version`. The dry run tells which open shipments would go where",
    body: bodyShape,
    output: routingChangeShape,
    handle: async ({ ctx, actor }, { body }) => {
      const [{ routing: stored }, names] = await Promise.all([readSettings(ctx), namesOf(ctx)]);
      if (stored.version !== body.version)
        throw new AppError("conflict", "These rules were changed meanwhile. Read them again.", {
          present: answer(stored, names),
        });
      const value = understood(body, names, ctx.uuid);
      if (body.dryRun) {
        const {
          places: _places,
          untaken: _untaken,
          samples: _samples,
          ...preview
        } = await previewRouting(ctx, actor, {
          value,
        });
        return { dryRun: true, changed: false, run: null, preview, routing: answer(value, names) };
      }
      const { changed, review } = await changeSetting(ctx, actor, { name: "routing", value, seen: stored });
      const { routing } = await readSettings(ctx);
      return { dryRun: false, changed, run: review?.id ?? null, preview: null, routing: answer(routing, names) };
    },
  }),
];
