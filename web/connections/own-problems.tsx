import { Anchor, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { Loaded } from '../layout/page.tsx';
import { Moment } from '../layout/times.tsx';
import { DetailText } from '../problems/detail-text.tsx';

/** The newest problems of one number; all of them are on their own page. */
export function OwnProblems({ connectionId }: { connectionId: string }) {
  const { t } = useTranslation('connections');
  const query = api.useQuery('get', '/v1/problems', { params: { query: { connectionId, limit: 5 } } });
  useLive('problems', '/v1/problems');
  return (
    <Stack gap="sm">
      <Loaded query={query}>
        {({ items }) => (
          <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
            {items.map((problem) => (
              <li key={problem.id}>
                <Text size="sm" fw={500}>
                  {problem.title}
                </Text>
                <DetailText problem={problem} />
                <Text size="sm">{problem.remedy}</Text>
                <Text size="xs" c="dimmed">
                  <Moment at={problem.createdAt} />
                </Text>
              </li>
            ))}
          </Stack>
        )}
      </Loaded>
      <Anchor component={Link} to={`/problems?connectionId=${connectionId}`} size="sm">
        {t('allProblems')}
      </Anchor>
    </Stack>
  );
}
