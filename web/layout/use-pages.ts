/** What every list of the API answers. */
type ListPage<T> = { items: T[]; nextCursor: string | null };
type InfiniteLike<T> = {
  data: { pages: ListPage<T>[] } | undefined;
  error: unknown;
  refetch: () => unknown;
};

/** How an infinite query turns the pages of a list: the cursor of the next one. */
export const PAGED = {
  pageParamName: 'cursor',
  // Nothing would become 0: null is left out of the address.
  initialPageParam: null,
  getNextPageParam: (page: unknown) => (page as ListPage<unknown>).nextCursor ?? undefined,
} as const;

/** The items of all pages that were read so far, as a query like any other. */
export const allItems = <T>({ data, error, refetch }: InfiniteLike<T>) => ({
  data: data?.pages.flatMap((page) => page.items),
  error,
  refetch,
});
