import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useLocation } from 'react-router';
import { useSession } from '../api/session.ts';
import { Failure, Loading } from './page.tsx';
import { Shell } from './shell.tsx';

/** Pages for whoever is signed in; others are led to the sign-in and back again. */
export function SignedIn() {
  const { operator, isSignedOut, query } = useSession();
  const { pathname, search } = useLocation();
  useSayingWho(operator);
  if (isSignedOut) return <Navigate to="/sign-in" replace state={{ from: `${pathname}${search}` }} />;
  // What one person has typed is not for the next.
  if (operator) return <Shell key={operator.id} />;
  return query.error ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Loading />;
}

/** Somebody else may sign in in another tab, and is then whoever acts in this one. */
function useSayingWho(operator: { id: string; name: string } | undefined): void {
  const { t } = useTranslation();
  const before = useRef(operator?.id);
  const { id, name } = operator ?? {};
  useEffect(() => {
    if (id === undefined) return;
    if (before.current !== undefined && before.current !== id) {
      notifications.show({ message: t('signedInAs', { name: name ?? '' }) });
    }
    before.current = id;
  }, [id, name, t]);
}
