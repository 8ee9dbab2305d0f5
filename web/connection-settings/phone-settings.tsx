import { NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Section } from '../layout/section.tsx';
import { ChoiceSelect } from './choice-select.tsx';
import { OnOff } from './fields.tsx';
import type { GroupProps } from './settings-page.tsx';
import { employeeOptions } from './use-choices.ts';

/** What only counts for numbers that are in the WhatsApp Business app, too. */
export function PhoneSettings({ form, choices, errors, isLocked, change }: GroupProps) {
  const { t } = useTranslation('settings');
  return (
    <Section title={t('phone')}>
      <ChoiceSelect
        label={t('echoAuthor')}
        description={t('echoAuthorHint')}
        disabled={isLocked}
        options={employeeOptions(choices)}
        isKnown={choices.refreshedAt !== null}
        value={form.echoAuthor ?? null}
        error={errors['settings.echoAuthor']}
        onChange={(value) => change({ echoAuthor: value ?? undefined })}
      />
      <OnOff
        label={t('openTaskForEchoes')}
        description={t('openTaskForEchoesHint')}
        disabled={isLocked}
        value={form.openTaskForEchoes}
        onChange={(openTaskForEchoes) => change({ openTaskForEchoes })}
      />
      <NumberInput
        label={t('historyDays')}
        description={t('historyDaysHint')}
        min={0}
        max={180}
        allowDecimal={false}
        disabled={isLocked}
        value={form.historyDays}
        error={errors['settings.historyDays']}
        onChange={(value) => change({ historyDays: Number(value) || 0 })}
      />
    </Section>
  );
}
