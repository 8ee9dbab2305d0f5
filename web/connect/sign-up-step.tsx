import { Anchor, Button, Group, List, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { Failure, Loaded } from '../layout/page.tsx';
import type { StepProps } from './connect-page.tsx';
import { NO_NUMBER } from './draft.ts';
import { Blocked, Ended, SignUpProblem } from './sign-up-end.tsx';
import { SignedUpNumber } from './signed-up-number.tsx';
import { StepForm } from './step-form.tsx';
import { useSignUp, useSignUpWindow } from './use-sign-up.ts';
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
  const { prepared, prepareNext, isOpen, failure } = signUp;
  const known = useSignUp(draft.embeddedSignupId);
  const state = known.data?.state;
  const problem = known.data?.problem ?? undefined;
  const open = () => {
    if (prepared.kind !== 'ready') return;
    change({ embeddedSignupId: prepared.started.id, wabaId: '', phoneNumberId: '' });
    signUp.open();
  };
  const takeNewRoad = () => {
    change({ ...NO_NUMBER, road: 'new-number', isOnBusinessApp: false });
    goTo('number');
  };
  const isChosen = state === 'ready' && draft.wabaId !== '' && draft.phoneNumberId !== '';
  // Whoever closes the window on its last page is told to have left it, and has given a code all the same.
  const end = state === 'ready' || state === 'exchanging' ? undefined : signUp.end;
  return (
    <StepForm title={t('signUpTitle')} onBack={onBack} onNext={onNext} canGoOn={isChosen}>
      <Text size="sm">{t(isApp ? 'signUpExplained_businessApp' : 'signUpExplained')}</Text>
      {isApp && <PhoneNotes onNewRoad={takeNewRoad} />}
      {prepared.kind === 'blocked' && <Blocked onRetry={prepareNext} />}
      {prepared.kind === 'failed' && <Failure error={prepared.error} onRetry={prepareNext} />}
      {failure !== undefined && <Failure error={failure} />}
      {end === undefined ? problem && <SignUpProblem problem={problem} /> : <Ended end={end} problem={problem} />}
      <Waiting isOpen={isOpen} state={draft.embeddedSignupId === undefined ? undefined : state} />
      {state === 'ready' && known.data && <SignedUpNumber signup={known.data} />}
      <Group>
        <Button
          variant={state === 'ready' ? 'default' : 'filled'}
          onClick={open}
          disabled={prepared.kind !== 'ready'}
          loading={isOpen || prepared.kind === 'not-yet'}
        >
          {t(draft.embeddedSignupId === undefined ? 'signUpOpen' : 'signUpAgain')}
        </Button>
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
        <Anchor href={ELIGIBILITY} target="_blank" rel="noreferrer" size="sm" underline="always">
          {t('notEligibleLink')}
        </Anchor>
        .{' '}
        <Anchor component="button" type="button" size="sm" ta="left" underline="always" onClick={onNewRoad}>
          {t('takeNewRoad')}
        </Anchor>
      </Text>
    </Stack>
  );
}
