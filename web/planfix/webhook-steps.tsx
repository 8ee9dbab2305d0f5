import { List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CopyLine } from './copy-line.tsx';

type WebhookStepsProps = { webhookUrl: string; verifyToken?: string | undefined };

/** What is to be entered at Meta, and where. */
export function WebhookSteps({ webhookUrl, verifyToken }: WebhookStepsProps) {
  const { t } = useTranslation('planfix');
  return (
    <Stack gap="xs">
      <CopyLine label={t('webhookAddress')} value={webhookUrl} />
      {verifyToken !== undefined && <CopyLine label={t('verifyToken')} value={verifyToken} />}
      <Text size="sm" fw={500}>
        {t('webhookSteps')}
      </Text>
      <List type="ordered" size="sm">
        <List.Item>{t('webhookStep_1')}</List.Item>
        <List.Item>{t('webhookStep_2')}</List.Item>
        <List.Item>{t('webhookStep_3')}</List.Item>
      </List>
    </Stack>
  );
}
