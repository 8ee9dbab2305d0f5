import { Alert, Anchor, NativeSelect, NumberInput, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { api } from '../api/client.ts';
import { fieldErrorsOf, problemOf } from '../api/problem.ts';
import { ChoiceSelect, PeopleSelect } from '../connection-settings/choice-select.tsx';
import { FallbackSelect } from '../connection-settings/fallback-select.tsx';
import { RefreshChoices } from '../connection-settings/refresh-choices.tsx';
import { employeeOptions, peopleOptions, templateOptions, useChoices } from '../connection-settings/use-choices.ts';
import { Failure, Loaded } from '../layout/page.tsx';
import { bodyOf } from './body.ts';
import type { StepProps } from './connect-page.tsx';
import { stepOfField } from './draft.ts';
import { StepForm } from './step-form.tsx';
import { useFormerSettings } from './use-former.ts';
import { useWizard } from './wizard.tsx';

const ASKED = [
  'configuredBy',
  'settings.taskTemplate',
  'settings.contactTemplate',
  'settings.additionalAssignees',
  'settings.historyDays',
];

/** Who works with the number; then it is connected. */
export function PeopleStep({ onBack, goTo }: StepProps) {
  const { t } = useTranslation('connect');
  const { draft, secrets, refusal, setRefusal } = useWizard();
  const { former, isSettled, query } = useFormerSettings();
  const navigate = useNavigate();
  const connect = api.useMutation('post', '/v1/connections');
  const submit = () => {
    setRefusal(undefined);
    connect.mutate(
      { body: bodyOf(draft, secrets, former) },
      {
        // What was entered is kept until the number is connected: it may have to be corrected.
        onSuccess: ({ id }) => void navigate(`/connections/${id}/connecting`, { replace: true }),
        onError: (error) => {
          setRefusal(error);
          const first = Object.keys(fieldErrorsOf(error))[0];
          if (first !== undefined && stepOfField(first) !== 'people') goTo(stepOfField(first));
        },
      },
    );
  };
  const isReady = isSettled && draft.taskTemplate !== undefined && draft.configuredBy !== undefined;
  return (
    <StepForm
      title={t('peopleTitle')}
      onBack={onBack}
      onNext={submit}
      canGoOn={isReady}
      isBusy={connect.isPending}
      nextWord={t('submit')}
    >
      <Refusal error={refusal} errors={fieldErrorsOf(refusal)} />
      <Loaded query={query}>
        {() => (
          <>
            <FromPlanfix />
            <OwnChoices />
          </>
        )}
      </Loaded>
      <div role="status">{connect.isPending && <Text size="sm">{t('submitting')}</Text>}</div>
    </StepForm>
  );
}

/** Templates and people of the Planfix account. */
function FromPlanfix() {
  const { t } = useTranslation('connect');
  const { draft, change, refusal } = useWizard();
  const accountId = draft.planfixAccountId ?? '';
  const query = useChoices(accountId);
  const errors = fieldErrorsOf(refusal);
  return (
    <Loaded query={query}>
      {(known) => {
        const isKnown = known.refreshedAt !== null;
        return (
          <Stack gap="sm">
            <RefreshChoices accountId={accountId} choices={known} />
            {(['taskTemplate', 'contactTemplate'] as const).map((name) => (
              <ChoiceSelect
                key={name}
                label={t(name)}
                description={t(`${name}Hint`)}
                required={name === 'taskTemplate'}
                options={templateOptions(known[`${name}s`])}
                isKnown={isKnown}
                value={draft[name] === undefined ? null : `${draft[name]}`}
                error={errors[`settings.${name}`]}
                onChange={(value) => change({ [name]: value === null ? undefined : Number(value) })}
              />
            ))}
            <ChoiceSelect
              label={t('configuredBy')}
              description={t('configuredByHint')}
              required
              options={employeeOptions(known)}
              isKnown={isKnown}
              value={draft.configuredBy ?? null}
              error={errors.configuredBy}
              onChange={(value) => change({ configuredBy: value ?? undefined })}
            />
            <PeopleSelect
              label={t('additionalAssignees')}
              description={t('additionalAssigneesHint')}
              options={peopleOptions(known)}
              isKnown={isKnown}
              value={draft.additionalAssignees}
              error={errors['settings.additionalAssignees']}
              onChange={(additionalAssignees) => change({ additionalAssignees })}
            />
          </Stack>
        );
      }}
    </Loaded>
  );
}

/** What Planfix need not be asked about. */
function OwnChoices() {
  const { t } = useTranslation('connect');
  const { draft, change, refusal } = useWizard();
  return (
    <>
      <FallbackSelect value={draft.fallbackOrder} onChange={(fallbackOrder) => change({ fallbackOrder })} />
      <NativeSelect
        label={t('language')}
        value={draft.language}
        onChange={(event) => change({ language: event.currentTarget.value === 'ru' ? 'ru' : 'en' })}
        data={[
          { value: 'en', label: 'English' },
          { value: 'ru', label: 'Русский' },
        ]}
      />
      {draft.isOnBusinessApp && (
        <NumberInput
          label={t('historyDays')}
          description={t('historyDaysHint')}
          min={0}
          max={180}
          allowDecimal={false}
          value={draft.historyDays}
          error={fieldErrorsOf(refusal)['settings.historyDays']}
          onChange={(value) => change({ historyDays: Number(value) || 0 })}
        />
      )}
    </>
  );
}

/** What was refused and has no field on this step. */
function Refusal({ error, errors }: { error: unknown; errors: Record<string, string> }) {
  const { t } = useTranslation('connect');
  if (error === undefined) return null;
  if (problemOf(error)?.status === 409) {
    return (
      <Alert color="red" variant="light" title={t('taken')} role="alert">
        <Text size="sm">
          {t('takenRemedy')}{' '}
          <Anchor component={Link} to="/connections" size="sm" underline="always">
            {t('toList')}
          </Anchor>
        </Text>
      </Alert>
    );
  }
  if (Object.keys(errors).length > 0 && Object.keys(errors).every((path) => ASKED.includes(path))) return null;
  return <Failure error={error} />;
}
