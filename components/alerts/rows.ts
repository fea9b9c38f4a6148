import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

export type NotificationRow = inferRouterOutputs<AppRouter>["alerts"]["list"]["items"][number];
