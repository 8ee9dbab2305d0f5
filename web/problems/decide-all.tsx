import { Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchApi, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import type { Decision } from './problem-card.tsx';
import type { ProblemKind } from './use-problem-kinds.ts';

type DecideAllProps = { kind: ProblemKind; connectionId: string };

/** One decision for every open problem of a kind, in as many calls as it takes. */
export function DecideAll({ kind: { kind, decisions, open: count }, connectionId }: DecideAllProps) {
  const { t } = useTranslation('problems');
  const [asked, setAsked] = useState<Decision>('discard');
  const [isAsking, asking] = useDisclosure();
  const decide = useMutation({
    mutationFn: (decision: Decision) => decideAll({ decision, kind, ...(connectionId === '' ? {} : { connectionId }) }),
    onSuccess: ({ decided, notPossible }) => {
      asking.close();
      const rest = notPossible > 0 ? ` ${t('notPossible', { count: notPossible })}` : '';
      notifications.show({ message: `${t('decided', { count: decided })}.${rest}` });
      return queryClient.invalidateQueries({ queryKey: ['get', '/v1/problems'] });
    },
  });
  const sureTitle = (decision: Decision) =>
    connectionId === ''
      ? t('sureTitle', { decision: t(`decide_${decision}`), count })
      : t('sureHere', { decision: t(`decide_${decision}`) });
  const choose = (decision: Decision) => {
    decide.reset();
    setAsked(decision);
    asking.open();
  };
  if (decisions.length === 0 || count === 0) return null;
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button variant="default">{connectionId === '' ? t('allOfKind', { count }) : t('allHere')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {decisions.map((decision) => (
            <Menu.Item key={decision} onClick={() => choose(decision)}>
              {t(`decide_${decision}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        isOpen={isAsking}
        title={sureTitle(asked)}
        hint={t(`hint_${asked}`)}
        action={t(`decide_${asked}`)}
        isHarmless={asked !== 'discard'}
        isBusy={decide.isPending}
        error={decide.error}
        onConfirm={() => decide.mutate(asked)}
        onClose={asking.close}
      />
    </>
  );
}

type Wanted = Omit<Schemas['BulkDecisionInput'], 'cursor' | 'kind'> & { kind: string };

async function decideAll(wanted: Wanted): Promise<{ decided: number; notPossible: number }> {
  const sum = { decided: 0, notPossible: 0 };
  let cursor: string | null = null;
  do {
    const body = { ...wanted, ...(cursor === null ? {} : { cursor }) } as Schemas['BulkDecisionInput'];
    const answer: { data?: Schemas['BulkDecided']; error?: unknown } = await fetchApi.POST('/v1/problems/decide', {
      body,
    });
    if (!answer.data) throw answer.error;
    sum.decided += answer.data.decided;
    sum.notPossible += answer.data.notPossible;
    cursor = answer.data.more ? answer.data.nextCursor : null;
  } while (cursor !== null);
  return sum;
}
