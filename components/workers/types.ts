import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

export type Workers = inferRouterOutputs<AppRouter>["workers"]["read"];
export type Worker = Workers["workers"][number];
