import { Anchor, Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { fetchApi, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { useConnectionChoices } from '../layout/connection-select.tsx';
import { Failure } from '../layout/page.tsx';
import { Moment } from '../layout/times.tsx';
import { DetailText } from './detail-text.tsx';

type Problem = Schemas['OpenProblem'];
export type Decision = Problem['decisions'][number];

/** One problem: what, why, what to do, and the decisions that are possible. */
export function ProblemCard({ problem, mayDecide }: { problem: Problem; mayDecide: boolean }) {
  const { t } = useTranslation('problems');
  const isOpen = problem.state === 'open';
  return (
    <Paper component="li" withBorder p="md" radius="md" aria-label={problem.title}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Text fw={600}>{problem.title}</Text>
          <Badge variant="light" color={isOpen ? 'orange' : 'gray'} tt="none">
            {t(isOpen ? 'isOpen' : 'isSettled')}
          </Badge>
        </Group>
        <DetailText problem={problem} />
        {isOpen && (
          <Text size="sm">
            <b>{t('remedy')}:</b> {problem.remedy}
          </Text>
        )}
        <Facts problem={problem} />
        {isOpen && mayDecide && problem.decisions.length > 0 && <Decisions problem={problem} />}
      </Stack>
    </Paper>
  );
}

/** Whether a decision reaches a customer or gives something up; whatever only tries again does not ask. */
const ASKS: ReadonlySet<Decision> = new Set(['resend', 'discard', 'send']);

function Decisions({ problem: { id, decisions } }: { problem: Problem }) {
  const { t } = useTranslation('problems');
  const [asked, setAsked] = useState<Decision>('discard');
  const [isAsking, asking] = useDisclosure();
  const decide = useMutation({
    mutationFn: async (decision: Decision) => {
      const { error } = await fetchApi.POST(`/v1/problems/{id}/${decision}`, { params: { path: { id } } });
      if (error) throw error;
    },
    onSuccess: () => {
      asking.close();
      return queryClient.invalidateQueries({ queryKey: ['get', '/v1/problems'] });
    },
  });
  const choose = (decision: Decision) => {
    decide.reset();
    if (!ASKS.has(decision)) return decide.mutate(decision);
    setAsked(decision);
    asking.open();
  };
  return (
    <>
      {decide.error && !isAsking && <Failure error={decide.error} />}
      <Group gap="xs">
        {decisions.map((decision) => (
          <Button
            key={decision}
            size="xs"
            variant={decision === 'discard' ? 'default' : 'light'}
            loading={decide.isPending && decide.variables === decision}
            onClick={() => choose(decision)}
          >
            {t(`decide_${decision}`)}
          </Button>
        ))}
      </Group>
      <ConfirmDialog
        isOpen={isAsking}
        title={t('sureOne', { decision: t(`decide_${asked}`) })}
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

function Facts({ problem }: { problem: Problem }) {
  const { t } = useTranslation('problems');
  const connection = useConnectionChoices().find(({ value }) => value === problem.connectionId);
  return (
    <Group gap="md">
      <Text size="xs" c="dimmed">
        {t('since')} <Moment at={problem.createdAt} />
      </Text>
      {problem.conversationId !== null && (
        <Anchor size="xs" component={Link} to={`/conversations/${problem.conversationId}`}>
          {problem.planfixTask === null ? t('conversation') : t('task', { number: problem.planfixTask })}
        </Anchor>
      )}
      {problem.connectionId !== null && (
        <Anchor size="xs" component={Link} to={`/connections/${problem.connectionId}`}>
          {connection?.label ?? t('connection')}
        </Anchor>
      )}
      {problem.resolution !== null && (
        <Text size="xs" c="dimmed">
          {t(`settled_${settledBy(problem.resolution)}`)}
        </Text>
      )}
    </Group>
  );
}

const DECIDED = ['resend', 'discard', 'retry', 'send'] as const;

/** The log has who decided; all else that settles a problem is that what it is about is well again. */
const settledBy = (resolution: string) =>
  DECIDED.find((decision) => resolution.startsWith(`${decision} by `)) ?? 'itself';
