import { z } from "zod";
import { WORKFLOWS } from "@/core/service-levels/objectives";
import { RANGES } from "@/core/service-levels/ranges";
import { readChart } from "../../service-levels/chart";
import { route } from "../route";
import { listOf, serviceLevelShape } from "../shapes";

export const serviceLevelRoutes = [
  route({
    method: "GET",
    path: "/service-levels",
    right: "service_levels:read",
    summary: "Each workflow against its objective",
    query: z.object({ range: z.enum(RANGES).default("24h") }),
    output: listOf(serviceLevelShape),
    handle: async ({ ctx }, { query: { range } }) => {
      const charts = await Promise.all(
        WORKFLOWS.map(async (workflow) => ({ workflow, ...(await readChart(ctx, { workflow, range, feedId: null })) })),
      );
      const items = charts.map(({ workflow, objective, whole, legs }) => {
        const total = legs.find((leg) => leg.leg === "total");
        const { count, missed, attained } = whole;
        const percentiles = { p50: total?.p50 ?? null, p95: total?.p95 ?? null, p99: total?.p99 ?? null };
        const parts = legs
          .filter((leg) => leg.leg !== "total")
          .map(({ leg, count: of, p50, p95, p99 }) => ({ leg, count: of, p50, p95, p99 }));
        return { workflow, objective, range, count, missed, attained, ...percentiles, legs: parts };
      });
      return { items, nextCursor: null };
    },
  }),
];
