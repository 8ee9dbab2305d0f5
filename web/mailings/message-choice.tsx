import { Alert, Paper, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import type { WantedMailing } from './create-mailing.ts';

type MessageChoiceProps = { wanted: WantedMailing; onChange: (changes: Partial<WantedMailing>) => void };
const LONGEST_TEXT = 4_096;

/** An approved template, as its recipients will see it, or free text. */
export function MessageChoice({ wanted, onChange }: MessageChoiceProps) {
  const { t } = useTranslation('mailings');
  const [kind, setKind] = useState<'template' | 'text'>('template');
  return (
    <Stack gap="xs">
      <SegmentedControl
        aria-label={t('what')}
        value={kind}
        onChange={(chosen) => {
          setKind(chosen as typeof kind);
          onChange({ template: undefined, text: undefined });
        }}
        data={[
          { value: 'template', label: t('asTemplate') },
          { value: 'text', label: t('asText') },
        ]}
      />
      {kind === 'template' ? (
        <TemplateSelect wanted={wanted} onChange={onChange} />
      ) : (
        <Textarea
          label={t('text')}
          description={t('textHint')}
          autosize
          minRows={3}
          maxLength={LONGEST_TEXT}
          value={wanted.text ?? ''}
          onChange={(event) => onChange({ text: event.currentTarget.value })}
        />
      )}
    </Stack>
  );
}

function TemplateSelect({ wanted, onChange }: MessageChoiceProps) {
  const { t } = useTranslation('mailings');
  const { connectionId, template } = wanted;
  const query = { connectionId, status: 'approved', limit: 100 };
  const { data } = api.useQuery('get', '/v1/templates', { params: { query } });
  const templates = (data?.items ?? []).filter(({ sendable }) => sendable);
  if (data && templates.length === 0) return <Alert color="orange">{t('noTemplates')}</Alert>;
  return (
    <>
      <Select
        label={t('template')}
        searchable
        value={template?.id ?? null}
        onChange={(id) => onChange({ template: templates.find((one) => one.id === id) })}
        data={templates.map(({ id, name, language }) => ({ value: id, label: `${name} (${language})` }))}
      />
      {template !== undefined && (
        <Paper p="sm" radius="md" className="template-preview">
          <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {template.preview}
          </Text>
        </Paper>
      )}
    </>
  );
}
