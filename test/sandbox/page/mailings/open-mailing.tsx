import { Alert, Badge, Box, Button, Group, Progress, Text, Title } from '@mantine/core';
import { useCallback } from 'react';
import { useAct } from '../acting.tsx';
import { type Connection, controlMailing, countNames, type Mailing, readMailing } from '../control/mailing-calls.ts';
import { WarningIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { Recipients } from './recipients.tsx';
import { usePolled } from './use-polled.ts';

const everyMs = 1_000;
const badCounts = new Set(['failed', 'unknown', 'bad']);
const colors: Record<string, string> = {
  running: 'green',
  checking: 'blue',
  scheduled: 'blue',
  paused: 'orange',
  stopped: 'red',
  refused: 'red',
};

export function StateBadge({ state }: { state: string }) {
  const t = useTexts();
  return (
    <Badge size="sm" variant="light" color={colors[state] ?? 'gray'}>
      {t.mailingStates[state] ?? state}
    </Badge>
  );
}

type OpenMailingProps = {
  id: string;
  connection: Connection;
  onPhone: (customer: string, phoneNumberId: string) => void;
};

/** How a mailing fares while it runs, and the way to the phones of those who got it. */
export function OpenMailing({ id, connection, onPhone }: OpenMailingProps) {
  const t = useTexts();
  const ask = useCallback(() => readMailing(id), [id]);
  const { answer: mailing, reason, again } = usePolled(ask, everyMs);
  if (mailing === undefined) {
    return (
      <Text p="md" c={reason === undefined ? 'dimmed' : 'red'} role="status">
        {reason === undefined ? t.loading : t.requestFailed(reason)}
      </Text>
    );
  }
  const { name, template, text, state, reasonDetail } = mailing;
  return (
    <section className="scrolled mailing-scroll" aria-label={t.openMailing}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Box miw={0}>
          <StateBadge state={state} />
          <Title order={2} size="h4" lineClamp={2} mt={4}>
            {name ?? template?.name ?? text}
          </Title>
          {template !== null && (
            <Text size="xs" c="dimmed">
              {t.kinds.template} · {template.name} · {template.language}
            </Text>
          )}
        </Box>
        <Actions mailing={mailing} onDone={again} />
      </Group>
      {reasonDetail !== null && state !== 'done' && (
        <Alert mt="sm" py={8} color="orange" icon={<WarningIcon size={18} />}>
          {reasonDetail}
        </Alert>
      )}
      <Counts mailing={mailing} />
      <BadLines mailing={mailing} />
      <Recipients connection={connection} mailing={mailing} onPhone={onPhone} />
    </section>
  );
}

function Actions({ mailing: { id, state }, onDone }: { mailing: Mailing; onDone: () => void }) {
  const t = useTexts();
  const act = useAct();
  const run = (what: 'pause' | 'resume' | 'cancel') => void act(() => controlMailing(id, what)).then(onDone);
  const isOver = ['done', 'cancelled', 'refused'].includes(state);
  return (
    <Group gap={6} wrap="nowrap">
      {['running', 'scheduled'].includes(state) && (
        <Button size="xs" variant="default" onClick={() => run('pause')}>
          {t.pauseMailing}
        </Button>
      )}
      {['paused', 'stopped'].includes(state) && (
        <Button size="xs" onClick={() => run('resume')}>
          {t.resumeMailing}
        </Button>
      )}
      {!isOver && (
        <Button size="xs" variant="subtle" color="red" onClick={() => run('cancel')}>
          {t.cancelMailing}
        </Button>
      )}
    </Group>
  );
}

function Counts({ mailing: { counts } }: { mailing: Mailing }) {
  const t = useTexts();
  const total = counts.recipients ?? 0;
  const share = (name: 'accepted' | 'failed' | 'unknown') => (total === 0 ? 0 : (100 * (counts[name] ?? 0)) / total);
  const shown = countNames.filter(
    (name) => ['recipients', 'waiting', 'accepted', 'delivered', 'read', 'answered'].includes(name) || counts[name],
  );
  return (
    <>
      <Progress.Root size="md" mt="md" aria-label={t.progress}>
        <Progress.Section value={share('accepted')} color="green" />
        <Progress.Section value={share('failed')} color="red" />
        <Progress.Section value={share('unknown')} color="orange" />
      </Progress.Root>
      <dl className="mailing-counts">
        {shown.map((name) => (
          <div key={name} className="mailing-count" data-bad={badCounts.has(name) || undefined}>
            <Text component="dt" size="xs" c="dimmed">
              {t.counts[name]}
            </Text>
            <Text component="dd" m={0} fw={700} className="tabular" data-count={name}>
              {counts[name] ?? 0}
            </Text>
          </div>
        ))}
      </dl>
      {Object.entries(counts.failedByReason ?? {}).map(([reason, count]) => (
        <Text key={reason} size="sm" c="red">
          {reason}: {count}
        </Text>
      ))}
    </>
  );
}

function BadLines({ mailing: { badLines = [] } }: { mailing: Mailing }) {
  const t = useTexts();
  if (badLines.length === 0) return null;
  return (
    <Box my="sm">
      <Text size="xs" fw={700} c="dimmed" tt="uppercase" lts="0.03em">
        {t.badLines}
      </Text>
      {badLines.slice(0, 20).map(({ line, path, message, remedy }) => (
        <Text key={`${line} ${path}`} size="sm">
          <b>{t.lineNumber(line)}</b> {path}: {message}. {remedy}
        </Text>
      ))}
    </Box>
  );
}
