import { Badge, Button, Group, Switch, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { DataTable } from '../layout/data-table.tsx';
import { Dialog } from '../layout/dialog.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { EmptyState, Loaded } from '../layout/page.tsx';
import { SecretOnce } from '../layout/secret-once.tsx';
import { Moment } from '../layout/times.tsx';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { NewApiKey } from './new-api-key.tsx';

type ApiKey = Schemas['ApiKey'];

export const readKeysAnew = () => queryClient.invalidateQueries({ queryKey: ['get', '/v1/api-keys'] });

/** Keys by which programs use the API. */
export function ApiKeys() {
  const { t } = useTranslation('people');
  const query = api.useInfiniteQuery('get', '/v1/api-keys', {}, PAGED);
  const [isMaking, making] = useDisclosure();
  const [secret, setSecret] = useState<string>();
  const [showsRevoked, setShowsRevoked] = useState(false);
  return (
    <section aria-labelledby="keys-title">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="keys-title">
          {t('keys')}
        </Title>
        <Group>
          <Switch
            label={t('show')}
            checked={showsRevoked}
            onChange={(event) => setShowsRevoked(event.currentTarget.checked)}
          />
          <Button onClick={making.open}>{t('newKey')}</Button>
        </Group>
      </Group>
      <Loaded query={allItems(query)}>
        {(keys) => <KeyTable keys={keys.filter((key) => showsRevoked || key.revokedAt === null)} />}
      </Loaded>
      <MoreButton {...query} />
      <Dialog opened={isMaking} onClose={making.close} title={t('newKey')}>
        <NewApiKey
          onMade={(made) => {
            making.close();
            setSecret(made);
          }}
        />
      </Dialog>
      <Dialog opened={secret !== undefined} onClose={() => setSecret(undefined)} title={t('newKey')} isShownOnce>
        {secret !== undefined && <SecretOnce value={secret}>{t('keyOnce')}</SecretOnce>}
      </Dialog>
    </section>
  );
}

function KeyTable({ keys }: { keys: ApiKey[] }) {
  const { t } = useTranslation('people');
  if (keys.length === 0) return <EmptyState title={t('noKeys')}>{t('noKeysHint')}</EmptyState>;
  return (
    <DataTable label={t('keys')} heads={[t('keyName'), t('scopes'), t('created'), t('actions')]}>
      {keys.map((key) => (
        <KeyRow key={key.id} apiKey={key} />
      ))}
    </DataTable>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation('people');
  const [isAsking, asking] = useDisclosure();
  const revoke = api.useMutation('delete', '/v1/api-keys/{id}', { onSuccess: readKeysAnew });
  return (
    <Table.Tr>
      <Table.Td>{apiKey.name}</Table.Td>
      <Table.Td>
        <Group gap={4}>
          {apiKey.scopes.map((scope) => (
            <Badge key={scope} variant="light" color="gray" tt="none">
              {scope}
            </Badge>
          ))}
        </Group>
      </Table.Td>
      <Table.Td>
        <Moment at={apiKey.createdAt} />
      </Table.Td>
      <Table.Td>
        {apiKey.revokedAt === null ? (
          <Button size="compact-sm" variant="subtle" color="red" onClick={asking.open}>
            {t('revoke')}
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            {t('revoked')}
          </Text>
        )}
        <ConfirmDialog
          isOpen={isAsking}
          title={`${t('revoke')}: ${apiKey.name}`}
          hint={t('revokeSure')}
          action={t('revoke')}
          isBusy={revoke.isPending}
          error={revoke.error}
          onConfirm={() => revoke.mutate({ params: { path: { id: apiKey.id } } }, { onSuccess: asking.close })}
          onClose={asking.close}
        />
      </Table.Td>
    </Table.Tr>
  );
}
