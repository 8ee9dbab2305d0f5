import { api } from './client.ts';
import { problemOf } from './problem.ts';

export type Role = 'admin' | 'agent' | 'viewer';

/** Who is signed in; `isSignedOut` once it is known that nobody is. */
export function useSession() {
  const query = api.useQuery('get', '/v1/session', {}, { staleTime: 60_000, retry: false });
  const isSignedOut = problemOf(query.error)?.status === 401;
  return { operator: isSignedOut ? undefined : query.data?.operator, isSignedOut, query };
}

const HOLDS: Readonly<Record<Role, readonly Role[]>> = {
  admin: ['admin', 'agent', 'viewer'],
  agent: ['agent', 'viewer'],
  viewer: ['viewer'],
};

/** Whether whoever is signed in may do what takes this role; the API decides, this only hides what it would refuse. */
export function useMay(role: Role): boolean {
  const { operator } = useSession();
  return operator !== undefined && HOLDS[operator.role as Role].includes(role);
}
