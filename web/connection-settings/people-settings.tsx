import { useTranslation } from 'react-i18next';
import { Section } from '../layout/section.tsx';
import { ChoiceSelect, PeopleSelect } from './choice-select.tsx';
import { FallbackSelect } from './fallback-select.tsx';
import type { GroupProps } from './settings-page.tsx';
import { employeeOptions, peopleOptions } from './use-choices.ts';

export function PeopleSettings({ form, choices, errors, isLocked, change }: GroupProps) {
  const { t } = useTranslation('settings');
  const isKnown = choices.refreshedAt !== null;
  return (
    <Section title={t('people')}>
      <PeopleSelect
        label={t('additionalAssignees')}
        description={t('additionalAssigneesHint')}
        disabled={isLocked}
        options={peopleOptions(choices)}
        // Contacts may be assignees, too, and are not among the choices.
        isKnown={isKnown && form.additionalAssignees.every((ref) => !ref.startsWith('contact:'))}
        value={form.additionalAssignees}
        error={errors['settings.additionalAssignees']}
        onChange={(additionalAssignees) => change({ additionalAssignees })}
      />
      <ChoiceSelect
        label={t('configuredBy')}
        required
        disabled={isLocked}
        options={employeeOptions(choices)}
        isKnown={isKnown}
        value={form.configuredBy}
        error={errors.configuredBy}
        onChange={(value) => value !== null && change({ configuredBy: value })}
      />
      <FallbackSelect
        value={form.fallbackOrder}
        disabled={isLocked}
        error={errors['settings.fallbackOrder']}
        onChange={(fallbackOrder) => change({ fallbackOrder })}
      />
    </Section>
  );
}
