import { Button, Group, SimpleGrid } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { queryClient } from '../api/query-client.ts';
import { useMay } from '../api/session.ts';
import { BusyButton } from '../layout/busy-button.tsx';
import { ConnectionSelect, useChosenConnection, useConnectionChoices } from '../layout/connection-select.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { EmptyState, Failure, Loaded, Page } from '../layout/page.tsx';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { TemplateCard } from './template-card.tsx';

/** The approved templates of every number, as customers will see them. */
export function TemplatesPage() {
  const { t } = useTranslation();
  const { t: say } = useTranslation('templates');
  const [connectionId, setConnectionId] = useChosenConnection();
  const connections = useConnectionChoices();
  const query = api.useInfiniteQuery(
    'get',
    '/v1/templates',
    { params: { query: connectionId === '' ? {} : { connectionId } } },
    PAGED,
  );
  useLive('templates', '/v1/templates');
  return (
    <Page title={t('templates')} description={say('description')}>
      <Group align="flex-end">
        <ConnectionSelect value={connectionId} onChange={setConnectionId} everyLabel={say('everyConnection')} />
        {connectionId !== '' && <ReadNow connectionId={connectionId} />}
      </Group>
      <Loaded query={allItems(query)}>
        {(templates) =>
          templates.length === 0 ? (
            <EmptyState
              title={say('empty')}
              action={
                connections.length === 0 && (
                  <Button component={Link} to="/connections">
                    {t('connections')}
                  </Button>
                )
              }
            >
              {say(connections.length === 0 ? 'noConnection' : 'emptyHint')}
            </EmptyState>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
              {templates.map((template) => (
                <TemplateCard key={template.id} template={template} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
      <MoreButton {...query} />
    </Page>
  );
}

function ReadNow({ connectionId }: { connectionId: string }) {
  const { t } = useTranslation('templates');
  const mayRead = useMay('agent');
  const sync = api.useMutation('post', '/v1/templates/sync', {
    onSuccess: ({ syncedAt }) => {
      notifications.show({ message: t(syncedAt === null ? 'readLater' : 'readDone') });
      return queryClient.invalidateQueries({ queryKey: ['get', '/v1/templates'] });
    },
  });
  if (!mayRead) return null;
  return (
    <>
      <BusyButton variant="default" loading={sync.isPending} onClick={() => sync.mutate({ body: { connectionId } })}>
        {t('readNow')}
      </BusyButton>
      {sync.error && <Failure error={sync.error} />}
    </>
  );
}
