import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { api, readSessionAnew, type Schemas } from '../api/client.ts';
import { problemOf } from '../api/problem.ts';
import { BusyButton } from '../layout/busy-button.tsx';
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
  const before = { name: link.name ?? '', email: link.email ?? '', password: '' };
  const { given, take, rest } = useFields(before, use.error);
  const isFirst = link.purpose === 'first-operator';
  const [title, intro] = TITLES[link.purpose];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { name, email, password } = given;
    const body = { secret, password, name, ...(isFirst ? { email } : {}) };
    use.mutate(
      { body },
      {
        onSuccess: async () => {
          await readSessionAnew();
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
        {rest && <Failure error={rest} />}
        {link.purpose !== 'new-password' && (
          <TextInput label={t('name')} autoComplete="name" required {...take('name')} />
        )}
        {isFirst && <TextInput label={t('email')} type="email" autoComplete="username" required {...take('email')} />}
        <PasswordInput
          label={t('newPassword')}
          description={t('passwordRule')}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
          required
          minLength={12}
          {...take('password')}
        />
        <BusyButton type="submit" loading={use.isPending}>
          {t(isFirst ? 'create' : 'choose')}
        </BusyButton>
      </Stack>
    </form>
  );
}
