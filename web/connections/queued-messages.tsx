import { Button, Checkbox, Group, Progress, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { BusyButton } from '../layout/busy-button.tsx';
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
            {isDecidable && (
              <Decisions connectionId={connectionId} chosen={there} count={query.data?.pages[0]?.undecided ?? 0} />
            )}
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

/** What somebody was asked about: that, and not what is chosen once they have read it; no ids mean all. */
type Asked = { decision: 'send' | 'discard'; ids: string[]; count: number };
type DecisionsProps = { connectionId: string; chosen: ReadonlySet<string>; count: number };

/** `count`: about how many nobody has decided. */
function Decisions({ connectionId, chosen, count }: DecisionsProps) {
  const { t } = useTranslation('connections');
  const [asked, setAsked] = useState<Asked>({ decision: 'discard', ids: [], count: 0 });
  const [isAsking, ask] = useDisclosure();
  const mutations = useDecisions(ask.close);
  // None means all of them, which nobody decides without having been asked about all.
  const requestOf = (ids: readonly string[]) => ({
    params: { path: { id: connectionId } },
    body: ids.length === 0 ? {} : { ids: [...ids] },
  });
  const offer = (decision: Asked['decision']) => {
    mutations[decision].reset();
    setAsked({ decision, ids: [...chosen], count });
    ask.open();
  };
  const wordOf = (decision: Asked['decision'], count: number) =>
    count === 0 ? t(`queued_${decision}All`) : t(`queued_${decision}`, { count });
  const { send } = mutations;
  const { decision, ids } = asked;
  const { isPending, error, mutate } = mutations[decision];
  return (
    <>
      {send.error && !isAsking && <Failure error={send.error} />}
      <Group gap="sm">
        <BusyButton
          variant="default"
          loading={send.isPending}
          onClick={() => (chosen.size === 0 ? offer('send') : send.mutate(requestOf([...chosen])))}
        >
          {wordOf('send', chosen.size)}
        </BusyButton>
        <Button variant="default" onClick={() => offer('discard')}>
          {wordOf('discard', chosen.size)}
        </Button>
      </Group>
      <ConfirmDialog
        isOpen={isAsking}
        title={t(decision === 'send' ? 'queued_sendSure' : 'queued_discardSure')}
        hint={t(decision === 'send' ? 'queued_sendSureHint' : 'queued_discardSureHint')}
        action={wordOf(decision, ids.length)}
        isBusy={isPending}
        error={error}
        onConfirm={() => mutate(requestOf(ids))}
        onClose={ask.close}
        isHarmless={decision === 'send'}
      >
        {isPending && ids.length === 0 && <HowFar connectionId={connectionId} total={asked.count} />}
      </ConfirmDialog>
    </>
  );
}

type Decided = Schemas['QueuedDecision'];

/** Afterwards it is said what has become of them, as long as not all was on the page. */
function useDecisions(close: () => void) {
  const { t } = useTranslation('connections');
  const after = (said: 'queued_sent' | 'queued_discarded') => ({
    onSuccess: ({ decided, undecided }: Decided, { body }: { body?: { ids?: string[] } | null }) => {
      close();
      const left = undecided > 0 ? t('queued_left', { count: undecided }) : '';
      if (body?.ids === undefined) notifications.show({ message: `${t(said, { count: decided })} ${left}` });
      readConnectionAnew();
    },
  });
  return {
    send: api.useMutation('post', '/v1/connections/{id}/queued-messages/send', after('queued_sent')),
    discard: api.useMutation('post', '/v1/connections/{id}/queued-messages/discard', after('queued_discarded')),
  };
}

const LOOK_MS = 500;

/** How far a decision about all has come. */
function HowFar({ connectionId, total }: { connectionId: string; total: number }) {
  const { t } = useTranslation('connections');
  const look = api.useQuery(
    'get',
    '/v1/connections/{id}/queued-messages',
    { params: { path: { id: connectionId }, query: { limit: 1 } } },
    { refetchInterval: LOOK_MS, gcTime: 0 },
  );
  const done = Math.max(0, total - (look.data?.undecided ?? total));
  const words = t('queued_progress', { done, total });
  return (
    <Stack gap={4} role="status">
      <Progress value={total === 0 ? 0 : (100 * done) / total} aria-label={words} />
      <Text size="sm">{words}</Text>
    </Stack>
  );
}
