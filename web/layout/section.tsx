import { Paper, Stack, Title } from '@mantine/core';
import { type PropsWithChildren, type ReactNode, useId } from 'react';

type SectionProps = PropsWithChildren<{ title: string; description?: ReactNode }>;

/** A part of a page under a heading of its own. */
export function Section({ title, description, children }: SectionProps) {
  const id = useId();
  return (
    <Paper component="section" withBorder p={{ base: 'sm', sm: 'md' }} aria-labelledby={id}>
      <Stack gap="sm">
        <div>
          <Title order={2} size="h4" id={id}>
            {title}
          </Title>
          {description}
        </div>
        {children}
      </Stack>
    </Paper>
  );
}
