import type { Metadata } from "next";
import { AuditScreen } from "@/components/audit/audit-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditPage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "audit:read")) return <NoRight what="the audit log" right="audit:read" />;
  void getQueryClient().prefetchQuery(trpc.audit.facets.queryOptions());
  return (
    <Hydrate>
      <AuditScreen />
    </Hydrate>
  );
}
