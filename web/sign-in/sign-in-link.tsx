import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { api, type Schemas, SESSION_KEY } from '../api/client.ts';
import { fieldErrorsOf, problemOf } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { Failure, Loading } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';

type Link = Schemas['SignInLink'];
const TITLES = {
  'first-operator': ['linkTitle_firstOperator', 'linkIntro_firstOperator'],
  invitation: ['linkTitle_invitation', 'linkIntro_invitation'],
  'new-password': ['linkTitle_newPassword', 'linkIntro_newPassword'],
} as const;

/** A link was opened: whom it is for, and what they still have to say. */
export function SignInLink({ secret, onGiveUp }: { secret: string; onGiveUp: () => void }) {
  const { t } = useTranslation('signIn');
  const look = api.useMutation('post', '/v1/sign-in-links/look');
  const { mutate } = look;
  useEffect(() => mutate({ body: { secret } }), [mutate, secret]);
  if (look.data) return <LinkForm secret={secret} link={look.data} />;
  if (!look.error) return <Loading />;
  if (problemOf(look.error)?.status !== 404) {
    return <Failure error={look.error} onRetry={() => mutate({ body: { secret } })} />;
  }
  return (
    <Stack>
      <Alert color="red" title={t('linkSpent')} role="alert">
        {t('linkSpentRemedy')}
      </Alert>
      <Button variant="default" onClick={onGiveUp}>
        {t('signIn')}
      </Button>
    </Stack>
  );
}

function LinkForm({ secret, link }: { secret: string; link: Link }) {
  const { t } = useTranslation('signIn');
  const navigate = useNavigate();
  const use = api.useMutation('post', '/v1/sign-in-links/use');
  const { given, take } = useFields({ name: link.name ?? '', email: link.email ?? '', password: '' });
  const isFirst = link.purpose === 'first-operator';
  const [title, intro] = TITLES[link.purpose];
  const errors = fieldErrorsOf(use.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { name, email, password } = given;
    const body = { secret, password, name, ...(isFirst ? { email } : {}) };
    use.mutate(
      { body },
      {
        onSuccess: async () => {
          await queryClient.invalidateQueries({ queryKey: SESSION_KEY });
          void navigate('/connections', { replace: true });
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} size="h3">
          {t(title)}
        </Title>
        <Text c="dimmed">{t(intro, { email: link.email ?? '' })}</Text>
        {use.error && Object.keys(errors).length === 0 && <Failure error={use.error} />}
        {link.purpose !== 'new-password' && (
          <TextInput label={t('name')} autoComplete="name" required {...take('name', errors)} />
        )}
        {isFirst && (
          <TextInput label={t('email')} type="email" autoComplete="username" required {...take('email', errors)} />
        )}
        <PasswordInput
          label={t('newPassword')}
          description={t('passwordRule')}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
          required
          minLength={12}
          {...take('password', errors)}
        />
        <Button type="submit" loading={use.isPending}>
          {t(isFirst ? 'create' : 'choose')}
        </Button>
      </Stack>
    </form>
  );
}
