import { PasswordInput, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fieldErrorsOf } from '../api/problem.ts';
import { Where } from '../planfix/where.tsx';
import { FieldFindings } from './field-findings.tsx';
import type { LiveCheck } from './use-credential-check.ts';
import { useWizard } from './wizard.tsx';

/** Only numbers that are still to be registered may need a PIN. */
const NEEDS_PIN: ReadonlySet<string> = new Set(['pin-needed', 'pin-wrong', 'will-be-registered']);

export function PinField({ check }: { check: LiveCheck }) {
  const { t } = useTranslation('connect');
  const { secrets, changeSecrets, refusal } = useWizard();
  const refused = fieldErrorsOf(refusal).pin;
  const isNeeded = check.last?.findings.some(({ code }) => NEEDS_PIN.has(code)) === true;
  if (!isNeeded && refused === undefined && secrets.pin === '') return null;
  return (
    <Stack gap="xs">
      <PasswordInput
        label={t('pin')}
        description={t('pinHint')}
        inputMode="numeric"
        autoComplete="off"
        maxLength={6}
        value={secrets.pin}
        onChange={(event) => changeSecrets({ pin: event.currentTarget.value.replace(/\D/g, '') })}
      />
      <FieldFindings check={check} field="pin" refused={refused} />
      <Where of={t('pin')} steps={[t('pinWhere_1'), t('pinWhere_2')]} />
    </Stack>
  );
}
