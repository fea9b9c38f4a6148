import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["messages"];
export type MessageRow = Output["list"]["items"][number];
export type Inspection = Output["inspect"];
export type Reading = Inspection["readings"][number];
