import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { MessagePage } from "@/components/messages/message-page";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Message" };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  if (!UUID.test(id)) notFound();
  const actor = await getActor();
  if (!actor || !allows(actor.role, "messages:read")) return <NoRight what="messages" right="messages:read" />;
  await getQueryClient().prefetchQuery(trpc.messages.inspect.queryOptions({ id }));
  return (
    <Hydrate>
      <MessagePage id={id} />
    </Hydrate>
  );
}
