import type { Metadata } from "next";
import { ExceptionsScreen } from "@/components/exceptions/exceptions-screen";
import { filterOf, loadExceptionsUrl, PAGE } from "@/components/exceptions/url-parsers";
import { NoRight } from "@/components/ui/empty-state";
import { allows } from "@/core/access/rights";
import { getQueryClient, Hydrate, trpc } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Exceptions" };

export default async function ExceptionsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const actor = await getActor();
  if (!actor || !allows(actor.role, "exceptions:read")) return <NoRight what="exceptions" right="exceptions:read" />;
  const chosen = await loadExceptionsUrl(searchParams);
  const filter = filterOf(chosen);
  const client = getQueryClient();
  const input = { filter, limit: PAGE };
  await Promise.all([
    chosen.view === "list"
      ? client.prefetchInfiniteQuery(
          trpc.exceptions.list.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }),
        )
      : client.prefetchInfiniteQuery(
          trpc.exceptions.groups.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }),
        ),
    client.prefetchQuery(
      trpc.exceptions.counts.queryOptions({
        group: filter.group,
        shipment: filter.shipment,
        resolved: filter.state.includes("resolved"),
      }),
    ),
    ...(chosen.id ? [client.prefetchQuery(trpc.exceptions.get.queryOptions({ id: chosen.id }))] : []),
  ]);
  return (
    <Hydrate>
      <ExceptionsScreen />
    </Hydrate>
  );
}
