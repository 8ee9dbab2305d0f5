import { QueryCache, QueryClient } from '@tanstack/react-query';
import { problemOf } from './problem.ts';

/** A call that was refused is not repeated; one that did not get through is, twice. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // The session has ended: it is asked for anew, and whoever shows a page is led to the sign-in.
      const isSession = query.queryKey[1] === '/v1/session';
      if (!isSession && problemOf(error)?.status === 401) {
        void queryClient.invalidateQueries({ queryKey: ['get', '/v1/session'] });
      }
    },
  }),
  defaultOptions: {
    queries: { staleTime: 10_000, retry: (failures, error) => problemOf(error) === undefined && failures < 2 },
  },
});
