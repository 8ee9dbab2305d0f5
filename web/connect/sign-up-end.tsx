import { Alert, Button, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';
import { useFindingWords } from '../connections/finding-words.ts';
import type { WindowEnd } from './use-sign-up.ts';

type Problem = NonNullable<Schemas['EmbeddedSignup']['problem']>;

/** Meta's program did not come, usually because something in the browser holds it back. */
export function Blocked({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation('connect');
  const { t: say } = useTranslation();
  return (
    <Alert color="red" variant="light" title={t('signUpBlocked')} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t('signUpBlockedRemedy')}</Text>
        <Button size="xs" variant="default" onClick={onRetry}>
          {say('retry')}
        </Button>
      </Stack>
    </Alert>
  );
}

const WORDS = {
  'code-used': 'signUpCodeUsed',
  'code-unanswered': 'signUpUnanswered',
  'code-too-old': 'signUpCodeLate',
  'app-refused': 'signUpAppRefused',
  'account-not-granted': 'signUpNotGranted',
  'account-not-shown': 'signUpNotShown',
  'no-number': 'signUpNoNumber',
} as const;
const LEFT: ReadonlySet<string> = new Set(['cancelled', 'reported']);

/** What Parley found wrong with the outcome. */
export function SignUpProblem({ problem }: { problem: Problem }) {
  const { t } = useTranslation('connect');
  const { message, remedy } = useFindingWords()(problem);
  const { code } = problem;
  if (LEFT.has(code)) {
    return (
      <Alert color="orange" variant="light" title={t('signUpCancelled')} role="alert">
        {message}
      </Alert>
    );
  }
  if (code in WORDS)
    return <Alert color="red" variant="light" title={t(WORDS[code as keyof typeof WORDS])} role="alert" />;
  return (
    <Alert color="red" variant="light" title={message} role="alert">
      {remedy}
    </Alert>
  );
}

/** Why the window gave nothing, with what Meta's support asks for. What Parley makes of it would say the same. */
export function Ended({ end, problem }: { end: WindowEnd; problem: Problem | undefined }) {
  const { t } = useTranslation('connect');
  if (end.kind === 'closed') return <Alert color="orange" variant="light" title={t('signUpClosed')} role="alert" />;
  const text = (name: string) => (typeof end.data[name] === 'string' ? end.data[name] : undefined);
  const said = text('error_message');
  const step = text('current_step');
  const session = text('session_id');
  const title = problem?.code === 'business-app-refused' ? 'signUpRefused' : 'signUpCancelled';
  return (
    <Alert color="orange" variant="light" title={t(title)} role="alert">
      <Stack gap={2}>
        {said !== undefined && <Text size="sm">{said}</Text>}
        {step !== undefined && <Text size="sm">{t('signUpCancelledStep', { step })}</Text>}
        {session !== undefined && <Text size="sm">{t('signUpSession', { id: session })}</Text>}
      </Stack>
    </Alert>
  );
}
