import { Button, Radio, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { fieldErrorsOf } from '../api/problem.ts';
import { Dialog } from '../layout/dialog.tsx';
import { Loaded } from '../layout/page.tsx';
import { MetaAppForm } from '../planfix/meta-app-form.tsx';
import { SignUpForm } from '../planfix/sign-up-form.tsx';
import { WebhookSteps } from '../planfix/webhook-steps.tsx';
import { Another } from './another.tsx';
import type { StepProps } from './connect-page.tsx';
import { NO_NUMBER } from './draft.ts';
import { StepForm } from './step-form.tsx';
import { useWizard } from './wizard.tsx';

type MetaApp = Schemas['MetaApp'];
type Made = { id: string; verifyToken: string };

/** The Meta app through whose webhooks the number's messages come. */
export function AppStep({ onNext, onBack }: StepProps) {
  const { t } = useTranslation('connect');
  const { draft, change, refusal } = useWizard();
  /** Shown once more, since it has to be entered at Meta; only of an app that was added just now. */
  const [made, setMade] = useState<Made>();
  const query = api.useQuery('get', '/v1/meta-apps', { params: { query: { limit: 200 } } });
  const needsSignUp = draft.road !== 'new-number';
  const choose = (metaAppId: string) => {
    if (metaAppId !== draft.metaAppId) change({ ...NO_NUMBER, metaAppId });
  };
  return (
    <Loaded query={query}>
      {({ items }) => {
        const chosen = items.find(({ id }) => id === draft.metaAppId) ?? (items.length === 1 ? items[0] : undefined);
        const canGoOn = chosen !== undefined && (!needsSignUp || chosen.embeddedSignup !== null);
        const goOn = () => {
          if (chosen !== undefined) choose(chosen.id);
          onNext();
        };
        return (
          <Stack>
            <StepForm title={t('appTitle')} onBack={onBack} onNext={goOn} canGoOn={canGoOn}>
              <Text size="sm">{t('appExplained')}</Text>
              {items.length > 0 && (
                <Radio.Group
                  aria-label={t('appTitle')}
                  value={chosen?.id ?? null}
                  error={fieldErrorsOf(refusal).metaAppId}
                  onChange={choose}
                >
                  <Stack gap="xs">
                    {items.map(({ id, appId }) => (
                      <Radio key={id} value={id} label={appId} />
                    ))}
                  </Stack>
                </Radio.Group>
              )}
              {chosen !== undefined && <Webhook app={chosen} made={made} />}
            </StepForm>
            {/* A dialog within the form would send the form, too. */}
            {chosen !== undefined && needsSignUp && chosen.embeddedSignup === null && <SetUpSignUp app={chosen} />}
            <Another hasSome={items.length > 0} label={t('appAnother')} first={t('appFirst')}>
              {(close) => (
                <MetaAppForm
                  onCreated={(app, verifyToken) => {
                    close();
                    setMade({ id: app.id, verifyToken });
                    choose(app.id);
                  }}
                />
              )}
            </Another>
          </Stack>
        );
      }}
    </Loaded>
  );
}

/** Where messages are to go, as it is entered at Meta. */
function Webhook({ app: { id, webhookUrl }, made }: { app: MetaApp; made: Made | undefined }) {
  const { t } = useTranslation('connect');
  const isNew = made?.id === id;
  return (
    <details className="where" open={isNew}>
      <summary>{t('appWebhook')}</summary>
      <WebhookSteps webhookUrl={webhookUrl} verifyToken={isNew ? made.verifyToken : undefined} />
    </details>
  );
}

function SetUpSignUp({ app }: { app: MetaApp }) {
  const { t } = useTranslation('connect');
  const { t: say } = useTranslation('planfix');
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">{t('appWithoutSignUp')}</Text>
      <Button size="xs" variant="default" onClick={open}>
        {say('setUpSignUp')}
      </Button>
      <Dialog opened={isOpen} onClose={close} title={say('setUpSignUp')} size="lg">
        <SignUpForm app={app} onDone={close} />
      </Dialog>
    </Stack>
  );
}
