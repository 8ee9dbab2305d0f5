import { Alert, Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useLocation, useNavigate, useSearchParams } from 'react-router';
import { Page } from '../layout/page.tsx';
import { AppStep } from './app-step.tsx';
import { isDone, isSecretGone, type Step, stepsOf } from './draft.ts';
import { NumberStep } from './number-step.tsx';
import { PeopleStep } from './people-step.tsx';
import { PlanfixStep } from './planfix-step.tsx';
import { RoadStep } from './road-step.tsx';
import { useWizard, WizardProvider } from './wizard.tsx';

const addressOf = (step: Step) => `/connections/new?step=${step}`;

/** The wizard; each step has an address, so that the back button goes one step back. */
export function ConnectPage() {
  const { t } = useTranslation('connect');
  return (
    <Page title={t('title')}>
      <WizardProvider>
        <Steps />
      </WizardProvider>
    </Page>
  );
}

const STEP_PAGES: Readonly<Record<Step, (props: StepProps) => React.ReactNode>> = {
  road: RoadStep,
  planfix: PlanfixStep,
  app: AppStep,
  number: NumberStep,
  people: PeopleStep,
};

/** `onNext` is called when all of the step is there. */
export type StepProps = { onNext: () => void; onBack: () => void; goTo: (step: Step) => void };

function Steps() {
  const { t } = useTranslation('connect');
  const { draft, secrets } = useWizard();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const location = useLocation();
  const steps = stepsOf(draft.road);
  const step = steps.find((known) => known === params.get('step')) ?? 'road';
  const index = steps.indexOf(step);
  const missing = steps.slice(0, index).find((earlier) => !isDone(earlier, draft, secrets));
  if (missing !== undefined) {
    const secretsGone = missing === 'number' && isSecretGone(draft, secrets);
    return <Navigate to={addressOf(missing)} replace state={{ secretsGone }} />;
  }
  const StepPage = STEP_PAGES[step];
  const goTo = (wanted: Step) => void navigate(addressOf(wanted));
  const next = steps[index + 1];
  const previous = steps[index - 1];
  return (
    <Stack gap="md" maw={760}>
      <Progress steps={steps} current={step} />
      {(location.state as { secretsGone?: boolean } | null)?.secretsGone === true && step === 'number' && (
        <Alert color="orange" variant="light" role="alert">
          {t('secretsGone')}
        </Alert>
      )}
      <Paper withBorder p={{ base: 'sm', sm: 'lg' }}>
        <StepPage
          key={step}
          onNext={() => next !== undefined && goTo(next)}
          onBack={() => (previous === undefined ? void navigate('/connections') : goTo(previous))}
          goTo={goTo}
        />
      </Paper>
    </Stack>
  );
}

/** Where one is, and the way back to what is done. */
function Progress({ steps, current }: { steps: Step[]; current: Step }) {
  const { t } = useTranslation('connect');
  const index = steps.indexOf(current);
  return (
    <nav aria-label={t('progress')}>
      <Text size="sm" c="dimmed" mb={4}>
        {t('stepOf', { index: index + 1, count: steps.length })}
      </Text>
      <Group component="ol" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
        {steps.map((step, position) => (
          <li key={step}>
            {position < index ? (
              <Anchor component={Link} to={addressOf(step)} size="sm">
                {position + 1}. {t(`step_${step}`)}
              </Anchor>
            ) : (
              <Text size="sm" {...(step === current ? { fw: 700, 'aria-current': 'step' as const } : { c: 'dimmed' })}>
                {position + 1}. {t(`step_${step}`)}
              </Text>
            )}
          </li>
        ))}
      </Group>
    </nav>
  );
}
