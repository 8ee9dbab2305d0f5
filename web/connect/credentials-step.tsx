import { Alert, Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fieldErrorsOf } from '../api/problem.ts';
import { useMomentWords } from '../layout/times.tsx';
import { Where } from '../planfix/where.tsx';
import type { StepProps } from './connect-page.tsx';
import { NO_NUMBER } from './draft.ts';
import { CheckProgress, FieldFindings, hasFault, OtherFindings } from './field-findings.tsx';
import { NumberChoice } from './number-choice.tsx';
import { PinField } from './pin-field.tsx';
import { StepForm } from './step-form.tsx';
import { type CheckInput, type LiveCheck, useCredentialCheck } from './use-credential-check.ts';
import { useWizard } from './wizard.tsx';

const FIELDS = ['accessToken', 'wabaId', 'phoneNumberId', 'pin'];
/** Findings that mean: this number belongs on the road for the phone app. */
const ON_PHONE_APP: ReadonlySet<string> = new Set(['business-app-not-linked', 'number-on-business-app']);

/** Token, account and number, each looked at while it is entered. */
export function CredentialsStep({ onNext, onBack, goTo }: StepProps) {
  const { t } = useTranslation('connect');
  const { draft, secrets, change, changeSecrets, refusal, setRefusal } = useWizard();
  const refused = fieldErrorsOf(refusal);
  const check = useCredentialCheck(inputOf(useWizard()));
  const token = secrets.accessToken;
  const goOn = () => {
    const number = check.outcome?.facts.numbers?.find(({ id }) => id === draft.phoneNumberId);
    change({ isOnBusinessApp: number?.onBusinessApp === true });
    onNext();
  };
  const isChosen = token !== '' && draft.wabaId !== '' && draft.phoneNumberId !== '';
  const takeRoad = () => {
    change({ ...NO_NUMBER, road: 'business-app', isOnBusinessApp: true });
    goTo('app');
  };
  return (
    <StepForm
      title={t('numberTitle')}
      onBack={onBack}
      onNext={goOn}
      canGoOn={isChosen && !check.isChecking && !hasFault(check)}
    >
      <Stack gap="xs">
        <PasswordInput
          label={t('accessToken')}
          description={t('accessTokenHint')}
          required
          autoComplete="off"
          value={token}
          onChange={(event) => {
            setRefusal(undefined);
            changeSecrets({ accessToken: event.currentTarget.value.trim() });
          }}
        />
        <FieldFindings check={check} field="accessToken" refused={refused.accessToken} />
        <TokenEnd check={check} />
        <Where
          of={t('accessToken')}
          steps={[t('accessTokenWhere_1'), t('accessTokenWhere_2'), t('accessTokenWhere_3')]}
        />
      </Stack>
      {token !== '' && <NumberChoice check={check} facts={check.last?.facts} />}
      <PinField check={check} />
      <OtherFindings check={check} shown={FIELDS} />
      {check.outcome?.findings.some(({ code }) => ON_PHONE_APP.has(code)) && (
        <Alert variant="light" color="blue">
          <Button onClick={takeRoad}>{t('takeRoad')}</Button>
        </Alert>
      )}
      <CheckProgress check={check} />
    </StepForm>
  );
}

function inputOf({ draft, secrets }: ReturnType<typeof useWizard>): CheckInput | undefined {
  if (secrets.accessToken === '') return undefined;
  return {
    provider: 'whatsapp-cloud',
    accessToken: secrets.accessToken,
    ...(draft.metaAppId === undefined ? {} : { metaAppId: draft.metaAppId }),
    ...(draft.wabaId === '' ? {} : { wabaId: draft.wabaId }),
    ...(draft.phoneNumberId === '' ? {} : { phoneNumberId: draft.phoneNumberId }),
    ...(/^\d{6}$/.test(secrets.pin) ? { pin: secrets.pin } : {}),
  };
}

function TokenEnd({ check }: { check: LiveCheck }) {
  const { t } = useTranslation('connect');
  const moment = useMomentWords();
  const token = check.outcome?.facts.token;
  if (token === undefined) return null;
  return (
    <Text size="sm" c="dimmed">
      {token.expiresAt === null ? t('tokenForever') : t('tokenUntil', { at: moment(token.expiresAt) })}
    </Text>
  );
}
