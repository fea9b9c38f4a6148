import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

export type Batches = inferRouterOutputs<AppRouter>["batches"]["read"];
export type Standing = Batches["settlement"];
export type BatchRun = Standing["runs"][number];
