import { Alert, Group, List, Paper, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { inReadersLanguage } from '../api/problem.ts';
import { Loaded, Page } from '../layout/page.tsx';
import { MailingDecisions } from './mailing-decisions.tsx';
import { MailingState } from './mailing-state.tsx';
import { progressOf, useProgressWords } from './progress.ts';

type Mailing = Schemas['Mailing'];
const COUNTS = [
  'recipients',
  'waiting',
  'accepted',
  'delivered',
  'read',
  'answered',
  'failed',
  'unknown',
  'optedOut',
  'unsubscribed',
  'duplicate',
  'bad',
  'cancelled',
] as const;
/** Shown even while they are nought. */
const ALWAYS: ReadonlySet<string> = new Set(['recipients', 'waiting', 'accepted', 'delivered', 'read', 'answered']);
const SHOWN_LINES = 100;

/** One mailing, while it runs and afterwards. */
export function MailingPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation('mailings');
  const query = api.useQuery('get', '/v1/mailings/{id}', { params: { path: { id } } });
  useLive(`mailing:${id}`, '/v1/mailings/{id}');
  return (
    <Loaded query={query}>
      {(mailing) => (
        <Page
          title={mailing.name ?? t('unnamed')}
          description={
            mailing.template === null ? undefined : `${mailing.template.name} (${mailing.template.language})`
          }
          actions={<MailingDecisions mailing={mailing} />}
        >
          <Group>
            <MailingState state={mailing.state} />
          </Group>
          {mailing.reasonDetail !== null && <Alert color="orange">{mailing.reasonDetail}</Alert>}
          <Sent mailing={mailing} />
          <Paper p="sm" radius="md" className="template-preview">
            <Text style={{ whiteSpace: 'pre-wrap' }}>{mailing.text}</Text>
          </Paper>
          <Counts counts={mailing.counts} />
          <Failures reasons={mailing.counts.failedByReason} />
          <BadLines lines={mailing.badLines} />
        </Page>
      )}
    </Loaded>
  );
}

function Sent({ mailing: { counts, state } }: { mailing: Mailing }) {
  const { sent, total } = progressOf(counts);
  const words = useProgressWords()(counts);
  return (
    <Stack gap={4}>
      <Progress
        value={total === 0 ? 0 : (100 * sent) / total}
        aria-label={words}
        animated={state === 'running'}
        size="lg"
      />
      <Text size="sm" c="dimmed">
        {words}
      </Text>
    </Stack>
  );
}

function Counts({ counts }: { counts: Mailing['counts'] }) {
  const { t, i18n } = useTranslation('mailings');
  const shown = COUNTS.filter((name) => ALWAYS.has(name) || counts[name] > 0);
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: 3, lg: 6 }} m={0}>
      {shown.map((name) => (
        <Paper key={name} withBorder p="sm" radius="md">
          <Text component="dt" size="sm" c="dimmed">
            {t(`count_${name}`)}
          </Text>
          <Text component="dd" m={0} fw={700} size="xl">
            {counts[name].toLocaleString(i18n.language)}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function Failures({ reasons }: { reasons: Record<string, number> }) {
  const { t } = useTranslation('mailings');
  if (Object.keys(reasons).length === 0) return null;
  return (
    <section>
      <Title order={2} size="h5">
        {t('failedWhy')}
      </Title>
      <List>
        {Object.entries(reasons).map(([reason, count]) => (
          <List.Item key={reason}>
            {reason}: {count}
          </List.Item>
        ))}
      </List>
    </section>
  );
}

function BadLines({ lines }: { lines: Mailing['badLines'] }) {
  const { t } = useTranslation('mailings');
  if (lines.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h5">
        {t('badLines')}
      </Title>
      <List>
        {lines.slice(0, SHOWN_LINES).map(({ line, path, message, remedy }) => (
          <List.Item key={`${line} ${path}`}>
            {t('line', { line })}: {inReadersLanguage(message)}. {inReadersLanguage(remedy)}
          </List.Item>
        ))}
      </List>
      {lines.length > SHOWN_LINES && <Text c="dimmed">{t('moreLines', { count: lines.length - SHOWN_LINES })}</Text>}
    </section>
  );
}
