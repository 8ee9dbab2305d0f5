import { type AnswerOf, api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';

export type ProblemKind = AnswerOf<'/v1/problems/kinds'>['items'][number];

/** Every kind of problem with its words, what may be decided about it, and how many are open. */
export function useProblemKinds(): ProblemKind[] {
  const { data } = api.useQuery('get', '/v1/problems/kinds', {});
  useLive('problems', '/v1/problems/kinds');
  return data?.items ?? [];
}

export const openOf = (kinds: readonly ProblemKind[]) => kinds.reduce((sum, { open }) => sum + open, 0);
