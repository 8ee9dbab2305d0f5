import { Button, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { fetchApi, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { useMay } from '../api/session.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Failure } from '../layout/page.tsx';

type Mailing = Schemas['Mailing'];
type Decision = 'pause' | 'resume' | 'cancel';
const POSSIBLE: Readonly<Partial<Record<Mailing['state'], readonly Decision[]>>> = {
  checking: ['cancel'],
  scheduled: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  stopped: ['resume', 'cancel'],
};

/** Stops, goes on, or ends a mailing that somebody made; what has left stays sent. */
export function MailingDecisions({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation('mailings');
  const [isAsking, asking] = useDisclosure();
  const mayDecide = useMay('agent');
  const decide = useMutation({
    mutationFn: async (decision: Decision) => {
      const { error } = await fetchApi.POST(`/v1/mailings/{id}/${decision}`, { params: { path: { id: mailing.id } } });
      if (error) throw error;
    },
    onSuccess: () => {
      asking.close();
      return queryClient.invalidateQueries({ queryKey: ['get', '/v1/mailings/{id}'] });
    },
  });
  const possible = mayDecide && mailing.origin === 'declared' ? (POSSIBLE[mailing.state] ?? []) : [];
  const ask = () => {
    decide.reset();
    asking.open();
  };
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {possible.map((decision) => (
          <Button
            key={decision}
            variant={decision === 'cancel' ? 'default' : 'filled'}
            loading={decide.isPending && decide.variables === decision}
            onClick={() => (decision === 'cancel' ? ask() : decide.mutate(decision))}
          >
            {t(decision)}
          </Button>
        ))}
      </Group>
      {decide.error && !isAsking && <Failure error={decide.error} />}
      <ConfirmDialog
        isOpen={isAsking}
        title={t('cancel')}
        hint={t('cancelSure')}
        action={t('cancel')}
        keep={t('keep')}
        isBusy={decide.isPending}
        error={decide.error}
        onConfirm={() => decide.mutate('cancel')}
        onClose={asking.close}
      />
    </Stack>
  );
}
