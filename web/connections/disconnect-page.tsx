import { Alert, Button, List, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Loaded, Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { OwnerChecklist } from './owner-checklist.tsx';
import { QueuedMessages } from './queued-messages.tsx';
import type { Connection } from './state-badge.tsx';
import { Steps } from './steps.tsx';
import { useConnection } from './use-connection.ts';
import { useNumberName } from './words.ts';

/** Disconnecting in two steps: here, then at the network. */
export function DisconnectPage() {
  return <Loaded query={useConnection()}>{(connection) => <Shown connection={connection} />}</Loaded>;
}

export const readConnectionAnew = () => {
  void queryClient.invalidateQueries({ queryKey: ['get', '/v1/connections/{id}'] });
  void queryClient.invalidateQueries({ queryKey: ['get', '/v1/connections/{id}/queued-messages'] });
};

function Shown({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const name = useNumberName();
  const { id, state, provider: context } = connection;
  return (
    <Page
      title={t('disconnectTitle', { number: name(connection) })}
      description={t('disconnectHint', { context })}
      actions={
        <Button component={Link} to={`/connections/${id}`} variant="default">
          {t('toConnection')}
        </Button>
      }
    >
      <Stack maw={820} gap="lg">
        {state === 'disconnecting' && <StepTwo connection={connection} />}
        {state === 'disconnected' && <Ended connection={connection} />}
        {state !== 'disconnecting' && state !== 'disconnected' && <StepOne connection={connection} />}
      </Stack>
    </Page>
  );
}

/** What happens, what stays, and what has not left yet; asked once. */
function StepOne({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const name = useNumberName();
  const [isAsking, ask] = useDisclosure();
  // Then step two is done with step one.
  const isLinkGone = connection.pausedReason === 'owner-disconnected';
  const disconnect = api.useMutation('post', '/v1/connections/{id}/disconnect', {
    onSuccess: () => {
      ask.close();
      readConnectionAnew();
    },
  });
  return (
    <>
      {isLinkGone && (
        <Alert color="orange" variant="light" title={t('ownerFirst')}>
          {t('ownerFirstHint')}
        </Alert>
      )}
      <Section title={t('step1')}>
        <Text fw={500}>{t('whatStops')}</Text>
        <List size="sm">
          <List.Item>{t('stops_sends')}</List.Item>
          {!isLinkGone && <List.Item>{t('stops_inbound')}</List.Item>}
          <List.Item>{t('stops_mailings')}</List.Item>
        </List>
        <WhatStays connection={connection} isLinkGone={isLinkGone} />
        <QueuedMessages connectionId={connection.id} stage={isLinkGone ? 'link-gone' : 'before'} />
        <Button color="red" onClick={ask.open} style={{ alignSelf: 'flex-start' }}>
          {t('disconnectNow')}
        </Button>
      </Section>
      <ConfirmDialog
        isOpen={isAsking}
        title={t('disconnectSure', { number: name(connection) })}
        hint={t(isLinkGone ? 'disconnectSureHint_ownerFirst' : 'disconnectSureHint')}
        action={t('disconnectNow')}
        isBusy={disconnect.isPending}
        error={disconnect.error}
        onConfirm={() => disconnect.mutate({ params: { path: { id: connection.id } } })}
        onClose={ask.close}
      />
    </>
  );
}

function WhatStays({ connection, isLinkGone }: { connection: Connection; isLinkGone: boolean }) {
  const { t } = useTranslation('connections');
  return (
    <>
      <Text fw={500}>{t('whatStays')}</Text>
      <List size="sm">
        <List.Item>{t('stays_tasks')}</List.Item>
        {!isLinkGone && <List.Item>{t('staysCredentials', { context: connection.provider })}</List.Item>}
        <List.Item>{t('stays_again')}</List.Item>
      </List>
    </>
  );
}

function StepTwo({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  return (
    <>
      <Section title={t('steps')}>
        <Steps connection={connection} />
      </Section>
      <Section title={t('queued')}>
        <QueuedMessages connectionId={connection.id} stage="deciding" />
      </Section>
      <OwnerChecklist connection={connection} />
    </>
  );
}

function Ended({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  return (
    <>
      <Alert color="green" variant="light" title={t('disconnectedTitle')}>
        {t('disconnectedHint', { context: connection.provider })}
      </Alert>
      <Section title={t('steps')}>
        <Steps connection={connection} />
      </Section>
      <Button component={Link} to="/connections/new" style={{ alignSelf: 'flex-start' }}>
        {t('connect')}
      </Button>
    </>
  );
}
