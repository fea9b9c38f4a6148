import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["serviceLevels"];
export type Level = Output["levels"]["levels"][number];
export type Timing = Output["levels"]["timings"][number];
export type Chart = Output["chart"];
export type Breach = Output["breaches"]["items"][number];
