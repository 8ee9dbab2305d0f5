/** What every list of the API answers. */
type ListPage<T> = { items: T[]; nextCursor: string | null };
type InfiniteLike<T> = {
  data: { pages: ListPage<T>[] } | undefined;
  error: unknown;
  isFetchNextPageError: boolean;
  refetch: () => unknown;
};

/** As many as the API gives at once. */
const LARGEST_PAGE = 200;

/** How an infinite query turns the pages of a list: the cursor of the next one. */
export const PAGED = {
  pageParamName: 'cursor',
  // Nothing would become 0: null is left out of the address.
  initialPageParam: null,
  getNextPageParam: (page: unknown) => (page as ListPage<unknown>).nextCursor ?? undefined,
} as const;

/** The items of all pages that were read so far, as a query like any other; `MoreButton` says what the next one lacks. */
export const allItems = <T>({ data, error, isFetchNextPageError, refetch }: InfiniteLike<T>) => ({
  data: data?.pages.flatMap((page) => page.items),
  error: isFetchNextPageError ? null : error,
  refetch,
});

type Reading<T> = Promise<{ data?: ListPage<T>; error?: unknown }>;

/** Every item of a list, for choices that must be complete; `read` reads one page of it. */
export async function readAll<T>(read: (page: { limit: number; cursor?: string }) => Reading<T>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const { data, error }: Awaited<Reading<T>> = await read({ limit: LARGEST_PAGE, ...(cursor && { cursor }) });
    if (data === undefined) throw error;
    items.push(...data.items);
    cursor = data.nextCursor;
  } while (cursor !== null);
  return items;
}
