import { Alert, Anchor, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../api/session.ts';
import { Loaded, Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { useMomentWords } from '../layout/times.tsx';
import { CheckNow } from './check-now.tsx';
import { ConnectionFacts } from './connection-facts.tsx';
import { Health } from './health.tsx';
import { NewToken } from './new-token.tsx';
import { OwnProblems } from './own-problems.tsx';
import { type Connection, StateBadge } from './state-badge.tsx';
import { isEndedByOwner, useStateMeaning } from './state-meaning.ts';
import { Steps } from './steps.tsx';
import { useConnection } from './use-connection.ts';
import { useNumberName, useReasonWords } from './words.ts';

/** One number: how it fares, and what can be done about it. */
export function ConnectionPage() {
  return <Loaded query={useConnection()}>{(connection) => <Shown connection={connection} />}</Loaded>;
}

function Shown({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const name = useNumberName();
  const isAdmin = useMay('admin');
  const description = (
    <Group gap="sm" component="span">
      <StateBadge state={connection.state} />
      <span>{connection.verifiedName}</span>
    </Group>
  );
  return (
    <Page title={name(connection)} description={description} actions={isAdmin && <Actions connection={connection} />}>
      <StateAlert connection={connection} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" style={{ alignItems: 'start' }}>
        <Stack gap="lg">
          <Section title={t('health')}>
            <Health connection={connection} />
          </Section>
          {connection.steps.length > 0 && (
            <Section title={t('steps')}>
              <Steps connection={connection} />
            </Section>
          )}
        </Stack>
        <Stack gap="lg">
          <Section title={t('facts')}>
            <ConnectionFacts connection={connection} />
          </Section>
          {connection.openProblems > 0 && (
            <Section title={t('ownProblems')}>
              <OwnProblems connectionId={connection.id} />
            </Section>
          )}
          <Section title={t('links')}>
            <Links id={connection.id} />
          </Section>
        </Stack>
      </SimpleGrid>
    </Page>
  );
}

const HAS_LIVE_CREDENTIALS: ReadonlySet<Connection['state']> = new Set(['connected', 'paused', 'checking']);

function Actions({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const { id, state } = connection;
  if (state === 'disconnected' || state === 'failed') {
    return (
      <Button component={Link} to="/connections/new">
        {t('connect')}
      </Button>
    );
  }
  return (
    <>
      {HAS_LIVE_CREDENTIALS.has(state) && <CheckNow id={id} />}
      {HAS_LIVE_CREDENTIALS.has(state) && <NewToken connection={connection} />}
      <Button component={Link} to={`/connections/${id}/settings`} variant="default">
        {t('settings')}
      </Button>
      <Button component={Link} to={`/connections/${id}/disconnect`} variant="default">
        {t(state === 'disconnecting' ? 'continueDisconnect' : 'disconnect')}
      </Button>
    </>
  );
}

const COLORS: Partial<Record<Connection['state'], string>> = {
  paused: 'orange',
  failed: 'red',
  disconnecting: 'orange',
};

/** What the state means, and why it is so. */
function StateAlert({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const reasonWords = useReasonWords();
  const meaningOf = useStateMeaning();
  const moment = useMomentWords();
  const isAdmin = useMay('admin');
  const { id, state, provider, pausedReason, pausedAt } = connection;
  if (state === 'connected') return null;
  return (
    <Alert color={COLORS[state] ?? 'blue'} variant="light" title={t(`state_${state}`)}>
      <Stack gap={4}>
        <Text size="sm">{meaningOf(connection)}</Text>
        {pausedReason !== null && (
          <Text size="sm">
            {t('pausedBecause', { reason: reasonWords(pausedReason, provider) })}
            {pausedAt !== null && <> ({t('pausedSince', { at: moment(pausedAt) })})</>}
          </Text>
        )}
        {isEndedByOwner(connection) && isAdmin && (
          <Group gap="lg">
            <Anchor component={Link} to={`/connections/${id}/disconnect`} size="sm">
              {t('proposal')}
            </Anchor>
            <Anchor component={Link} to="/connections/new" size="sm">
              {t('connectAgain')}
            </Anchor>
          </Group>
        )}
        {(state === 'checking' || state === 'draft') && (
          <Anchor component={Link} to={`/connections/${id}/connecting`} size="sm">
            {t('watchConnecting')}
          </Anchor>
        )}
      </Stack>
    </Alert>
  );
}

function Links({ id }: { id: string }) {
  const { t } = useTranslation('connections');
  return (
    <Group gap="lg">
      <Anchor component={Link} to={`/conversations?connectionId=${id}`}>
        {t('linkConversations')}
      </Anchor>
      <Anchor component={Link} to={`/templates?connectionId=${id}`}>
        {t('linkTemplates')}
      </Anchor>
      <Anchor component={Link} to={`/mailings?connectionId=${id}`}>
        {t('linkMailings')}
      </Anchor>
    </Group>
  );
}
