import { Button, Divider, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';

type AnotherProps = {
  hasSome: boolean;
  /** What the button says that opens the form, and what stands over it while there is nothing to choose. */
  label: string;
  first: string;
  /** The form; it closes itself when it is done. */
  children: (close: () => void) => ReactNode;
};

/** Below a choice: the form for one more, which is open at once where there is nothing to choose. */
export function Another({ hasSome, label, first, children }: AnotherProps) {
  const [isOpen, { open, close }] = useDisclosure();
  if (hasSome && !isOpen) {
    return (
      <>
        <Divider />
        <Button variant="subtle" onClick={open} style={{ alignSelf: 'flex-start' }}>
          {label}
        </Button>
      </>
    );
  }
  return (
    <Stack gap="sm">
      <Divider />
      {!hasSome && <Text>{first}</Text>}
      {children(close)}
    </Stack>
  );
}
