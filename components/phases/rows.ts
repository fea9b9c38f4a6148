import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

export type PhaseStanding = inferRouterOutputs<AppRouter>["phases"]["read"][number];
export type KindStep = PhaseStanding["kinds"][number];
