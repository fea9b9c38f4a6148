import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { ShipmentPage } from "@/components/shipments/shipment-page";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Shipment" };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  if (!UUID.test(id)) notFound();
  const actor = await getActor();
  if (!actor || !allows(actor.role, "shipments:read")) return <NoRight what="shipments" right="shipments:read" />;
  await getQueryClient().prefetchQuery(trpc.shipments.get.queryOptions({ id }));
  return (
    <Hydrate>
      <Suspense>
        <ShipmentPage id={id} />
      </Suspense>
    </Hydrate>
  );
}
