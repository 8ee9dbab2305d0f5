import { Button, Divider, Radio, Stack, Text } from '@mantine/core';
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
import type { StepProps } from './connect-page.tsx';
import { StepForm } from './step-form.tsx';
import { useWizard } from './wizard.tsx';

type MetaApp = Schemas['MetaApp'];

/** The Meta app through whose webhooks the number's messages come. */
export function AppStep({ onNext, onBack }: StepProps) {
  const { t } = useTranslation('connect');
  const { draft, change, refusal } = useWizard();
  /** Shown once more, since it has to be entered at Meta; only of an app that was added just now. */
  const [made, setMade] = useState<{ id: string; verifyToken: string }>();
  const query = api.useQuery('get', '/v1/meta-apps', { params: { query: { limit: 200 } } });
  const needsSignUp = draft.road !== 'new-number';
  return (
    <Loaded query={query}>
      {({ items }) => {
        const chosen = items.find(({ id }) => id === draft.metaAppId) ?? (items.length === 1 ? items[0] : undefined);
        const canGoOn = chosen !== undefined && (!needsSignUp || chosen.embeddedSignup !== null);
        const goOn = () => {
          if (chosen !== undefined) change({ metaAppId: chosen.id });
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
                  onChange={(id) => change({ metaAppId: id })}
                >
                  <Stack gap="xs">
                    {items.map(({ id, appId }) => (
                      <Radio key={id} value={id} label={appId} />
                    ))}
                  </Stack>
                </Radio.Group>
              )}
              {chosen !== undefined && (
                <details className="where" open={made?.id === chosen.id}>
                  <summary>{t('appWebhook')}</summary>
                  <WebhookSteps
                    webhookUrl={chosen.webhookUrl}
                    verifyToken={made?.id === chosen.id ? made.verifyToken : undefined}
                  />
                </details>
              )}
            </StepForm>
            {/* A dialog within the form would send the form, too. */}
            {chosen !== undefined && needsSignUp && chosen.embeddedSignup === null && <SetUpSignUp app={chosen} />}
            <Another
              hasSome={items.length > 0}
              onCreated={(app, verifyToken) => {
                setMade({ id: app.id, verifyToken });
                change({ metaAppId: app.id });
              }}
            />
          </Stack>
        );
      }}
    </Loaded>
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

type AnotherProps = { hasSome: boolean; onCreated: (app: MetaApp, verifyToken: string) => void };

function Another({ hasSome, onCreated }: AnotherProps) {
  const { t } = useTranslation('connect');
  const [isOpen, { open, close }] = useDisclosure();
  if (hasSome && !isOpen) {
    return (
      <>
        <Divider />
        <Button variant="subtle" onClick={open} style={{ alignSelf: 'flex-start' }}>
          {t('appAnother')}
        </Button>
      </>
    );
  }
  return (
    <Stack gap="sm">
      <Divider />
      {!hasSome && <Text>{t('appFirst')}</Text>}
      <MetaAppForm
        onCreated={(app, verifyToken) => {
          close();
          onCreated(app, verifyToken);
        }}
      />
    </Stack>
  );
}
