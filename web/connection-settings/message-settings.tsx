import { NativeSelect, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Section } from '../layout/section.tsx';
import { OnOff } from './fields.tsx';
import type { Form } from './form-state.ts';
import type { GroupProps } from './settings-page.tsx';

const RECEIPTS = {
  never: 'readReceipts_never',
  'when-answered': 'readReceipts_whenAnswered',
  'when-posted': 'readReceipts_whenPosted',
} as const;

export function MessageSettings(props: GroupProps) {
  const { t } = useTranslation('settings');
  const { form, errors, isLocked, change } = props;
  return (
    <>
      <Section title={t('messages')}>
        <NativeSelect
          label={t('language')}
          disabled={isLocked}
          value={form.language}
          onChange={(event) => change({ language: event.currentTarget.value as Form['language'] })}
          data={[
            { value: 'en', label: 'English' },
            { value: 'ru', label: 'Русский' },
          ]}
        />
        <NativeSelect
          label={t('readReceipts')}
          disabled={isLocked}
          value={form.readReceipts}
          onChange={(event) => change({ readReceipts: event.currentTarget.value as Form['readReceipts'] })}
          data={Object.entries(RECEIPTS).map(([value, word]) => ({ value, label: t(word) }))}
        />
        {(['windowWarning', 'unnotifiedHints', 'reactionsFromComments'] as const).map((name) => (
          <OnOff
            key={name}
            label={t(name)}
            description={t(`${name}Hint`)}
            disabled={isLocked}
            value={form[name]}
            onChange={(value) => change({ [name]: value })}
          />
        ))}
        <TextInput
          label={t('defaultCountry')}
          description={t('defaultCountryHint')}
          disabled={isLocked}
          maxLength={2}
          maw={240}
          value={form.defaultCountry ?? ''}
          error={errors['settings.defaultCountry']}
          onChange={(event) => change({ defaultCountry: event.currentTarget.value.toUpperCase() || undefined })}
        />
      </Section>
      <MailingSettings {...props} />
    </>
  );
}

function MailingSettings({ form, errors, isLocked, change }: GroupProps) {
  const { t } = useTranslation('settings');
  return (
    <Section title={t('marketing')}>
      <OnOff
        label={t('bulkByTemplate')}
        description={t('bulkByTemplateHint')}
        disabled={isLocked}
        value={form.bulkByTemplate}
        onChange={(bulkByTemplate) => change({ bulkByTemplate })}
      />
      {(['marketingStopWords', 'marketingStartWords'] as const).map((name) => (
        <TagsInput
          key={name}
          label={t(name)}
          description={t('marketingStopWordsHint')}
          disabled={isLocked}
          maxTags={50}
          value={form[name] ?? []}
          error={Object.entries(errors).find(([path]) => path.startsWith(`settings.${name}`))?.[1]}
          onChange={(words) => change({ [name]: words })}
        />
      ))}
    </Section>
  );
}
