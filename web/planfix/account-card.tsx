import { Alert, Badge, Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { useMay } from '../api/session.ts';
import { CheckVerdict } from '../connections/check-verdict.tsx';
import { READABLE } from '../connections/state-badge.tsx';
import { BusyButton } from '../layout/busy-button.tsx';
import { Dialog } from '../layout/dialog.tsx';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
import { CopyLine } from './copy-line.tsx';
import { NewSecret } from './new-secret.tsx';
import { usePlanfixReason } from './reasons.ts';

type Account = Schemas['PlanfixAccount'];
const COLORS: Readonly<Record<Account['state'], string>> = {
  draft: 'gray',
  connected: 'green',
  paused: 'orange',
  failed: 'red',
};

/** One Planfix account: how it fares, and what can be done about it. */
export function AccountCard({ account }: { account: Account }) {
  const { t } = useTranslation('planfix');
  const reasonWords = usePlanfixReason();
  const isAdmin = useMay('admin');
  const { pausedReason } = account;
  return (
    <Paper component="section" withBorder p="md" id={account.id} aria-label={account.name}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={3} size="h5">
              {account.name}
            </Title>
            <Text size="sm" c="dimmed">
              {account.url}
            </Text>
          </div>
          <Badge variant="outline" color={COLORS[account.state]} tt="none" styles={READABLE}>
            {t(`state_${account.state}`)}
          </Badge>
        </Group>
        {pausedReason !== null && (
          <Alert color="orange" variant="light">
            {t('pausedBecause', { reason: reasonWords(pausedReason) })}
          </Alert>
        )}
        {account.checks.map((check) => (
          <CheckVerdict key={`${check.name} ${check.message}`} check={check} />
        ))}
        <CopyLine label={t('hintAddress')} value={account.hintUrl} />
        <Text size="sm" c="dimmed">
          {t('hintExplained')}
        </Text>
        {isAdmin && (
          <Group gap="sm">
            <CheckAccount id={account.id} />
            <NewToken id={account.id} />
            <NewSecret account={account} />
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

const readAnew = () => void queryClient.invalidateQueries({ queryKey: ['get', '/v1/planfix-accounts'] });

function CheckAccount({ id }: { id: string }) {
  const { t } = useTranslation('planfix');
  const check = api.useMutation('post', '/v1/planfix-accounts/{id}/check', { onSuccess: readAnew });
  return (
    <>
      <BusyButton
        variant="default"
        size="xs"
        loading={check.isPending}
        onClick={() => check.mutate({ params: { path: { id } } })}
      >
        {t('checkNow')}
      </BusyButton>
      {check.error && <Failure error={check.error} />}
    </>
  );
}

function NewToken({ id }: { id: string }) {
  const { t } = useTranslation('planfix');
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" size="xs" onClick={open}>
        {t('newToken')}
      </Button>
      <Dialog opened={isOpen} onClose={close} title={t('newToken')}>
        <TokenForm id={id} onDone={close} />
      </Dialog>
    </>
  );
}

function TokenForm({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation('planfix');
  const change = api.useMutation('patch', '/v1/planfix-accounts/{id}');
  const { given, take, rest } = useFields({ token: '' }, change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { params: { path: { id } }, body: given },
      {
        onSuccess: (account) => {
          readAnew();
          notifications.show({ message: t(account.checks.length > 0 ? 'tokenReplaced' : 'pending') });
          onDone();
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{t('newTokenHint')}</Text>
        {rest && <Failure error={rest} />}
        <PasswordInput label={t('token')} required autoComplete="off" data-autofocus {...take('token')} />
        <BusyButton type="submit" loading={change.isPending}>
          {t('replaceToken')}
        </BusyButton>
      </Stack>
    </form>
  );
}
