import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isRouteErrorResponse, Link, useRouteError } from 'react-router';
import { EmptyState } from './page.tsx';

/** Instead of a page that is not there, or that has a fault. */
export function Crashed() {
  const { t } = useTranslation();
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  return (
    <EmptyState title={t('crashed')} action={<Button onClick={() => window.location.reload()}>{t('reload')}</Button>}>
      {error instanceof Error ? error.message : ''}
    </EmptyState>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      title={t('notFound')}
      action={
        <Button component={Link} to="/connections">
          {t('toStart')}
        </Button>
      }
    />
  );
}
