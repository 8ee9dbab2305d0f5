import { Stack, Text, ThemeIcon } from '@mantine/core';
import type { ReactNode } from 'react';

/** Says what is missing and what to do about it. */
export function EmptyState({ icon, title, hint, children }: EmptyStateProps) {
  return (
    <Stack align="center" justify="center" gap={6} px="xl" py="lg" ta="center" flex={1}>
      <ThemeIcon size={56} radius="xl" variant="light" mb={6}>
        {icon}
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" maw={280}>
        {hint}
      </Text>
      {children}
    </Stack>
  );
}

type EmptyStateProps = { icon: ReactNode; title: string; hint: string; children?: ReactNode };
