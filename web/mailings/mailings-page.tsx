import { Anchor, Button, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { useMay } from '../api/session.ts';
import { ConnectionSelect, useChosenConnection } from '../layout/connection-select.tsx';
import { DataTable } from '../layout/data-table.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { EmptyState, Loaded, Page } from '../layout/page.tsx';
import { Moment } from '../layout/times.tsx';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { MailingState } from './mailing-state.tsx';
import { useProgressWords } from './progress.ts';

type Mailing = Schemas['ListedMailing'];

/** What was sent to many, newest first. */
export function MailingsPage() {
  const { t } = useTranslation();
  const { t: say } = useTranslation('mailings');
  const [connectionId, setConnectionId] = useChosenConnection();
  const query = api.useInfiniteQuery(
    'get',
    '/v1/mailings',
    { params: { query: connectionId === '' ? {} : { connectionId } } },
    PAGED,
  );
  useLive('mailings', '/v1/mailings');
  const create = useMay('agent') && (
    <Button component={Link} to="/mailings/new">
      {say('newMailing')}
    </Button>
  );
  return (
    <Page title={t('mailings')} description={say('description')} actions={create}>
      <Group>
        <ConnectionSelect value={connectionId} onChange={setConnectionId} everyLabel={say('everyConnection')} />
      </Group>
      <Loaded query={allItems(query)}>
        {(mailings) =>
          mailings.length === 0 ? (
            <EmptyState title={say('empty')} action={create}>
              {say('emptyHint')}
            </EmptyState>
          ) : (
            <MailingTable mailings={mailings} />
          )
        }
      </Loaded>
      <MoreButton {...query} />
    </Page>
  );
}

function MailingTable({ mailings }: { mailings: Mailing[] }) {
  const { t } = useTranslation();
  const { t: say } = useTranslation('mailings');
  const progressIn = useProgressWords();
  return (
    <DataTable
      label={t('mailings')}
      heads={[say('name'), say('state'), say('recipients'), say('created')]}
      highlightOnHover
    >
      {mailings.map(({ id, name, text, origin, state, counts, createdAt }) => (
        <Table.Tr key={id}>
          <Table.Td>
            <Anchor component={Link} to={`/mailings/${id}`} fw={600}>
              {name ?? say('unnamed')}
            </Anchor>
            <Text size="sm" c="dimmed" lineClamp={1}>
              {origin === 'detected' ? say('origin_detected') : text}
            </Text>
          </Table.Td>
          <Table.Td>
            <MailingState state={state} />
          </Table.Td>
          <Table.Td>{progressIn(counts)}</Table.Td>
          <Table.Td>
            <Moment at={createdAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}
