import { PasswordInput, Stack, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fieldErrorsOf } from '../api/problem.ts';
import { Where } from '../planfix/where.tsx';
import type { StepProps } from './connect-page.tsx';
import { CheckProgress, FieldFindings, hasFault, OtherFindings } from './field-findings.tsx';
import { StepForm } from './step-form.tsx';
import { useCredentialCheck } from './use-credential-check.ts';
import { useWizard } from './wizard.tsx';

const FIELDS = ['phone', 'apiKey', 'allowedAddresses'];

/** Number and key at 360dialog. */
export function DialogStep({ onNext, onBack }: StepProps) {
  const { t } = useTranslation('connect');
  const { draft, secrets, change, changeSecrets, refusal, setRefusal } = useWizard();
  const refused = fieldErrorsOf(refusal);
  const { phone, allowedAddresses } = draft;
  const { apiKey } = secrets;
  const isFilled = /^\+\d[\d ()-]{5,}$/.test(phone.trim()) && apiKey !== '';
  const check = useCredentialCheck(isFilled ? { provider: 'dialog360', phone: phone.trim(), apiKey } : undefined);
  const addressRefused = Object.entries(refused).find(([path]) => path.startsWith('allowedAddresses'))?.[1];
  return (
    <StepForm
      title={t('numberTitle')}
      onBack={onBack}
      onNext={onNext}
      canGoOn={isFilled && !check.isChecking && !hasFault(check)}
    >
      <Stack gap="xs">
        <TextInput
          label={t('dialogPhone')}
          description={t('dialogPhoneHint')}
          required
          type="tel"
          autoComplete="off"
          value={phone}
          onChange={(event) => {
            setRefusal(undefined);
            change({ phone: event.currentTarget.value });
          }}
        />
        <FieldFindings check={check} field="phone" refused={refused.phone} />
      </Stack>
      <Stack gap="xs">
        <PasswordInput
          label={t('dialogKey')}
          required
          autoComplete="off"
          value={apiKey}
          onChange={(event) => {
            setRefusal(undefined);
            changeSecrets({ apiKey: event.currentTarget.value.trim() });
          }}
        />
        <FieldFindings check={check} field="apiKey" refused={refused.apiKey} />
        <Where of={t('dialogKey')} steps={[t('dialogKeyWhere_1'), t('dialogKeyWhere_2')]} />
      </Stack>
      <TagsInput
        label={t('dialogAddresses')}
        description={t('dialogAddressesHint')}
        value={allowedAddresses}
        error={addressRefused}
        onChange={(addresses) => change({ allowedAddresses: addresses })}
      />
      <OtherFindings check={check} shown={FIELDS} />
      <CheckProgress check={check} />
    </StepForm>
  );
}
