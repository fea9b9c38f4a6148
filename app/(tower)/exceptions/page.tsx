import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ExceptionsScreen } from "@/components/exceptions/exceptions-screen";
import { BOARD_STATES, filterOf, hrefOfView, loadExceptionsUrl, PAGE } from "@/components/exceptions/url-parsers";
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
  // an address without a word begins with the view that the person chose
  if (Object.keys(await searchParams).length === 0) {
    const views = await getQueryClient().fetchQuery(trpc.views.list.queryOptions());
    const first = views.find((view) => view.isDefault);
    if (first) redirect(hrefOfView(first.shows));
  }
  const chosen = await loadExceptionsUrl(searchParams);
  const filter = filterOf(chosen);
  const client = getQueryClient();
  const input = { filter, limit: PAGE };
  const listed = (of: typeof filter) =>
    client.prefetchInfiniteQuery(
      trpc.exceptions.list.infiniteQueryOptions(
        { filter: of, limit: PAGE },
        { getNextPageParam: (page) => page.nextCursor },
      ),
    );
  await Promise.all([
    ...(chosen.view === "list"
      ? [listed(filter)]
      : chosen.view === "board"
        ? BOARD_STATES.filter((state) => filter.state.length === 0 || filter.state.includes(state)).map((state) =>
            listed({ ...filter, state: [state] }),
          )
        : [
            client.prefetchInfiniteQuery(
              trpc.exceptions.groups.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }),
            ),
          ]),
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
