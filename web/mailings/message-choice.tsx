import { Alert, Paper, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchApi } from '../api/client.ts';
import { MOST_SHOWN } from '../layout/connection-select.tsx';
import { readAll } from '../layout/use-pages.ts';
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
  const wantedOnes = { connectionId, status: 'approved' };
  const { data } = useQuery({
    queryKey: ['get', '/v1/templates', 'all', connectionId],
    queryFn: () => readAll((page) => fetchApi.GET('/v1/templates', { params: { query: { ...wantedOnes, ...page } } })),
  });
  const templates = (data ?? []).filter(({ sendable }) => sendable);
  if (data && templates.length === 0) return <Alert color="orange">{t('noTemplates')}</Alert>;
  return (
    <>
      <Select
        label={t('template')}
        searchable
        limit={MOST_SHOWN}
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
