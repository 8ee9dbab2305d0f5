import { Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { fetchApi, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { useMay } from '../api/session.ts';
import { Dialog } from '../layout/dialog.tsx';
import { Failure } from '../layout/page.tsx';

type Mailing = Schemas['Mailing'];
type Decision = 'pause' | 'resume' | 'cancel';
const POSSIBLE: Readonly<Partial<Record<Mailing['state'], readonly Decision[]>>> = {
  scheduled: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  stopped: ['resume', 'cancel'],
};

/** Stops, goes on, or ends a mailing; what has left stays sent. */
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
  const possible = mayDecide ? (POSSIBLE[mailing.state] ?? []) : [];
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {possible.map((decision) => (
          <Button
            key={decision}
            variant={decision === 'cancel' ? 'default' : 'filled'}
            loading={decide.isPending && decide.variables === decision}
            onClick={() => (decision === 'cancel' ? asking.open() : decide.mutate(decision))}
          >
            {t(decision)}
          </Button>
        ))}
      </Group>
      {decide.error && <Failure error={decide.error} />}
      <Dialog opened={isAsking} onClose={asking.close} title={t('cancel')}>
        <Stack>
          <Text>{t('cancelSure')}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={asking.close}>
              {t('keep')}
            </Button>
            <Button color="red" loading={decide.isPending} onClick={() => decide.mutate('cancel')}>
              {t('cancel')}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </Stack>
  );
}
