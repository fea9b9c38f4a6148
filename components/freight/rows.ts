import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["freight"];
export type BillRow = Output["list"]["items"][number];
export type BillDetail = Output["get"];
export type SettlementKind = Output["settlement"]["kinds"][number];
export type SettlementRow = Output["window"]["items"][number];
