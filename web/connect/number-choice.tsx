import { Anchor, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldErrorsOf } from '../api/problem.ts';
import { useQualityWords } from '../connections/words.ts';
import { Where } from '../planfix/where.tsx';
import { FieldFindings } from './field-findings.tsx';
import type { CheckOutcome, LiveCheck } from './use-credential-check.ts';
import { useWizard } from './wizard.tsx';

type Facts = CheckOutcome['facts'];
type ListedNumber = NonNullable<Facts['numbers']>[number];

/** Account and number out of what the token reaches; ids can be typed where it does not tell. */
export function NumberChoice({ check, facts }: { check: LiveCheck; facts: Facts | undefined }) {
  const { t } = useTranslation('connect');
  const accounts = facts?.accounts ?? [];
  const [isByHand, setByHand] = useState(false);
  const isTyped = isByHand || accounts.length === 0;
  return (
    <Stack gap="sm">
      {isTyped ? (
        <TypedIds check={check} />
      ) : (
        <Choices check={check} accounts={accounts} numbers={facts?.numbers ?? []} />
      )}
      {accounts.length > 0 && (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setByHand(!isByHand)}>
          {t(isByHand ? 'fromToken' : 'byHand')}
        </Anchor>
      )}
    </Stack>
  );
}

type ChoicesProps = { check: LiveCheck; accounts: NonNullable<Facts['accounts']>; numbers: ListedNumber[] };

function Choices({ check, accounts, numbers }: ChoicesProps) {
  const { t } = useTranslation('connect');
  const { draft, change, refusal } = useWizard();
  const refused = fieldErrorsOf(refusal);
  const isKnown = accounts.some(({ id }) => id === draft.wabaId);
  const only = accounts.length === 1 ? accounts[0]?.id : undefined;
  useEffect(() => {
    // What is no choice at all is not asked.
    if (!isKnown && only !== undefined) change({ wabaId: only, phoneNumberId: '' });
  }, [isKnown, only, change]);
  return (
    <>
      <Stack gap="xs">
        <NativeSelect
          label={t('chooseAccount')}
          required
          value={isKnown ? draft.wabaId : ''}
          onChange={(event) => change({ wabaId: event.currentTarget.value, phoneNumberId: '' })}
          data={[
            ...(isKnown ? [] : [{ value: '', label: '' }]),
            ...accounts.map(({ id, name }) => ({ value: id, label: name ? `${name} (${id})` : id })),
          ]}
        />
        <FieldFindings check={check} field="wabaId" refused={refused.wabaId} />
      </Stack>
      {draft.wabaId !== '' && (
        <Stack gap="xs">
          <NumberRadios numbers={numbers} isSettled={!check.isChecking} />
          <FieldFindings check={check} field="phoneNumberId" refused={refused.phoneNumberId} />
        </Stack>
      )}
    </>
  );
}

/** The numbers of an account with what tells them apart. */
export function NumberRadios({ numbers, isSettled }: { numbers: ListedNumber[]; isSettled: boolean }) {
  const { t } = useTranslation('connect');
  const quality = useQualityWords();
  const { draft, change } = useWizard();
  if (numbers.length === 0) return isSettled ? <Text size="sm">{t('noNumbers')}</Text> : null;
  const describe = ({ verifiedName, quality: rating, onBusinessApp, platform }: ListedNumber) => {
    const isOff = onBusinessApp !== true && platform !== null && platform !== 'CLOUD_API';
    return [
      verifiedName,
      rating === null ? null : t('numberQuality', { quality: quality(rating) }),
      onBusinessApp === true ? t('onApp') : null,
      isOff ? t('platformOff') : null,
    ]
      .filter((part) => part !== null)
      .join(' · ');
  };
  return (
    <Radio.Group
      label={t('chooseNumber')}
      required
      value={draft.phoneNumberId === '' ? null : draft.phoneNumberId}
      onChange={(id) => change({ phoneNumberId: id })}
    >
      <Stack gap="xs" mt={4}>
        {numbers.map((number) => (
          <Radio
            key={number.id}
            value={number.id}
            label={number.displayPhone ?? number.id}
            description={describe(number)}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function TypedIds({ check }: { check: LiveCheck }) {
  const { t } = useTranslation('connect');
  const { draft, change, refusal } = useWizard();
  const refused = fieldErrorsOf(refusal);
  return (
    <>
      <Stack gap="xs">
        <TextInput
          label={t('wabaId')}
          required
          inputMode="numeric"
          value={draft.wabaId}
          onChange={(event) => change({ wabaId: event.currentTarget.value.trim() })}
        />
        <FieldFindings check={check} field="wabaId" refused={refused.wabaId} />
        <Where of={t('wabaId')} steps={[t('wabaIdWhere_1'), t('wabaIdWhere_2')]} />
      </Stack>
      <Stack gap="xs">
        <TextInput
          label={t('phoneNumberId')}
          required
          inputMode="numeric"
          value={draft.phoneNumberId}
          onChange={(event) => change({ phoneNumberId: event.currentTarget.value.trim() })}
        />
        <FieldFindings check={check} field="phoneNumberId" refused={refused.phoneNumberId} />
        <Where of={t('phoneNumberId')} steps={[t('phoneNumberIdWhere_1'), t('phoneNumberIdWhere_2')]} />
      </Stack>
    </>
  );
}
