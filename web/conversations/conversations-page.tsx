import { Group, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { ConnectionSelect, useChosenConnection } from '../layout/connection-select.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { EmptyState, Loaded, Page } from '../layout/page.tsx';
import { useSearchField } from '../layout/use-address.ts';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { ConversationTable } from './conversation-table.tsx';

/** Finds a conversation by phone, name or task. */
export function ConversationsPage() {
  const { t } = useTranslation();
  const { t: say } = useTranslation('conversations');
  const { search, field } = useSearchField();
  const [connectionId, setConnectionId] = useChosenConnection();
  const filter = { ...(search === '' ? {} : { search }), ...(connectionId === '' ? {} : { connectionId }) };
  const query = api.useInfiniteQuery('get', '/v1/conversations', { params: { query: filter } }, PAGED);
  useLive('conversations', '/v1/conversations');
  const isFiltered = search !== '' || connectionId !== '';
  return (
    <Page title={t('conversations')} description={say('description')}>
      <Group align="flex-end">
        <TextInput label={t('search')} placeholder={say('searchHint')} w={320} {...field} />
        <ConnectionSelect value={connectionId} onChange={setConnectionId} everyLabel={say('everyConnection')} />
      </Group>
      <Loaded query={allItems(query)}>
        {(conversations) =>
          conversations.length === 0 ? (
            <EmptyState title={say(isFiltered ? 'nothingFound' : 'empty')}>
              {say(isFiltered ? 'nothingFoundHint' : 'emptyHint')}
            </EmptyState>
          ) : (
            <ConversationTable conversations={conversations} />
          )
        }
      </Loaded>
      <MoreButton {...query} />
    </Page>
  );
}
