import { z } from "zod";
import { readDictionary } from "../../dictionary/read";
import { route } from "../route";
import { listOf } from "../shapes";

const cell = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

export const dictionaryRoutes = [
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
