import { Button, Checkbox, Group, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { Failure, Loaded } from '../layout/page.tsx';
import { Moment } from '../layout/times.tsx';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { readConnectionAnew } from './disconnect-page.tsx';

type Queued = Schemas['QueuedMessage'];

/** Messages that have not left: shown before the first step, decided after it. */
export function QueuedMessages({ connectionId, isDecidable }: { connectionId: string; isDecidable: boolean }) {
  const { t } = useTranslation('connections');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const query = api.useInfiniteQuery(
    'get',
    '/v1/connections/{id}/queued-messages',
    { params: { path: { id: connectionId } } },
    PAGED,
  );
  useLive(`connection:${connectionId}`, '/v1/connections/{id}/queued-messages');
  return (
    <Loaded query={allItems(query)}>
      {(messages) => {
        if (messages.length === 0) return <Text size="sm">{t('queued_empty')}</Text>;
        const there = new Set([...chosen].filter((id) => messages.some((message) => message.id === id)));
        return (
          <Stack gap="sm">
            <Text size="sm">{t(isDecidable ? 'queued_hint' : 'queued_before')}</Text>
            <QueuedTable messages={messages} chosen={isDecidable ? there : undefined} onChoose={setChosen} />
            <MoreButton {...query} />
            {isDecidable && <Decisions connectionId={connectionId} chosen={there} />}
          </Stack>
        );
      }}
    </Loaded>
  );
}

type QueuedTableProps = {
  messages: Queued[];
  /** Undefined: there is nothing to choose. */
  chosen: ReadonlySet<string> | undefined;
  onChoose: (chosen: ReadonlySet<string>) => void;
};

function QueuedTable({ messages, chosen, onChoose }: QueuedTableProps) {
  const { t } = useTranslation('connections');
  const toggle = (id: string, isWanted: boolean) => {
    const next = new Set(chosen);
    if (isWanted) next.add(id);
    else next.delete(id);
    onChoose(next);
  };
  const isAll = chosen !== undefined && chosen.size === messages.length;
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table verticalSpacing="xs" aria-label={t('queued')}>
        <Table.Thead>
          <Table.Tr>
            {chosen !== undefined && (
              <Table.Th>
                <Checkbox
                  aria-label={t('queued_selectAll')}
                  checked={isAll}
                  indeterminate={chosen.size > 0 && !isAll}
                  onChange={() => onChoose(isAll ? new Set() : new Set(messages.map(({ id }) => id)))}
                />
              </Table.Th>
            )}
            <Table.Th>{t('queued_to')}</Table.Th>
            <Table.Th>{t('queued_text')}</Table.Th>
            <Table.Th>{t('queued_at')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {messages.map((message) => (
            <Table.Tr key={message.id}>
              {chosen !== undefined && (
                <Table.Td>
                  <Checkbox
                    aria-label={t('queued_select', { name: message.customerName ?? message.id })}
                    checked={chosen.has(message.id)}
                    onChange={(event) => toggle(message.id, event.currentTarget.checked)}
                  />
                </Table.Td>
              )}
              <QueuedCells message={message} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function QueuedCells({ message }: { message: Queued }) {
  const { t } = useTranslation('connections');
  return (
    <>
      <Table.Td>{message.customerName}</Table.Td>
      <Table.Td>
        <Text size="sm" lineClamp={2}>
          {message.text === '' ? message.kind : message.text}
        </Text>
        {message.state === 'waiting' && (
          <Text size="xs" c="dimmed">
            {t('queued_waits')}
          </Text>
        )}
        {message.leavesLast && (
          <Text size="xs" c="dimmed">
            {t('queued_leaves')}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Moment at={message.receivedAt} />
      </Table.Td>
    </>
  );
}

function Decisions({ connectionId, chosen }: { connectionId: string; chosen: ReadonlySet<string> }) {
  const { t } = useTranslation('connections');
  const [isAsking, ask] = useDisclosure();
  const after = {
    onSuccess: ({ more }: { more: boolean }) => {
      ask.close();
      if (more) notifications.show({ message: t('queued_more') });
      readConnectionAnew();
    },
  };
  const send = api.useMutation('post', '/v1/connections/{id}/queued-messages/send', after);
  const discard = api.useMutation('post', '/v1/connections/{id}/queued-messages/discard', after);
  const request = {
    params: { path: { id: connectionId } },
    body: chosen.size === 0 ? {} : { ids: [...chosen] },
  };
  const count = chosen.size;
  return (
    <>
      {send.error && <Failure error={send.error} />}
      <Group gap="sm">
        <Button variant="default" loading={send.isPending} onClick={() => send.mutate(request)}>
          {count === 0 ? t('queued_sendAll') : t('queued_send', { count })}
        </Button>
        <Button variant="default" onClick={ask.open}>
          {count === 0 ? t('queued_discardAll') : t('queued_discard', { count })}
        </Button>
      </Group>
      <ConfirmDialog
        isOpen={isAsking}
        title={t('queued_discardSure')}
        hint={t('queued_discardSureHint')}
        action={count === 0 ? t('queued_discardAll') : t('queued_discard', { count })}
        isBusy={discard.isPending}
        error={discard.error}
        onConfirm={() => discard.mutate(request)}
        onClose={ask.close}
      />
    </>
  );
}
