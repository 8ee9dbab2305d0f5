import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { useMay } from '../api/session.ts';
import { MoreButton } from '../layout/more-button.tsx';
import { EmptyState, Loaded, Page } from '../layout/page.tsx';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { ConnectionFilters, filtersIn } from './connection-filters.tsx';
import { ConnectionList } from './connection-list.tsx';

/** All numbers, with what needs a look. */
export function ConnectionsPage() {
  const { t } = useTranslation('connections');
  const isAdmin = useMay('admin');
  const [params, setParams] = useSearchParams();
  const filters = filtersIn(params);
  const accounts = api.useQuery('get', '/v1/planfix-accounts', { params: { query: { limit: 200 } } });
  const query = api.useInfiniteQuery('get', '/v1/connections', { params: { query: { ...filters, limit: 50 } } }, PAGED);
  useLive('connections', '/v1/connections');
  useLive('planfix-accounts', '/v1/planfix-accounts');
  const isFiltered = Object.keys(filters).length > 0;
  // While the list loads they stay: somebody may be typing.
  const isEmpty = !isFiltered && query.data?.pages[0]?.items.length === 0;
  return (
    <Page title={t('title')} description={t('description')} actions={isAdmin && <Actions />}>
      {!isEmpty && <ConnectionFilters accounts={accounts.data?.items ?? []} />}
      <Loaded query={allItems(query)}>
        {(connections) => {
          if (connections.length > 0)
            return <ConnectionList connections={connections} accounts={accounts.data?.items ?? []} />;
          if (isFiltered) return <NothingFound onClear={() => setParams({})} />;
          return <Loaded query={accounts}>{({ items }) => <NoConnection hasAccount={items.length > 0} />}</Loaded>;
        }}
      </Loaded>
      <MoreButton {...query} />
    </Page>
  );
}

function Actions() {
  const { t } = useTranslation('connections');
  return (
    <>
      <Button component={Link} to="/connections/accounts" variant="default">
        {t('accounts')}
      </Button>
      <Button component={Link} to="/connections/new">
        {t('connect')}
      </Button>
    </>
  );
}

function NothingFound({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation('connections');
  return (
    <EmptyState
      title={t('nothingFound')}
      action={
        <Button variant="default" onClick={onClear}>
          {t('clearFilters')}
        </Button>
      }
    >
      {t('nothingFoundHint')}
    </EmptyState>
  );
}

/** A number needs a Planfix account, so that comes first. */
function NoConnection({ hasAccount }: { hasAccount: boolean }) {
  const { t } = useTranslation('connections');
  const isAdmin = useMay('admin');
  if (!isAdmin) return <EmptyState title={t('emptyTitle')}>{t('emptyViewer')}</EmptyState>;
  return (
    <EmptyState
      title={t(hasAccount ? 'emptyTitle' : 'emptyPlanfixTitle')}
      action={
        <Group>
          {hasAccount ? (
            <Button component={Link} to="/connections/new">
              {t('connect')}
            </Button>
          ) : (
            <Button component={Link} to="/connections/accounts?new=planfix">
              {t('connectPlanfix')}
            </Button>
          )}
        </Group>
      }
    >
      {t(hasAccount ? 'emptyHint' : 'emptyPlanfixHint')}
    </EmptyState>
  );
}
