import { Button, Group, List, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Section } from '../layout/section.tsx';
import { readConnectionAnew } from './disconnect-page.tsx';
import type { Connection } from './state-badge.tsx';

/** Where exactly the owner ends the link, by the step's name. */
const PATHS = {
  'disconnect-in-phone-app': ['checklist_phone', ['checklist_phone_1', 'checklist_phone_2', 'checklist_phone_3']],
  'disconnect-in-business-settings': ['checklist_meta', ['checklist_meta_1', 'checklist_meta_2', 'checklist_meta_3']],
  'disconnect-at-provider': [
    'checklist_provider',
    ['checklist_provider_1', 'checklist_provider_2', 'checklist_provider_3'],
  ],
} as const;
type OwnerStep = keyof typeof PATHS;

type How = 'owner-said' | 'not-applicable';

/** Step two: what is left to do at the network, and how to say that it is done. */
export function OwnerChecklist({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const { provider: context } = connection;
  const steps = connection.steps.filter(({ step }) => step in PATHS);
  const open = steps.filter(({ state }) => state === 'waiting');
  if (open.length === 0) return null;
  const isOwnAppPossible = steps.length === 1 && steps[0]?.step === 'disconnect-in-business-settings';
  return (
    <Section title={t('step2', { context })}>
      {open.map(({ step }) => {
        const [title, lines] = PATHS[step as OwnerStep];
        return (
          <Stack gap={4} key={step}>
            <Title order={3} size="h5">
              {t(title)}
            </Title>
            <List type="ordered" size="sm">
              {lines.map((line) => (
                <List.Item key={line}>{t(line)}</List.Item>
              ))}
            </List>
          </Stack>
        );
      })}
      {open.length > 1 && <Text size="sm">{t('eitherWay')}</Text>}
      {isOwnAppPossible && <Text size="sm">{t('checklist_own')}</Text>}
      <Text size="sm">{t('howConfirmed', { context })}</Text>
      <Decisions connection={connection} isOwnAppPossible={isOwnAppPossible} />
    </Section>
  );
}

function Decisions({ connection, isOwnAppPossible }: { connection: Connection; isOwnAppPossible: boolean }) {
  const { t } = useTranslation('connections');
  const { id, provider: context } = connection;
  const [how, setHow] = useState<How>('owner-said');
  const [isAsking, ask] = useDisclosure();
  const params = { path: { id } };
  const confirm = api.useMutation('post', '/v1/connections/{id}/confirm-disconnect', {
    onSuccess: () => {
      ask.close();
      readConnectionAnew();
    },
  });
  const offer = (wanted: How) => {
    setHow(wanted);
    ask.open();
  };
  return (
    <>
      <Group gap="sm">
        <Button onClick={() => offer('owner-said')}>{t('ownerSaid', { context })}</Button>
        {isOwnAppPossible && (
          <Button variant="default" onClick={() => offer('not-applicable')}>
            {t('notApplicable')}
          </Button>
        )}
        <CancelDisconnect id={id} />
      </Group>
      <ConfirmDialog
        isOpen={isAsking}
        title={t('confirmSure')}
        hint={t('confirmSureHint', { context })}
        action={t('finish')}
        isBusy={confirm.isPending}
        error={confirm.error}
        onConfirm={() => confirm.mutate({ params, body: { how } })}
        onClose={ask.close}
      />
    </>
  );
}

function CancelDisconnect({ id }: { id: string }) {
  const { t } = useTranslation('connections');
  const [isAsking, ask] = useDisclosure();
  const cancel = api.useMutation('post', '/v1/connections/{id}/cancel-disconnect', {
    onSuccess: () => {
      ask.close();
      notifications.show({ message: t('cancelled') });
      readConnectionAnew();
    },
  });
  return (
    <>
      <Button variant="default" onClick={ask.open}>
        {t('cancelDisconnect')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={t('cancelDisconnect')}
        hint={t('cancelHint')}
        action={t('stayConnected')}
        isBusy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate({ params: { path: { id } } })}
        onClose={ask.close}
      />
    </>
  );
}
