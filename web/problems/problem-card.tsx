import { Anchor, Badge, Button, Group, Paper, Stack, Text, Tooltip } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { fetchApi, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { useConnectionChoices } from '../layout/connection-select.tsx';
import { Failure } from '../layout/page.tsx';
import { Moment } from '../layout/times.tsx';

type Problem = Schemas['OpenProblem'];
export type Decision = Problem['decisions'][number];

/** One problem: what, why, what to do, and the decisions that are possible. */
export function ProblemCard({ problem, mayDecide }: { problem: Problem; mayDecide: boolean }) {
  const { t } = useTranslation('problems');
  const decide = useMutation({
    mutationFn: async (decision: Decision) => {
      const { error } = await fetchApi.POST(`/v1/problems/{id}/${decision}`, { params: { path: { id: problem.id } } });
      if (error) throw error;
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['get', '/v1/problems'] }),
  });
  const possible = problem.state === 'open' && mayDecide ? problem.decisions : [];
  return (
    <Paper component="li" withBorder p="md" radius="md" aria-label={problem.title}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Text fw={600}>{problem.title}</Text>
          <Badge variant="light" color={problem.state === 'open' ? 'orange' : 'gray'} tt="none">
            {problem.kind}
          </Badge>
        </Group>
        {problem.detail !== null && <Text size="sm">{problem.detail}</Text>}
        {problem.state === 'open' && (
          <Text size="sm">
            <b>{t('remedy')}:</b> {problem.remedy}
          </Text>
        )}
        <Facts problem={problem} />
        {decide.error && <Failure error={decide.error} />}
        {possible.length > 0 && (
          <Group gap="xs">
            {possible.map((decision) => (
              <Tooltip key={decision} label={t(`hint_${decision}`)}>
                <Button
                  size="xs"
                  variant={decision === 'discard' ? 'default' : 'light'}
                  loading={decide.isPending && decide.variables === decision}
                  onClick={() => decide.mutate(decision)}
                >
                  {t(`decide_${decision}`)}
                </Button>
              </Tooltip>
            ))}
          </Group>
        )}
      </Stack>
    </Paper>
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
          {t('resolution')}: {problem.resolution}
        </Text>
      )}
    </Group>
  );
}
