import { NativeSelect, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';
import { fieldErrorsOf } from '../api/problem.ts';
import { Verdict } from '../connections/verdict.tsx';
import { NumberRadios } from './number-choice.tsx';
import { useWizard } from './wizard.tsx';

/** What Meta's window gave: usually one number, chosen already. */
export function SignedUpNumber({ signup }: { signup: Schemas['EmbeddedSignup'] }) {
  const { t } = useTranslation('connect');
  const { draft, change, refusal } = useWizard();
  const refused = fieldErrorsOf(refusal);
  const { accounts, numbers, wabaId, phoneNumberId } = signup;
  const [only] = numbers.length === 1 ? numbers : [];
  const given = phoneNumberId ?? only?.id;
  const account = wabaId ?? (accounts.length === 1 ? accounts[0]?.id : undefined);
  useEffect(() => {
    if (draft.wabaId === '' && account !== undefined) change({ wabaId: account, phoneNumberId: given ?? '' });
  }, [draft.wabaId, account, given, change]);
  return (
    <Stack gap="xs">
      <Text size="sm">{t('signUpReady')}</Text>
      {accounts.length > 1 && (
        <NativeSelect
          label={t('chooseAccount')}
          value={draft.wabaId}
          onChange={(event) => change({ wabaId: event.currentTarget.value, phoneNumberId: '' })}
          data={accounts.map(({ id, name }) => ({ value: id, label: name ? `${name} (${id})` : id }))}
        />
      )}
      <NumberRadios numbers={numbers} isSettled />
      {[refused.embeddedSignupId, refused.wabaId, refused.phoneNumberId]
        .filter((text) => text !== undefined)
        .map((text) => (
          <Verdict key={text} grade="fault">
            {text}
          </Verdict>
        ))}
    </Stack>
  );
}
