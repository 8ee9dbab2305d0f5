import { Alert, Button, Center, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { type PropsWithChildren, type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { lineOf, problemOf } from '../api/problem.ts';

type PageProps = PropsWithChildren<{ title: string; description?: ReactNode; actions?: ReactNode }>;

/** One page: its heading takes the focus when one comes to it, so that a screen reader says where one is. */
export function Page({ title, description, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = `${title} · Parley`;
  }, [title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves with the address
  useEffect(() => heading.current?.focus(), [pathname]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4}>
          <Title order={1} size="h2" ref={heading} tabIndex={-1} className="page-title">
            {title}
          </Title>
          {description !== undefined && <Text c="dimmed">{description}</Text>}
        </Stack>
        {actions !== undefined && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

/** What stands where nothing is yet, and what to do about it. */
export function EmptyState({ title, children, action }: PropsWithChildren<{ title: string; action?: ReactNode }>) {
  return (
    <Stack align="center" gap="xs" py={48} ta="center">
      <Text fw={600} size="lg">
        {title}
      </Text>
      <Text c="dimmed" maw={520}>
        {children}
      </Text>
      {action !== undefined && <Group mt="sm">{action}</Group>}
    </Stack>
  );
}

type FailureProps = {
  error: unknown;
  onRetry?: () => void;
  /** If not, something was to be done, and nobody knows whether it was. */
  isReading?: boolean;
  /** What was read before is still shown. */
  isStale?: boolean;
};

/** What went wrong, as the API says it, with the remedy that it names. */
export function Failure({ error, onRetry, isReading = onRetry !== undefined, isStale = false }: FailureProps) {
  const { t } = useTranslation();
  const problem = problemOf(error);
  return (
    <Alert
      color="red"
      variant="light"
      title={problem?.detail ?? (problem ? problem.title : t('notReached'))}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        {problem === undefined && <Text size="sm">{t(isReading ? 'notReachedRemedy' : 'notDoneRemedy')}</Text>}
        {problem?.errors?.map(({ path, message, remedy }) => (
          <Text size="sm" key={`${path} ${message}`}>
            <Line path={path} />
            {message}. {remedy}
          </Text>
        ))}
        {isStale && <Text size="sm">{t('stale')}</Text>}
        {onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** Where it is, in a file of recipients. */
function Line({ path }: { path: string }) {
  const { t } = useTranslation('mailings');
  const place = lineOf(path);
  return place && `${t('line', { line: place.line })}, ${place.column}: `;
}

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center py={64} role="status" aria-label={t('loading')}>
      <Loader />
    </Center>
  );
}

type QueryLike<T> = { data: T | undefined; error: unknown; refetch: () => unknown };

/** What was read, or that it is being read, or why it cannot be; what could not be read anew is said to be old. */
export function Loaded<T>({ query, children }: { query: QueryLike<T>; children: (data: T) => ReactNode }) {
  const { data, error } = query;
  const failure = error ? (
    <Failure error={error} onRetry={() => void query.refetch()} isStale={data !== undefined} />
  ) : null;
  if (data === undefined) return failure ?? <Loading />;
  return (
    <>
      {failure}
      {children(data)}
    </>
  );
}
