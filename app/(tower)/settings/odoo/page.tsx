import type { Metadata } from "next";
import { Suspense } from "react";
import { OdooScreen } from "@/components/odoo/odoo-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Odoo" };

export default async function OdooPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "odoo:read")) return <NoRight what="Odoo connections" right="odoo:read" />;
  await getQueryClient().prefetchQuery(trpc.odoo.list.queryOptions());
  return (
    <Hydrate>
      <Suspense>
        <OdooScreen />
      </Suspense>
    </Hydrate>
  );
}
