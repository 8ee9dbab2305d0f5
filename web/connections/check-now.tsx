import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import { problemOf } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { BusyButton } from '../layout/busy-button.tsx';

/** Looks at both sides of the connection now; the page shows what was found. */
export function CheckNow({ id }: { id: string }) {
  const { t } = useTranslation('connections');
  const { t: say } = useTranslation();
  const check = api.useMutation('post', '/v1/connections/{id}/check', {
    onSuccess: (connection) => {
      void queryClient.invalidateQueries({ queryKey: ['get', '/v1/connections/{id}'] });
      if (connection.checks.length === 0) notifications.show({ message: t('checkStarted') });
    },
    onError: (error) => notifications.show({ color: 'red', message: problemOf(error)?.detail ?? say('notReached') }),
  });
  return (
    <BusyButton variant="default" loading={check.isPending} onClick={() => check.mutate({ params: { path: { id } } })}>
      {t('checkNow')}
    </BusyButton>
  );
}
