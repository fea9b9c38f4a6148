import "server-only";
import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { connection } from "next/server";
import { cache, type ReactNode } from "react";
import { makeQueryClient } from "@/components/query-client";
import { createApiContext } from "./context";
import { appRouter, createCaller } from "./root";

/** One client per request; what is prefetched into it is handed to the browser by `Hydrate`. */
export const getQueryClient = cache(makeQueryClient);

/** Query options that call the procedures directly, without HTTP: `await prefetch(trpc.exceptions.list.queryOptions(...))`. */
export const trpc = createTRPCOptionsProxy({
  ctx: createApiContext,
  router: appRouter,
  queryClient: getQueryClient,
});

/** Calls procedures from a server component where the answer is used on the spot; refusals throw. */
export async function serverApi() {
  await connection();
  return createCaller(await createApiContext());
}

export function Hydrate({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
