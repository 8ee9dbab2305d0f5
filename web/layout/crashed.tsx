import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isRouteErrorResponse, Link, useRouteError } from 'react-router';
import { Page } from './page.tsx';

/** Instead of a page that is not there, or that has a fault. */
export function Crashed() {
  const { t } = useTranslation();
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  return (
    <Page
      title={t('crashed')}
      description={error instanceof Error ? error.message : undefined}
      actions={<Button onClick={() => window.location.reload()}>{t('reload')}</Button>}
    />
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page
      title={t('notFound')}
      actions={
        <Button component={Link} to="/connections">
          {t('toStart')}
        </Button>
      }
    />
  );
}
