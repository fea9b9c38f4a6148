"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { useLive } from "./live";
import { useMay } from "./viewer";

/** What needs a person and how Odoo and the feeds are; asked every 20 s and when something changes. */
export function usePulse() {
  const trpc = useTRPC();
  const enabled = useMay("tower:read");
  return useQuery({ ...trpc.tower.pulse.queryOptions(), enabled, refetchInterval: 20_000, staleTime: 5_000 }).data;
}

const NONE: readonly string[] = [];

/** Addresses of the screens whose phase is off. */
export function useHidden(): readonly string[] {
  return usePulse()?.hidden ?? NONE;
}

/** Asks for the pulse again when something changed; mounted once by the shell. */
export function PulseRefresher() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  useLive(
    ["exceptions", "postings", "feeds", "odoo"],
    () => void queries.invalidateQueries(trpc.tower.pulse.queryFilter()),
    5_000,
  );
  return null;
}
