import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["carriers"];
export type Scores = Output["scores"];
export type Score = Scores["groups"][number];
export type CarrierWeeks = Output["carrier"]["weeks"];
export type Part = Output["carrier"]["lanes"][number];
