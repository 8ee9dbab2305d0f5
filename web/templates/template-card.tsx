import { Badge, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';
import { inReadersLanguage } from '../api/problem.ts';

type Template = Schemas['Template'];
const CATEGORIES = new Set(['marketing', 'utility', 'authentication']);

/** One template: whether it can be sent, how it looks, what has to be filled in. */
export function TemplateCard({ template }: { template: Template }) {
  const { t } = useTranslation('templates');
  const { name, language, category, sendable, notSendableBecause, preview, version } = template;
  return (
    <Paper withBorder p="md" radius="md" component="article" aria-label={`${name} (${language})`}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Text fw={600}>{name}</Text>
          <Badge color={sendable ? 'green' : 'red'} variant="light" tt="none">
            {t(sendable ? 'sendable' : 'notSendable')}
          </Badge>
        </Group>
        <Text size="xs" c="dimmed">
          {language} · {CATEGORIES.has(category) ? t(`category_${category as 'marketing'}`) : category} ·{' '}
          {t('version', { version })}
        </Text>
        {notSendableBecause !== null && (
          <Text size="sm" c="red">
            {notSendableBecause.slice(0, -1).split('. ').map(inReadersLanguage).join('. ')}.
          </Text>
        )}
        <Paper p="sm" radius="md" className="template-preview" aria-label={t('example')} component="figure" m={0}>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {preview}
          </Text>
        </Paper>
        <Needs needs={template.needs} />
      </Stack>
    </Paper>
  );
}

function Needs({ needs }: { needs: Template['needs'] }) {
  const { t } = useTranslation('templates');
  const wanted = [
    ...(needs.headerMedia === undefined ? [] : [needs.headerMedia]),
    ...needs.header.map(({ placeholder }) => `{{${placeholder}}}`),
    ...needs.body.map(({ placeholder }) => `{{${placeholder}}}`),
    ...needs.buttons.filter(({ required }) => required).map(({ label }) => label),
  ];
  return (
    <Group gap={6}>
      <Text size="xs" c="dimmed">
        {t(wanted.length === 0 ? 'noPlaceholders' : 'placeholders')}
      </Text>
      {wanted.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the header and the body may both have {{1}}
        <Code key={index}>{word}</Code>
      ))}
    </Group>
  );
}
