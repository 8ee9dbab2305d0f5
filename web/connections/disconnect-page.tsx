import { Alert, Button, List, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { useMay } from '../api/session.ts';
import { EmptyState, Loaded, Page } from '../layout/page.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { OwnerChecklist } from './owner-checklist.tsx';
import { QueuedMessages } from './queued-messages.tsx';
import { Section } from './section.tsx';
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
  const { t: say } = useTranslation();
  const name = useNumberName();
  if (!useMay('admin')) return <EmptyState title={say('mayNot')} />;
  const { id, state } = connection;
  return (
    <Page
      title={t('disconnectTitle', { number: name(connection) })}
      description={t('disconnectHint')}
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
  const disconnect = api.useMutation('post', '/v1/connections/{id}/disconnect', {
    onSuccess: () => {
      ask.close();
      readConnectionAnew();
    },
  });
  return (
    <>
      {connection.pausedReason === 'owner-disconnected' && (
        <Alert color="orange" variant="light" title={t('ownerFirst')}>
          {t('ownerFirstHint')}
        </Alert>
      )}
      <Section title={t('step1')}>
        <Text fw={500}>{t('whatStops')}</Text>
        <List size="sm">
          <List.Item>{t('stops_sends')}</List.Item>
          <List.Item>{t('stops_inbound')}</List.Item>
          <List.Item>{t('stops_mailings')}</List.Item>
        </List>
        <WhatStays />
        <QueuedMessages connectionId={connection.id} isDecidable={false} />
        <Button color="red" onClick={ask.open} style={{ alignSelf: 'flex-start' }}>
          {t('disconnectNow')}
        </Button>
      </Section>
      <ConfirmDialog
        isOpen={isAsking}
        title={t('disconnectSure', { number: name(connection) })}
        hint={t('disconnectSureHint')}
        action={t('disconnectNow')}
        isBusy={disconnect.isPending}
        error={disconnect.error}
        onConfirm={() => disconnect.mutate({ params: { path: { id: connection.id } } })}
        onClose={ask.close}
      />
    </>
  );
}

function WhatStays() {
  const { t } = useTranslation('connections');
  return (
    <>
      <Text fw={500}>{t('whatStays')}</Text>
      <List size="sm">
        <List.Item>{t('stays_tasks')}</List.Item>
        <List.Item>{t('stays_credentials')}</List.Item>
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
        <QueuedMessages connectionId={connection.id} isDecidable />
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
        {t('disconnectedHint')}
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
