import { Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { PropsWithChildren, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export type Grade = 'ok' | 'warning' | 'fault';

const SIGNS: Readonly<Record<Grade, { sign: string; color: string }>> = {
  ok: { sign: '✓', color: 'light-dark(#006a49, #4fc08e)' },
  warning: { sign: '!', color: 'light-dark(#b54708, #ffb86b)' },
  fault: { sign: '✗', color: 'var(--mantine-color-error)' },
};

type VerdictProps = PropsWithChildren<{ grade: Grade; remedy?: string | null | undefined; note?: ReactNode }>;

/** What a check found: a sign that also stands in words, the sentence, and what to do about it. */
export function Verdict({ grade, remedy, note, children }: VerdictProps) {
  const { t } = useTranslation('connections');
  const { sign, color } = SIGNS[grade];
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Text fw={700} c={color} w={14} ta="center" aria-hidden>
        {sign}
      </Text>
      <Stack gap={0}>
        <Text size="sm">
          <VisuallyHidden>{t(grade)}: </VisuallyHidden>
          {children}
        </Text>
        {remedy && grade !== 'ok' && (
          <Text size="sm" fw={500}>
            → {remedy}
          </Text>
        )}
        {note !== undefined && (
          <Text size="xs" c="dimmed">
            {note}
          </Text>
        )}
      </Stack>
    </Group>
  );
}
