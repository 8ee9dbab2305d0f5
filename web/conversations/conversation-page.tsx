import { Anchor, Button, Group, List, Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { type AnswerOf, api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { useConnectionChoices } from '../layout/connection-select.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { EmptyState, Loaded, Page } from '../layout/page.tsx';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { MessageBubble } from './message-bubble.tsx';
import { WindowState } from './window-state.tsx';

type Detail = AnswerOf<'/v1/conversations/{id}'>;

/** One conversation: where it is in Planfix, and every message with what became of it. */
export function ConversationPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation('conversations');
  const query = api.useQuery('get', '/v1/conversations/{id}', { params: { path: { id } } });
  useLive(`conversation:${id}`, '/v1/conversations/{id}', '/v1/messages');
  return (
    <Loaded query={query}>
      {(conversation) => (
        <Page
          title={conversation.customerName ?? conversation.customerPhone ?? t('unnamed')}
          description={conversation.customerName === null ? undefined : conversation.customerPhone}
          actions={<Places conversation={conversation} />}
        >
          <Group>
            <NumberLink connectionId={conversation.connectionId} />
            <WindowState closesAt={conversation.windowClosesAt} isNamed />
          </Group>
          <Tasks conversation={conversation} />
          <Timeline conversationId={id} />
        </Page>
      )}
    </Loaded>
  );
}

/** The business's number that the conversation is with. */
function NumberLink({ connectionId }: { connectionId: string }) {
  const number = useConnectionChoices().find(({ value }) => value === connectionId);
  if (number === undefined) return null;
  return (
    <Anchor component={Link} to={`/connections/${connectionId}`} size="sm">
      {number.label}
    </Anchor>
  );
}

/** The same conversation elsewhere. */
function Places({ conversation }: { conversation: Detail }) {
  const { t } = useTranslation('conversations');
  const { data } = api.useQuery('get', '/v1/console', {});
  const { planfixTask, planfixTaskUrl, temporalWorkflowId } = conversation;
  const temporal =
    data?.temporalUiUrl &&
    `${data.temporalUiUrl}/namespaces/${data.temporalNamespace}/workflows/${encodeURIComponent(temporalWorkflowId)}`;
  return (
    <>
      {planfixTask !== null && planfixTaskUrl !== null && (
        <Button component="a" href={planfixTaskUrl} target="_blank" rel="noreferrer">
          {t('openTask', { number: planfixTask })}
        </Button>
      )}
      {temporal && (
        <Button component="a" variant="default" href={temporal} target="_blank" rel="noreferrer">
          {t('openTemporal')}
        </Button>
      )}
    </>
  );
}

function Tasks({ conversation }: { conversation: Detail }) {
  const { t } = useTranslation('conversations');
  const tasks = conversation.tasks.filter(({ planfixTask }) => planfixTask !== null);
  if (tasks.length < 2) return null;
  return (
    <section aria-labelledby="tasks-title">
      <Title order={2} size="h5" id="tasks-title">
        {t('tasks')}
      </Title>
      <List>
        {tasks.map(({ planfixTask, planfixTaskUrl, isCurrent }) => (
          <List.Item key={planfixTask}>
            <Anchor href={planfixTaskUrl ?? undefined} target="_blank" rel="noreferrer">
              {t('openTask', { number: planfixTask })}
            </Anchor>
            {isCurrent && ` (${t('current')})`}
          </List.Item>
        ))}
      </List>
    </section>
  );
}

function Timeline({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation('conversations');
  const query = api.useInfiniteQuery('get', '/v1/messages', { params: { query: { conversationId } } }, PAGED);
  return (
    <section aria-label={t('messages')}>
      <Stack gap="sm">
        <MoreButton {...query} label={t('earlier')} />
        <Loaded query={allItems(query)}>
          {(messages) =>
            messages.length === 0 ? (
              <EmptyState title={t('noMessages')} />
            ) : (
              <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
                {messages.toReversed().map((message) => (
                  <MessageBubble key={message.id} message={message} />
                ))}
              </Stack>
            )
          }
        </Loaded>
      </Stack>
    </section>
  );
}
