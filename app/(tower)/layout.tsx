import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { RAIL_COOKIE } from "@/components/shell/rail-cookie";
import { Shell } from "@/components/shell/shell";
import { rightsOf } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export default async function TowerLayout({ children }: { children: ReactNode }) {
  const [actor, kept] = await Promise.all([getActor(), cookies()]);
  if (!actor) redirect("/sign-in");
  const rights = rightsOf(actor.role);
  // awaited: what streams in later would differ from what the server drew
  if (rights.includes("tower:read")) await getQueryClient().prefetchQuery(trpc.tower.pulse.queryOptions());
  return (
    <Hydrate>
      <Shell
        viewer={{ id: actor.id, name: actor.name, role: actor.role, rights: [...rights] }}
        narrowRail={kept.get(RAIL_COOKIE)?.value === "narrow"}
        serverNowMs={Date.now()}
      >
        {children}
      </Shell>
    </Hydrate>
  );
}
