import { Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { Dialog } from '../layout/dialog.tsx';
import { Failure } from '../layout/page.tsx';
import { type Hint, HintPanel } from './secret-dialog.tsx';

/** For a secret that was lost, or that somebody saw. */
export function NewSecret({ account }: { account: Schemas['PlanfixAccount'] }) {
  const { t } = useTranslation('planfix');
  const [isOpen, { open, close }] = useDisclosure();
  const [hint, setHint] = useState<Hint>();
  const replace = api.useMutation('post', '/v1/planfix-accounts/{id}/hint-secret');
  const make = () =>
    replace.mutate(
      { params: { path: { id: account.id } } },
      { onSuccess: ({ hintSecret }) => setHint({ hintUrl: account.hintUrl, hintSecret }) },
    );
  const done = () => {
    close();
    setHint(undefined);
  };
  return (
    <>
      <Button variant="default" size="xs" onClick={open}>
        {t('newSecret')}
      </Button>
      <Dialog opened={isOpen} onClose={done} title={t('secretTitle')} size="lg" isShownOnce={hint !== undefined}>
        {hint !== undefined ? (
          <HintPanel hint={hint} onDone={done} />
        ) : (
          <Stack>
            <Text>{t('newSecretSure')}</Text>
            {replace.error && <Failure error={replace.error} />}
            <Button color="red" loading={replace.isPending} onClick={make}>
              {t('makeSecret')}
            </Button>
          </Stack>
        )}
      </Dialog>
    </>
  );
}
