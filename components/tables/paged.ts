import { useCallback, useEffect, useMemo, useState } from "react";

type Pages<Row> = { data: { pages: readonly { items: readonly Row[] }[] } | undefined };
type PagedList = {
  isPending: boolean;
  error: { message: string } | null;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
};

/** The rows of a list that is read in pages, as one list. */
export function useRows<Row>({ data }: Pages<Row>): Row[] {
  return useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
}

/** What a table has to know of a list that is read in pages: how it stands, and how to get more. */
export function pagedTable(list: PagedList) {
  return {
    loading: list.isPending,
    error: list.error,
    onRetry: () => void list.refetch(),
    hasMore: list.hasNextPage,
    loadingMore: list.isFetchingNextPage,
    onLoadMore: () => void list.fetchNextPage(),
  };
}

/**
 * How many rows came since a list was read, by its total: they wait for a click, so that no row moves under the pointer. Another `key` is
 * another list; `again` says that it is read anew.
 */
export function useFresh(key: string, total: number | undefined, isPending: boolean) {
  const [readAt, setReadAt] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is another list
  useEffect(() => setReadAt(null), [key]);
  useEffect(() => {
    if (readAt === null && total !== undefined && !isPending) setReadAt(total);
  }, [readAt, total, isPending]);
  const fresh = readAt === null || total === undefined ? 0 : Math.max(0, total - readAt);
  const again = useCallback(() => setReadAt(null), []);
  return { fresh, again };
}
