import { Alert, Anchor, Badge, Group, List, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { PropsWithChildren } from 'react';
import { useTranslation } from 'react-i18next';
import { type AnswerOf, api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { Loaded, Page } from '../layout/page.tsx';
import { useDurationWords } from '../layout/times.tsx';

type Status = AnswerOf<'/v1/status'>;
const STATES = ['connected', 'paused', 'checking', 'failed', 'disconnecting', 'disconnected'] as const;

/** Whether everything works, at one look. */
export function StatusPage() {
  const { t } = useTranslation();
  const { t: say } = useTranslation('status');
  const query = api.useQuery('get', '/v1/status', {}, { refetchInterval: 10_000 });
  const console = api.useQuery('get', '/v1/console', {});
  useLive('status', '/v1/status');
  return (
    <Page
      title={t('status')}
      description={say('description')}
      actions={
        console.data?.temporalUiUrl && (
          <Anchor href={console.data.temporalUiUrl} target="_blank" rel="noreferrer">
            {say('temporal')}
          </Anchor>
        )
      }
    >
      {/* Nobody must read that everything works from an answer that is old. */}
      <Loaded query={query.error ? { ...query, data: undefined } : query}>
        {(status) => <Parts status={status} />}
      </Loaded>
    </Page>
  );
}

function Parts({ status }: { status: Status }) {
  const { t } = useTranslation('status');
  const duration = useDurationWords();
  const { toPlanfix, toCustomer, oldestSeconds } = status.waiting;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card title={t('parts')}>
        {status.parts.map(({ name, ok, detail }) => (
          <Group key={name} justify="space-between" wrap="nowrap">
            <Text>
              {t(`part_${name}` as 'part_worker', { defaultValue: name })}
              {detail !== null && (
                <Text span size="sm" c="dimmed">
                  {' '}
                  {detail}
                </Text>
              )}
            </Text>
            <Badge color={ok ? 'green' : 'red'} variant={ok ? 'light' : 'filled'} tt="none">
              {t(ok ? 'works' : 'fails')}
            </Badge>
          </Group>
        ))}
      </Card>
      <Card title={t('waiting')}>
        {toPlanfix + toCustomer === 0 ? (
          <Text>{t('nothingWaits')}</Text>
        ) : (
          <List>
            {toPlanfix > 0 && <List.Item>{t('toPlanfix', { count: toPlanfix })}</List.Item>}
            {toCustomer > 0 && <List.Item>{t('toCustomer', { count: toCustomer })}</List.Item>}
          </List>
        )}
        {oldestSeconds !== null && oldestSeconds > 60 && (
          <Alert color="orange">{t('oldest', { duration: duration(oldestSeconds) })}</Alert>
        )}
      </Card>
      <Card title={t('accounts')}>
        <Counts counts={status.accounts} />
      </Card>
      <Card title={t('connections')}>
        <Counts counts={status.connections} />
      </Card>
    </SimpleGrid>
  );
}

function Counts({ counts }: { counts: Partial<Record<string, number>> }) {
  const { t } = useTranslation('status');
  // A draft, too, is being checked.
  const { draft = 0, checking = 0, ...others } = counts;
  const shown: Partial<Record<string, number>> = { ...others, checking: draft + checking };
  const found = STATES.map((state) => ({ state, count: shown[state] ?? 0 })).filter(({ count }) => count > 0);
  if (found.length === 0) return <Text c="dimmed">{t('noneYet')}</Text>;
  return found.map(({ state, count }) => <Text key={state}>{t(`state_${state}`, { count })}</Text>);
}

function Card({ title, children }: PropsWithChildren<{ title: string }>) {
  return (
    <Paper withBorder p="md" radius="md" component="section">
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      <Stack gap="xs">{children}</Stack>
    </Paper>
  );
}
