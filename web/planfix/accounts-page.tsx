import { Button, Group, Stack, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { useMay } from '../api/session.ts';
import { Dialog } from '../layout/dialog.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { EmptyState, Loaded, Page } from '../layout/page.tsx';
import { useAddress } from '../layout/use-address.ts';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { AccountCard } from './account-card.tsx';
import { AccountForm } from './account-form.tsx';
import { MetaAppCard } from './meta-app-card.tsx';
import { MetaAppForm } from './meta-app-form.tsx';
import { type Hint, SecretDialog } from './secret-dialog.tsx';

/** Planfix accounts, and the Meta apps through which numbers of the Cloud API are connected. */
export function AccountsPage() {
  const { t } = useTranslation('planfix');
  return (
    <Page title={t('title')} description={t('description')}>
      <Accounts />
      <Apps />
    </Page>
  );
}

function Accounts() {
  const { t } = useTranslation('planfix');
  const isAdmin = useMay('admin');
  const [params, put] = useAddress();
  const isOpen = isAdmin && params.get('new') === 'planfix';
  const open = () => put('new', 'planfix');
  const close = () => put('new', '');
  const [hint, setHint] = useState<Hint>();
  const query = api.useInfiniteQuery('get', '/v1/planfix-accounts', {}, PAGED);
  useLive('planfix-accounts', '/v1/planfix-accounts');
  useScrollToNamed(query.isSuccess);
  return (
    <section aria-labelledby="accounts-title">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="accounts-title">
          {t('accounts')}
        </Title>
        {isAdmin && <Button onClick={open}>{t('connect')}</Button>}
      </Group>
      <Loaded query={allItems(query)}>
        {(accounts) =>
          accounts.length === 0 ? (
            <EmptyState title={t('accountsEmpty')}>{t('accountsEmptyHint')}</EmptyState>
          ) : (
            <Stack>
              {accounts.map((account) => (
                <AccountCard key={account.id} account={account} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <MoreButton {...query} />
      <Dialog opened={isOpen} onClose={close} title={t('connect')} size="lg">
        <AccountForm
          onCreated={(account) => {
            close();
            notifications.show({ message: t(account.state === 'draft' ? 'pending' : 'connected') });
            setHint(account);
          }}
        />
      </Dialog>
      <SecretDialog hint={hint} onClose={() => setHint(undefined)} />
    </section>
  );
}

function Apps() {
  const { t } = useTranslation('planfix');
  const isAdmin = useMay('admin');
  const [isOpen, { open, close }] = useDisclosure();
  const query = api.useInfiniteQuery('get', '/v1/meta-apps', {}, PAGED);
  useScrollToNamed(query.isSuccess);
  return (
    <section aria-labelledby="apps-title">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="apps-title">
          {t('apps')}
        </Title>
        {isAdmin && <Button onClick={open}>{t('addApp')}</Button>}
      </Group>
      <Loaded query={allItems(query)}>
        {(apps) =>
          apps.length === 0 ? (
            <EmptyState title={t('appsEmpty')}>{t('appsEmptyHint')}</EmptyState>
          ) : (
            <Stack>
              {apps.map((app) => (
                <MetaAppCard key={app.id} app={app} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <MoreButton {...query} />
      <Dialog opened={isOpen} onClose={close} title={t('addApp')} size="lg">
        <MetaAppForm
          onCreated={() => {
            close();
            notifications.show({ message: t('appAdded') });
          }}
        />
      </Dialog>
    </section>
  );
}

/** A link may name the account or the app; what is read later is there only after the browser has looked for it. */
function useScrollToNamed(isThere: boolean): void {
  const { hash } = useLocation();
  useEffect(() => {
    if (isThere && hash !== '') document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [isThere, hash]);
}
