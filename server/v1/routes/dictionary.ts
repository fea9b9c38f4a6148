import { z } from "zod";
import { EVENT_URGENCIES } from "@/core/shipments/event-classes";
import { exportEventTypes, findEventType } from "../../dictionary/events";
import { readDictionary } from "../../dictionary/read";
import { route } from "../route";
import { eventShape, listOf } from "../shapes";

const cell = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

const producerShape = z.object({
  feed: z.string(),
  name: z.string(),
  owner: z.string().nullable(),
  class: z.string(),
  adapter: z.string(),
  adapterVersion: z.int().nullable(),
  mappingVersion: z.int(),
  inbox: z.string().meta({ description: "Class of the feed's messages in the inbox" }),
  words: z.int().meta({ description: "How many of its words mean this type" }),
  sampleWord: z.string().nullable(),
  told: z.int().meta({ description: "How many of its newest 300 messages told it" }),
  lastAt: z.iso.datetime().nullable(),
});

const eventTypeShape = z
  .object({
    kind: z.string(),
    sort: z.enum(["milestone", "condition", "news"]),
    version: z.int().meta({ description: "Version of the schema" }),
    urgency: z.enum(EVENT_URGENCIES),
    after: z.string().nullable().meta({ description: "The step of the process that it depends on" }),
    stage: z.string().nullable(),
    summary: z.string(),
    consumers: z
      .object({
        postings: z.array(z.string()),
        opens: z.array(z.string()),
        ends: z.array(z.string()),
        workflows: z.array(z.string()),
      })
      .meta({ description: "Postings it may lead to, exceptions it opens and ends, service levels it is measured by" }),
    producers: z.array(producerShape).meta({ description: "Feeds that tell it; empty without the scope feeds:read" }),
    lastAt: z.iso.datetime().nullable(),
    schema: z.record(z.string(), z.unknown()).meta({ description: "JSON Schema of an event of this type" }),
  })
  .meta({ id: "EventType" });

export const dictionaryRoutes = [
  route({
    method: "GET",
    path: "/event-types",
    right: "shipments:read",
    summary: "The event catalogue: every type of event with version, schema, class, producers and consumers",
    output: listOf(eventTypeShape),
    handle: async ({ ctx, actor }) => ({ items: await exportEventTypes(ctx, actor), nextCursor: null }),
  }),
  route({
    method: "GET",
    path: "/event-types/{kind}",
    right: "shipments:read",
    summary: "One type of event, with a real event of it as the key may see it",
    params: z.object({ kind: z.string().max(60) }),
    output: eventTypeShape.extend({
      sample: z.object({ shipmentId: z.uuid(), shipment: z.string(), event: eventShape }).nullable(),
    }),
    handle: ({ ctx, actor }, { params: { kind } }) => findEventType(ctx, actor, kind),
  }),
  route({
    method: "GET",
    path: "/dictionary",
    right: "shipments:read",
    summary:
      "The data dictionary: stages, milestones, conditions, exception and posting kinds, states and transitions, by chapter",
    output: listOf(
      z.object({
        id: z.string(),
        title: z.string(),
        note: z.string(),
        columns: z.array(z.string()).meta({ description: "What the cells of each word say, in order" }),
        words: z.array(z.object({ name: z.string(), cells: z.array(cell) })),
      }),
    ),
    handle: async ({ ctx, actor }) => ({ items: (await readDictionary(ctx, actor)).chapters, nextCursor: null }),
  }),
];
