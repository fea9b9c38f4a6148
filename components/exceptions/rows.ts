"use client";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useCallback } from "react";
import { useTRPC } from "@/components/providers";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["exceptions"];
export type ExceptionRow = Output["list"]["items"][number];
export type GroupRow = Output["groups"]["items"][number];
export type ExceptionDetail = Output["get"];
export type Explained = Output["explain"];

/**
 * After an act: rows in the list change in place, so that nothing moves under the pointer; counts, groups and the open panel are read anew.
 * With `ids` null the list is read anew, too.
 */
export function useRefreshRows() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(
    (ids: readonly string[] | null, patch: Partial<ExceptionRow>) => {
      if (ids) {
        const chosen = new Set(ids);
        queries.setQueriesData<InfiniteData<Output["list"]>>(trpc.exceptions.list.infiniteQueryFilter(), (data) =>
          data
            ? {
                ...data,
                pages: data.pages.map((page) => ({
                  ...page,
                  items: page.items.map((row) => (chosen.has(row.id) ? { ...row, ...patch } : row)),
                })),
              }
            : data,
        );
      } else {
        void queries.invalidateQueries(trpc.exceptions.list.infiniteQueryFilter());
      }
      void queries.invalidateQueries(trpc.exceptions.counts.queryFilter());
      void queries.invalidateQueries(trpc.exceptions.groups.infiniteQueryFilter());
      void queries.invalidateQueries(trpc.exceptions.group.queryFilter());
      void queries.invalidateQueries(trpc.exceptions.get.queryFilter());
      void queries.invalidateQueries(trpc.tower.pulse.queryFilter());
    },
    [queries, trpc],
  );
}
