import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { BusyButton } from '../layout/busy-button.tsx';
import { Failure } from '../layout/page.tsx';
import { useMomentWords } from '../layout/times.tsx';
import type { Choices } from './use-choices.ts';

/** How old the choices are, and how to have them read again. */
export function RefreshChoices({ accountId, choices }: { accountId: string; choices: Choices }) {
  const { t } = useTranslation('settings');
  const moment = useMomentWords();
  const refresh = api.useMutation('post', '/v1/planfix-accounts/{id}/choices/refresh', {
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['get', '/v1/planfix-accounts/{id}/choices'] }),
  });
  const isBusy = refresh.isPending || choices.isRefreshing;
  const age = choices.refreshedAt === null ? t('choicesNever') : t('choicesAge', { at: moment(choices.refreshedAt) });
  return (
    <>
      <Group gap="sm">
        <Text size="sm" c="dimmed" role="status">
          {isBusy ? t('refreshing') : age}
        </Text>
        <BusyButton
          size="compact-sm"
          variant="default"
          loading={isBusy}
          onClick={() => refresh.mutate({ params: { path: { id: accountId } } })}
        >
          {t('refresh')}
        </BusyButton>
      </Group>
      {refresh.error && <Failure error={refresh.error} />}
    </>
  );
}
