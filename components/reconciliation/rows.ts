import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["reconciliation"];
export type Day = Output["matrix"]["days"][number];
export type Row = Output["list"]["items"][number];
export type RowDetail = Output["get"];
export type FoundDifference = RowDetail["differences"][number];
export type ReadyRow = Output["readiness"]["items"][number];
