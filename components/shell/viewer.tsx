"use client";
import { createContext, type ReactNode, useContext } from "react";
import type { Right } from "@/core/access/rights";
import type { Role } from "@/core/access/roles";

export type Viewer = { id: string; name: string; role: Role; rights: readonly Right[] };

const Who = createContext<Viewer | null>(null);

export function ViewerProvider({ viewer, children }: { viewer: Viewer; children: ReactNode }) {
  return <Who.Provider value={viewer}>{children}</Who.Provider>;
}

/** The person who is signed in. */
export function useViewer(): Viewer {
  const viewer = useContext(Who);
  if (!viewer) throw new Error("useViewer needs the signed-in shell above it.");
  return viewer;
}

/** Says whether the signed-in person has a right; buttons without it are not shown. */
export function useMay(right: Right): boolean {
  return useViewer().rights.includes(right);
}
