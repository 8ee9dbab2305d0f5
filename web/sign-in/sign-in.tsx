import {
  Alert,
  Anchor,
  Button,
  Center,
  Divider,
  Group,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { type FormEvent, type PropsWithChildren, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useLocation, useSearchParams } from 'react-router';
import { api, readSessionAnew } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { BusyButton } from '../layout/busy-button.tsx';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
import { changeLanguage } from '../texts/texts.ts';
import { SignInLink } from './sign-in-link.tsx';

/** The door: by password, by single sign-on, or by a link whose secret stands behind the `#` and is sent nowhere. */
export function SignIn() {
  const [secret, setSecret] = useState(() => window.location.hash.slice(1));
  const { operator } = useSession();
  const from = (useLocation().state as { from?: string } | null)?.from;
  useEffect(() => {
    // It must not stay in the history of the browser.
    if (secret !== '') window.history.replaceState(window.history.state, '', '/sign-in');
  }, [secret]);
  useEffect(() => {
    // Where this page is open already, opening a link in its place loads nothing anew.
    const take = () => window.location.hash.length > 1 && setSecret(window.location.hash.slice(1));
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, []);
  if (secret !== '')
    return (
      <Door>
        <SignInLink key={secret} secret={secret} onGiveUp={() => setSecret('')} />
      </Door>
    );
  if (operator) return <Navigate to={from ?? '/connections'} replace />;
  return (
    <Door>
      <PasswordForm returnTo={from} />
    </Door>
  );
}

function Door({ children }: PropsWithChildren) {
  const { i18n } = useTranslation();
  const other =
    i18n.language === 'ru' ? ({ code: 'en', name: 'English' } as const) : ({ code: 'ru', name: 'Русский' } as const);
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w="100%" maw={400} gap="md">
        <Group justify="space-between">
          <Group gap="xs">
            <img src="/console/icon.svg" alt="" width={32} height={32} />
            <Text fw={700} size="lg">
              Parley
            </Text>
          </Group>
          <Anchor
            component="button"
            type="button"
            size="sm"
            lang={other.code}
            onClick={() => void changeLanguage(other.code)}
          >
            {other.name}
          </Anchor>
        </Group>
        <Paper withBorder p="lg" radius="md">
          {children}
        </Paper>
      </Stack>
    </Center>
  );
}

const FAILURES = ['expired', 'failed', 'unknown-person', 'unverified-email', 'disabled'] as const;

function SingleSignOnFailure({ word }: { word: string | null }) {
  const { t } = useTranslation('signIn');
  const failure = FAILURES.find((one) => one === word);
  if (failure === undefined) return null;
  return (
    <Alert color="red" title={t('ssoFailed')} role="alert">
      {t(`sso_${failure}`)}
    </Alert>
  );
}

function PasswordForm({ returnTo }: { returnTo: string | undefined }) {
  const { t } = useTranslation('signIn');
  const [params] = useSearchParams();
  const options = api.useQuery('get', '/v1/sign-in-options', {});
  const signIn = api.useMutation('post', '/v1/session', { onSuccess: readSessionAnew });
  const { given, take, rest } = useFields({ email: '', password: '' }, signIn.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ body: given });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} size="h3">
          {t('title')}
        </Title>
        {options.data?.needsFirstOperator && (
          <Alert title={t('noOperator')} variant="light">
            {t('noOperatorRemedy')}
          </Alert>
        )}
        <SingleSignOnFailure word={params.get('failed')} />
        {rest && <Failure error={rest} />}
        <TextInput label={t('email')} type="email" autoComplete="username" required {...take('email')} />
        <PasswordInput
          label={t('password')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
          required
          {...take('password')}
        />
        <BusyButton type="submit" loading={signIn.isPending}>
          {t('signIn')}
        </BusyButton>
        {options.data?.singleSignOn && <SingleSignOn name={options.data.singleSignOn.name} returnTo={returnTo} />}
      </Stack>
    </form>
  );
}

function SingleSignOn({ name, returnTo }: { name: string; returnTo: string | undefined }) {
  const { t } = useTranslation('signIn');
  const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
  return (
    <>
      <Divider label={t('or')} />
      <Button component="a" href={`/v1/single-sign-on${query}`} variant="default">
        {t('with', { name })}
      </Button>
    </>
  );
}
