import { Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { fieldErrorsOf } from '../api/problem.ts';
import { Loaded } from '../layout/page.tsx';
import { AccountForm } from '../planfix/account-form.tsx';
import { usePlanfixReason } from '../planfix/reasons.ts';
import { type Hint, SecretDialog } from '../planfix/secret-dialog.tsx';
import { Another } from './another.tsx';
import type { StepProps } from './connect-page.tsx';
import { StepForm } from './step-form.tsx';
import { useWizard } from './wizard.tsx';

/** The Planfix account, one that is there or one that is connected here. */
export function PlanfixStep({ onNext, onBack }: StepProps) {
  const { t } = useTranslation('connect');
  const { draft, change, refusal } = useWizard();
  const [hint, setHint] = useState<Hint>();
  const query = api.useQuery('get', '/v1/planfix-accounts', { params: { query: { limit: 200 } } });
  useLive('planfix-accounts', '/v1/planfix-accounts');
  return (
    <Loaded query={query}>
      {({ items }) => {
        const usable = items.filter(({ state }) => state === 'connected' || state === 'paused');
        const only = usable.length === 1 ? usable[0]?.id : undefined;
        const chosen = usable.find(({ id }) => id === draft.planfixAccountId)?.id ?? only;
        const goOn = () => {
          // People and templates of another account are others.
          if (chosen !== draft.planfixAccountId) change({ planfixAccountId: chosen as string, ...NOBODY });
          onNext();
        };
        return (
          <Stack>
            <StepForm title={t('planfixTitle')} onBack={onBack} onNext={goOn} canGoOn={chosen !== undefined}>
              {usable.length > 0 && (
                <AccountChoice
                  accounts={usable}
                  chosen={chosen}
                  error={fieldErrorsOf(refusal).planfixAccountId}
                  onChange={(id) => change({ planfixAccountId: id, ...NOBODY })}
                />
              )}
            </StepForm>
            <Another hasSome={usable.length > 0} label={t('planfixAnother')} first={t('planfixFirst')}>
              {(close) => (
                <AccountForm
                  onCreated={(account) => {
                    close();
                    change({ planfixAccountId: account.id, ...NOBODY });
                    setHint(account);
                  }}
                />
              )}
            </Another>
            <SecretDialog hint={hint} onClose={() => setHint(undefined)} />
          </Stack>
        );
      }}
    </Loaded>
  );
}

type AccountChoiceProps = {
  accounts: Schemas['PlanfixAccount'][];
  chosen: string | undefined;
  error: string | undefined;
  onChange: (id: string) => void;
};

function AccountChoice({ accounts, chosen, error, onChange }: AccountChoiceProps) {
  const { t } = useTranslation('connect');
  const reasonWords = usePlanfixReason();
  return (
    <Radio.Group
      label={t('planfixTitle')}
      labelProps={{ style: HIDDEN }}
      value={chosen ?? null}
      error={error}
      onChange={onChange}
    >
      <Stack gap="xs">
        {accounts.map(({ id, name, url, pausedReason }) => (
          <Radio
            key={id}
            value={id}
            label={name}
            description={pausedReason === null ? url : t('planfixPaused', { reason: reasonWords(pausedReason) })}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

const NOBODY = {
  additionalAssignees: [],
  configuredBy: undefined,
  taskTemplate: undefined,
  contactTemplate: undefined,
};
const HIDDEN = { display: 'none' };
