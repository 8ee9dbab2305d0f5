import { Button, Checkbox, Group, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { DataTable } from '../layout/data-table.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { Failure, Loaded } from '../layout/page.tsx';
import { Moment } from '../layout/times.tsx';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { readConnectionAnew } from './disconnect-page.tsx';

type Queued = Schemas['QueuedMessage'];

const HINTS = { before: 'queued_before', 'link-gone': 'queued_ownerFirst', deciding: 'queued_hint' } as const;
type QueuedMessagesProps = { connectionId: string; stage: keyof typeof HINTS };

/** Messages that have not left: shown before the first step, decided after it. */
export function QueuedMessages({ connectionId, stage }: QueuedMessagesProps) {
  const { t } = useTranslation('connections');
  const isDecidable = stage === 'deciding';
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
            <Text size="sm">{t(HINTS[stage])}</Text>
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
  const chooseAll = chosen && (
    <Checkbox
      aria-label={t('queued_selectAll')}
      checked={isAll}
      indeterminate={chosen.size > 0 && !isAll}
      onChange={() => onChoose(isAll ? new Set() : new Set(messages.map(({ id }) => id)))}
    />
  );
  return (
    <DataTable
      label={t('queued')}
      lead={chooseAll}
      heads={[t('queued_to'), t('queued_text'), t('queued_at')]}
      minWidth={480}
      verticalSpacing="xs"
    >
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
    </DataTable>
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

/** What somebody was asked about: that, and not what is chosen once they have read it. */
type Asked = { decision: 'send' | 'discard'; ids: string[] };

function Decisions({ connectionId, chosen }: { connectionId: string; chosen: ReadonlySet<string> }) {
  const { t } = useTranslation('connections');
  const [asked, setAsked] = useState<Asked>({ decision: 'discard', ids: [] });
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
  const mutations = { send, discard };
  // None means all of them, which nobody decides without having been asked about all.
  const requestOf = (ids: readonly string[]) => ({
    params: { path: { id: connectionId } },
    body: ids.length === 0 ? {} : { ids: [...ids] },
  });
  const offer = (decision: Asked['decision']) => {
    mutations[decision].reset();
    setAsked({ decision, ids: [...chosen] });
    ask.open();
  };
  const wordOf = (decision: Asked['decision'], count: number) =>
    count === 0 ? t(`queued_${decision}All`) : t(`queued_${decision}`, { count });
  const { decision, ids } = asked;
  return (
    <>
      {send.error && !isAsking && <Failure error={send.error} />}
      <Group gap="sm">
        <Button
          variant="default"
          loading={send.isPending}
          onClick={() => (chosen.size === 0 ? offer('send') : send.mutate(requestOf([...chosen])))}
        >
          {wordOf('send', chosen.size)}
        </Button>
        <Button variant="default" onClick={() => offer('discard')}>
          {wordOf('discard', chosen.size)}
        </Button>
      </Group>
      <ConfirmDialog
        isOpen={isAsking}
        title={t(decision === 'send' ? 'queued_sendSure' : 'queued_discardSure')}
        hint={t(decision === 'send' ? 'queued_sendSureHint' : 'queued_discardSureHint')}
        action={wordOf(decision, ids.length)}
        isBusy={mutations[decision].isPending}
        error={mutations[decision].error}
        onConfirm={() => mutations[decision].mutate(requestOf(ids))}
        onClose={ask.close}
        isHarmless={decision === 'send'}
      />
    </>
  );
}
