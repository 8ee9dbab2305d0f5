import { Alert, Button, Group, List, Loader, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../api/client.ts';
import { problemOf } from '../api/problem.ts';
import { CheckVerdict } from '../connections/check-verdict.tsx';
import type { Connection } from '../connections/state-badge.tsx';
import { useStateMeaning } from '../connections/state-meaning.ts';
import { Steps } from '../connections/steps.tsx';
import { useConnection } from '../connections/use-connection.ts';
import { useNumberName } from '../connections/words.ts';
import { EmptyState, Loaded, Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { CopyLine } from '../planfix/copy-line.tsx';
import { forgetDraft } from './draft.ts';

/** From what was entered to a number that works, as it happens. */
export function ConnectingPage() {
  const query = useConnection();
  // What did not pass its checks is deleted after a while.
  if (query.data === undefined && problemOf(query.error)?.status === 404) return <Gone />;
  return <Loaded query={query}>{(connection) => <Connecting connection={connection} />}</Loaded>;
}

function Gone() {
  const { t } = useTranslation('connections');
  return (
    <EmptyState title={t('gone')} action={<ToWizard word={t('correct')} />}>
      {t('goneHint')}
    </EmptyState>
  );
}

function ToWizard({ word }: { word: string }) {
  return (
    <Button component={Link} to="/connections/new">
      {word}
    </Button>
  );
}

function Connecting({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const name = useNumberName();
  const isUnderWay = connection.state === 'draft' || connection.state === 'checking';
  const isFailed = connection.state === 'failed';
  const isThere = connection.state === 'connected';
  const { phoneNumberId } = connection;
  useEffect(() => {
    if (isThere) forgetDraft(phoneNumberId);
  }, [isThere, phoneNumberId]);
  const title = isUnderWay ? t('connectingTitle') : isThere ? t('connectedTitle') : t(`state_${connection.state}`);
  return (
    <Page title={title} description={`${name(connection)} ${connection.verifiedName ?? ''}`}>
      <Stack maw={760} gap="lg">
        <div role="status">
          {isUnderWay && (
            <Group gap="xs">
              <Loader size="sm" aria-hidden />
              <Text>{t('connectingHint')}</Text>
            </Group>
          )}
          {isThere && (
            <Alert color="green" variant="light">
              {t('connectedHint')}
            </Alert>
          )}
        </div>
        {!isUnderWay && !isThere && !isFailed && <Past connection={connection} />}
        {isFailed && (
          <Alert color="red" variant="light" title={t('stateMeans_failed')} role="alert">
            <ToWizard word={t('correct')} />
          </Alert>
        )}
        {connection.steps.length > 0 && (
          <Section title={t('steps')}>
            <Steps connection={connection} />
          </Section>
        )}
        {connection.checks.length > 0 && (
          <Section title={t('checks')}>
            {connection.checks.map((check) => (
              <CheckVerdict key={`${check.name} ${check.message}`} check={check} />
            ))}
          </Section>
        )}
        {isThere && <WhatNext connection={connection} />}
      </Stack>
    </Page>
  );
}

/** Connecting is over, and something else has become of the number since. */
function Past({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const meaningOf = useStateMeaning();
  return (
    <Alert color="orange" variant="light" role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{meaningOf(connection)}</Text>
        <Button component={Link} to={`/connections/${connection.id}`} size="xs" variant="default">
          {t('openConnection')}
        </Button>
      </Stack>
    </Alert>
  );
}

/** The shortest way to see that it works, and what makes it quick. */
function WhatNext({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const name = useNumberName();
  const account = api.useQuery('get', '/v1/planfix-accounts/{id}', {
    params: { path: { id: connection.planfixAccountId } },
  });
  return (
    <>
      <Section title={t('nextTitle')}>
        <List type="ordered" spacing="sm">
          <List.Item>{t('nextMessage', { number: name(connection) })}</List.Item>
          <List.Item>{t('nextAnswer')}</List.Item>
          <List.Item>
            {t('nextScenario')} {t('nextScenarioSecret')}
          </List.Item>
        </List>
        {account.data && <CopyLine label={t('hintAddress')} value={account.data.hintUrl} />}
      </Section>
      <Group>
        <Button component={Link} to={`/connections/${connection.id}`}>
          {t('openConnection')}
        </Button>
        <Button component={Link} to="/connections/new" variant="default">
          {t('connectAnother')}
        </Button>
      </Group>
    </>
  );
}
