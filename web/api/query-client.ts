import { QueryClient } from '@tanstack/react-query';
import { problemOf } from './problem.ts';

/**
 * A call that was refused is not repeated; one that did not get through is, twice. Whether there is a network the
 * browser guesses, so that a call is tried all the same: it then fails, and says so.
 */
export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => problemOf(error) === undefined && failures < 2,
      networkMode: 'always',
      refetchOnReconnect: true,
    },
    mutations: { networkMode: 'always' },
  },
});
