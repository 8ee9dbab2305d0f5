import { Alert, Anchor, Button, Group, List, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { Failure, Loaded } from '../layout/page.tsx';
import type { StepProps } from './connect-page.tsx';
import { SignedUpNumber } from './signed-up-number.tsx';
import { StepForm } from './step-form.tsx';
import { useSignUp, useSignUpWindow, type WindowEnd } from './use-sign-up.ts';
import { useWizard } from './wizard.tsx';

/** Meta's list of who may share a number with the phone app. */
const ELIGIBILITY =
  'https://developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users';

/** The number through Meta's window: a new one, or one of the phone app. */
export function SignUpStep(props: StepProps) {
  const about = api.useQuery('get', '/v1/console', {});
  return <Loaded query={about}>{(known) => <Prepared {...props} about={known} />}</Loaded>;
}

function Prepared({ onNext, onBack, goTo, about }: StepProps & { about: Schemas['Console'] }) {
  const { t } = useTranslation('connect');
  const { draft, change } = useWizard();
  const isApp = draft.road === 'business-app';
  const signUp = useSignUpWindow({
    metaAppId: draft.metaAppId ?? '',
    road: isApp ? 'business-app' : 'new-number',
    sdkUrl: about.metaSdkUrl,
    origins: about.metaSignupOrigins,
  });
  const known = useSignUp(draft.embeddedSignupId);
  const state = known.data?.state;
  const open = () => {
    change({ embeddedSignupId: signUp.signupId, wabaId: '', phoneNumberId: '' });
    signUp.open();
  };
  const again = () => {
    change({ embeddedSignupId: undefined, wabaId: '', phoneNumberId: '' });
    signUp.again();
  };
  const isChosen = state === 'ready' && draft.wabaId !== '' && draft.phoneNumberId !== '';
  const takeNewRoad = () => {
    change({ road: 'new-number', embeddedSignupId: undefined, wabaId: '', phoneNumberId: '' });
    goTo('number');
  };
  return (
    <StepForm title={t('signUpTitle')} onBack={onBack} onNext={onNext} canGoOn={isChosen}>
      <Text size="sm">{t(isApp ? 'signUpExplained_businessApp' : 'signUpExplained')}</Text>
      {isApp && <PhoneNotes onNewRoad={takeNewRoad} />}
      {signUp.isBlocked && <Alert color="red" title={t('signUpBlocked')} role="alert" />}
      {signUp.failure !== undefined && <Failure error={signUp.failure} onRetry={again} />}
      {signUp.end !== undefined && state !== 'ready' && <Ended end={signUp.end} />}
      {known.data?.problem && (
        <Alert color="red" variant="light" title={known.data.problem.message} role="alert">
          {known.data.problem.remedy}
        </Alert>
      )}
      <Waiting isOpen={signUp.isOpen} state={draft.embeddedSignupId === undefined ? undefined : state} />
      {state === 'ready' && known.data && <SignedUpNumber signup={known.data} />}
      <Group>
        {state === 'ready' || state === 'failed' || signUp.end !== undefined ? (
          <Button variant="default" onClick={again}>
            {t('signUpAgain')}
          </Button>
        ) : (
          <Button onClick={open} disabled={signUp.signupId === undefined} loading={signUp.isOpen}>
            {t('signUpOpen')}
          </Button>
        )}
      </Group>
    </StepForm>
  );
}

function Waiting({ isOpen, state }: { isOpen: boolean; state: Schemas['EmbeddedSignup']['state'] | undefined }) {
  const { t } = useTranslation('connect');
  const word = state === 'exchanging' ? 'signUpExchanging' : isOpen ? 'signUpWaiting' : undefined;
  return (
    <div role="status">
      {word !== undefined && (
        <Group gap="xs">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{t(word)}</Text>
        </Group>
      )}
    </div>
  );
}

/** Why the window gave nothing, with what Meta's support asks for. */
function Ended({ end }: { end: WindowEnd }) {
  const { t } = useTranslation('connect');
  if (end.kind === 'closed') return <Alert color="orange" variant="light" title={t('signUpClosed')} role="alert" />;
  const text = (name: string) => (typeof end.data[name] === 'string' ? end.data[name] : undefined);
  const step = text('current_step');
  const session = text('session_id');
  return (
    <Alert color="orange" variant="light" title={t('signUpCancelled')} role="alert">
      <Stack gap={2}>
        {text('error_message') !== undefined && <Text size="sm">{text('error_message')}</Text>}
        {step !== undefined && <Text size="sm">{t('signUpCancelledStep', { step })}</Text>}
        {session !== undefined && <Text size="sm">{t('signUpSession', { id: session })}</Text>}
      </Stack>
    </Alert>
  );
}

function PhoneNotes({ onNewRoad }: { onNewRoad: () => void }) {
  const { t } = useTranslation('connect');
  return (
    <Stack gap="xs">
      <List size="sm">
        <List.Item>{t('signUpStep_eligible')}</List.Item>
        <List.Item>{t('signUpStep_devices')}</List.Item>
        <List.Item>{t('signUpStep_groups')}</List.Item>
      </List>
      <Text size="sm">
        {t('notEligible')}{' '}
        <Anchor href={ELIGIBILITY} target="_blank" rel="noreferrer" size="sm">
          {t('notEligibleLink')}
        </Anchor>
        .{' '}
        <Anchor component="button" type="button" size="sm" onClick={onNewRoad}>
          {t('takeNewRoad')}
        </Anchor>
      </Text>
    </Stack>
  );
}
