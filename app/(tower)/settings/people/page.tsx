import type { Metadata } from "next";
import { PeopleScreen } from "@/components/people/people-screen";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "people:read")) return <NoRight what="people" right="people:read" />;
  await getQueryClient().prefetchQuery(trpc.people.list.queryOptions());
  return (
    <Hydrate>
      <PeopleScreen />
    </Hydrate>
  );
}
