import { Group, Progress, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMomentWords } from '../layout/times.tsx';
import { DetailText } from '../problems/detail-text.tsx';
import type { Connection } from './state-badge.tsx';

type Step = Connection['steps'][number];

const NAMES = {
  register: 'step_register',
  subscribe: 'step_subscribe',
  webhook: 'step_webhook',
  'contacts-sync': 'step_contacts',
  'history-sync': 'step_history',
  'stop-sends': 'step_stopSends',
  'disconnect-in-phone-app': 'step_phoneApp',
  'disconnect-in-business-settings': 'step_metaSettings',
  'disconnect-at-provider': 'step_provider',
  'remove-subscription': 'step_unsubscribe',
  'destroy-credentials': 'step_destroy',
} as const;

const SIGNS: Readonly<Record<Step['state'], { sign: string; color: string }>> = {
  waiting: { sign: '○', color: 'dimmed' },
  called: { sign: '…', color: 'blue' },
  done: { sign: '✓', color: 'light-dark(#006a49, #4fc08e)' },
  failed: { sign: '✗', color: 'var(--mantine-color-error)' },
  skipped: { sign: '–', color: 'dimmed' },
};

/** What is done once, in its order, with how far it has come. */
export function Steps({ connection: { steps, historyProgress } }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  return (
    <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-label={t('steps')}>
      {steps.map((step) => (
        <li key={step.step}>
          <StepLine step={step} historyProgress={historyProgress} />
        </li>
      ))}
    </Stack>
  );
}

/** The step is done once the phone was asked; the chats come for hours after that, and say how far they are. */
function isHistoryComing({ step, state, code }: Step, historyProgress: number | null): boolean {
  if (step !== 'history-sync') return false;
  return state === 'waiting' || state === 'called' || (code === 'requested' && historyProgress !== 100);
}

const wordOf = ({ code, state }: Step) => (code === 'declined' ? 'stepDeclined' : (`stepState_${state}` as const));

function StepLine({ step, historyProgress }: { step: Step; historyProgress: number | null }) {
  const { t } = useTranslation('connections');
  const moment = useMomentWords();
  const name = step.step in NAMES ? t(NAMES[step.step as keyof typeof NAMES]) : step.step;
  const isOpen = step.state === 'waiting' || step.state === 'called';
  const isComing = isHistoryComing(step, historyProgress);
  const percent = isComing ? (historyProgress ?? undefined) : undefined;
  const { sign, color } = SIGNS[isComing && !isOpen ? 'called' : step.state];
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Text fw={700} c={color} w={16} ta="center" aria-hidden>
        {sign}
      </Text>
      <Stack gap={2} style={{ flex: 1 }}>
        <Text size="sm">
          {name}{' '}
          <Text span inherit c="dimmed">
            <VisuallyHidden>: </VisuallyHidden>
            {t(isComing && !isOpen ? 'stepRequested' : wordOf(step))}
            {isOpen && step.deadlineAt !== null && ` · ${t('deadline', { at: moment(step.deadlineAt) })}`}
            {step.settledAt !== null && step.state !== 'skipped' && ` · ${moment(step.settledAt)}`}
          </Text>
        </Text>
        {percent !== undefined && (
          <>
            <Progress value={percent} aria-label={t('historyProgress', { percent })} />
            <Text size="xs">{t('historyProgress', { percent })}</Text>
          </>
        )}
        {isComing && <Text size="xs">{t('keepAppOpen')}</Text>}
        {step.state === 'failed' && (
          <DetailText problem={{ detail: step.detail, findings: step.because ? [step.because] : [] }} />
        )}
      </Stack>
    </Group>
  );
}
