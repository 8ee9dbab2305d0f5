import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { BusyButton } from '../layout/busy-button.tsx';
import { Dialog } from '../layout/dialog.tsx';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
import type { Connection } from './state-badge.tsx';

/** In place of a token that has expired or was withdrawn. */
export function NewToken({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const [isOpen, { open, close }] = useDisclosure();
  const isKey = connection.provider === 'dialog360';
  return (
    <>
      <Button variant="default" onClick={open}>
        {t(isKey ? 'newKey' : 'newToken')}
      </Button>
      <Dialog opened={isOpen} onClose={close} title={t(isKey ? 'newKey' : 'newTokenTitle')}>
        <TokenForm id={connection.id} label={t(isKey ? 'apiKey' : 'accessToken')} onDone={close} />
      </Dialog>
    </>
  );
}

function TokenForm({ id, label, onDone }: { id: string; label: string; onDone: () => void }) {
  const { t } = useTranslation('connections');
  const change = api.useMutation('patch', '/v1/connections/{id}');
  const { given, take, rest } = useFields({ accessToken: '' }, change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { params: { path: { id } }, body: given },
      {
        onSuccess: (connection) => {
          void queryClient.invalidateQueries({ queryKey: ['get', '/v1/connections/{id}'] });
          notifications.show({ message: t(connection.checks.length > 0 ? 'tokenReplaced' : 'tokenPending') });
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
        <PasswordInput label={label} required autoComplete="off" data-autofocus {...take('accessToken')} />
        <BusyButton type="submit" loading={change.isPending}>
          {t('replaceToken')}
        </BusyButton>
      </Stack>
    </form>
  );
}
