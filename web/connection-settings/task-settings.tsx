import { useTranslation } from 'react-i18next';
import { Section } from '../layout/section.tsx';
import { ChoiceSelect } from './choice-select.tsx';
import { OnOff, PlanfixNumber } from './fields.tsx';
import type { GroupProps } from './settings-page.tsx';
import { templateOptions } from './use-choices.ts';

export function TaskSettings({ form, choices, errors, isLocked, change }: GroupProps) {
  const { t } = useTranslation('settings');
  const isKnown = choices.refreshedAt !== null;
  return (
    <Section title={t('tasks')}>
      <ChoiceSelect
        label={t('taskTemplate')}
        required
        disabled={isLocked}
        options={templateOptions(choices.taskTemplates)}
        isKnown={isKnown}
        value={`${form.taskTemplate}`}
        error={errors['settings.taskTemplate']}
        onChange={(value) => value !== null && change({ taskTemplate: Number(value) })}
      />
      <ChoiceSelect
        label={t('contactTemplate')}
        disabled={isLocked}
        options={templateOptions(choices.contactTemplates)}
        isKnown={isKnown}
        value={form.contactTemplate === undefined ? null : `${form.contactTemplate}`}
        error={errors['settings.contactTemplate']}
        onChange={(value) => change({ contactTemplate: value === null ? undefined : Number(value) })}
      />
      <OnOff
        label={t('newTaskWhenNoneActive')}
        description={t('newTaskWhenNoneActiveHint')}
        disabled={isLocked}
        value={form.newTaskWhenNoneActive}
        onChange={(newTaskWhenNoneActive) => change({ newTaskWhenNoneActive })}
      />
      {(['initialStatus', 'correlationField', 'deliveryStateField'] as const).map((name) => (
        <PlanfixNumber
          key={name}
          label={t(name)}
          description={t(`${name}Hint`)}
          disabled={isLocked}
          value={form[name]}
          error={errors[`settings.${name}`]}
          onChange={(value) => change({ [name]: value })}
        />
      ))}
    </Section>
  );
}
