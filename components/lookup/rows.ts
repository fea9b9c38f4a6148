import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["lookup"];
export type LookupResult = Output["find"];
export type LookupHit = LookupResult["hits"][number];
export type LookupAnswer = Output["answer"];
