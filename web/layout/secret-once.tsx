import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** A secret that is shown now and never again. */
export function SecretOnce({ value, children }: { value: string; children: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <Text>{children}</Text>
      <Code block style={{ whiteSpace: 'pre-wrap' }}>
        {value}
      </Code>
      <Group>
        <CopyButton value={value}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'copied' : 'copy')}</Button>}
        </CopyButton>
      </Group>
    </Stack>
  );
}
