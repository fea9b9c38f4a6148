import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["odoo"];
export type Connection = Output["list"][number];
export type Report = Output["test"];
export type DryRun = Output["dryRunKind"];
