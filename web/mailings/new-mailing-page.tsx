import { Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Failure, Page } from '../layout/page.tsx';
import { createMailing, type WantedMailing } from './create-mailing.ts';
import { MessageChoice } from './message-choice.tsx';
import { RecipientsFile } from './recipients-file.tsx';
import { SenderSelect } from './sender-select.tsx';

const NOTHING: WantedMailing = { name: '', connectionId: '', rate: undefined, startAt: '', skipBadLines: false };

/** Writes to many: who sends, what, to whom; the whole list is checked before the first message leaves. */
export function NewMailingPage() {
  const { t } = useTranslation('mailings');
  const navigate = useNavigate();
  const [wanted, setWanted] = useState(NOTHING);
  const change = (changes: Partial<WantedMailing>) => setWanted((known) => ({ ...known, ...changes }));
  const create = useMutation({
    mutationFn: createMailing,
    onSuccess: ({ id }) => void navigate(`/mailings/${id}`),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(wanted);
  };
  const hasMessage = wanted.template !== undefined || (wanted.text ?? '').trim() !== '';
  return (
    <Page title={t('newMailing')} description={t('description')}>
      <form onSubmit={submit}>
        <Stack maw={640}>
          <TextInput
            label={t('name')}
            description={t('nameHint')}
            value={wanted.name}
            maxLength={200}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <SenderSelect
            value={wanted.connectionId}
            onChange={(connectionId) => change({ connectionId, template: undefined })}
          />
          {wanted.connectionId === '' ? (
            <Text c="dimmed">{t('chooseConnection')}</Text>
          ) : (
            <>
              <MessageChoice wanted={wanted} onChange={change} />
              <RecipientsFile needs={wanted.template?.needs} onChoose={(file) => change({ file })} />
              <Limits wanted={wanted} onChange={change} />
              {create.error && <Failure error={create.error} />}
              <Group>
                <Button type="submit" disabled={!hasMessage || wanted.file === undefined} loading={create.isPending}>
                  {t('send')}
                </Button>
                {create.isPending && <Text role="status">{t('checking')}</Text>}
              </Group>
            </>
          )}
        </Stack>
      </form>
    </Page>
  );
}

type Part = { wanted: WantedMailing; onChange: (changes: Partial<WantedMailing>) => void };

function Limits({ wanted, onChange }: Part) {
  const { t } = useTranslation('mailings');
  return (
    <>
      <NumberInput
        label={t('rate')}
        description={t('rateHint')}
        min={1}
        max={1_000}
        value={wanted.rate ?? ''}
        onChange={(rate) => onChange({ rate: typeof rate === 'number' ? rate : undefined })}
      />
      <TextInput
        type="datetime-local"
        label={t('startAt')}
        description={t('startAtHint')}
        value={wanted.startAt}
        onChange={(event) => onChange({ startAt: event.currentTarget.value })}
      />
      <Checkbox
        label={t('skipBad')}
        description={t('skipBadHint')}
        checked={wanted.skipBadLines}
        onChange={(event) => onChange({ skipBadLines: event.currentTarget.checked })}
      />
    </>
  );
}
