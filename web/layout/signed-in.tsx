import { Navigate, useLocation } from 'react-router';
import { useSession } from '../api/session.ts';
import { Failure, Loading } from './page.tsx';
import { Shell } from './shell.tsx';

/** Pages for whoever is signed in; others are led to the sign-in and back again. */
export function SignedIn() {
  const { operator, isSignedOut, query } = useSession();
  const { pathname, search } = useLocation();
  if (isSignedOut) return <Navigate to="/sign-in" replace state={{ from: `${pathname}${search}` }} />;
  if (operator) return <Shell />;
  return query.error ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Loading />;
}
