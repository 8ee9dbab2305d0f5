import { Group, Text } from '@mantine/core';

/** Which side this half is, and whose eyes it shows it through. */
export function HalfTitle({ name, side }: { name: string; side: string }) {
  return (
    <Group gap={8} wrap="nowrap" miw={0}>
      <Text fw={700}>{name}</Text>
      <Text size="sm" c="dimmed" truncate>
        {side}
      </Text>
    </Group>
  );
}
