import { Anchor, Badge, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { useConnectionChoices } from '../layout/connection-select.tsx';
import { DataTable } from '../layout/data-table.tsx';
import { Moment } from '../layout/times.tsx';
import { WindowState } from './window-state.tsx';

type Conversation = Schemas['Conversation'];

export function ConversationTable({ conversations }: { conversations: Conversation[] }) {
  const { t } = useTranslation();
  const { t: say } = useTranslation('conversations');
  const connections = useConnectionChoices();
  return (
    <DataTable
      label={t('conversations')}
      heads={[say('customer'), say('number'), say('lastMessage'), say('task'), say('window')]}
      minWidth={620}
      highlightOnHover
    >
      {conversations.map((conversation) => (
        <Row
          key={conversation.id}
          conversation={conversation}
          number={connections.find(({ value }) => value === conversation.connectionId)?.label}
        />
      ))}
    </DataTable>
  );
}

function Row({ conversation, number }: { conversation: Conversation; number: string | undefined }) {
  const { t } = useTranslation('conversations');
  const { id, customerName, customerPhone, lastMessageAt, planfixTask, planfixTaskUrl, openProblems } = conversation;
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/conversations/${id}`} fw={600}>
          {customerName ?? customerPhone ?? t('unnamed')}
        </Anchor>
        {customerName !== null && customerPhone !== null && (
          <Text size="sm" c="dimmed">
            {customerPhone}
          </Text>
        )}
        {openProblems > 0 && (
          <Badge color="orange" variant="light" tt="none">
            {t('problems', { count: openProblems })}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>{number}</Table.Td>
      <Table.Td>{lastMessageAt !== null && <Moment at={lastMessageAt} />}</Table.Td>
      <Table.Td>
        {planfixTask !== null && planfixTaskUrl !== null && (
          <Anchor
            href={planfixTaskUrl}
            target="_blank"
            rel="noreferrer"
            aria-label={t('openTask', { number: planfixTask })}
          >
            {planfixTask}
          </Anchor>
        )}
      </Table.Td>
      <Table.Td>
        <WindowState closesAt={conversation.windowClosesAt} />
      </Table.Td>
    </Table.Tr>
  );
}
