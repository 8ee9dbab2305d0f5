import { Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { useMay } from '../api/session.ts';
import { Dialog } from '../layout/dialog.tsx';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
import { SignUpForm } from './sign-up-form.tsx';
import { WebhookSteps } from './webhook-steps.tsx';

type MetaApp = Schemas['MetaApp'];
const readAnew = () => void queryClient.invalidateQueries({ queryKey: ['get', '/v1/meta-apps'] });

/** One Meta app: its address for webhooks, its secrets, and Embedded Signup. */
export function MetaAppCard({ app }: { app: MetaApp }) {
  const { t } = useTranslation('planfix');
  const isAdmin = useMay('admin');
  const [isSigningUp, signUp] = useDisclosure();
  const [isChanging, change] = useDisclosure();
  const title = t('appTitle', { appId: app.appId });
  return (
    <Paper component="section" withBorder p="md" aria-label={title} id={app.id}>
      <Stack gap="sm">
        <Title order={3} size="h5">
          {title}
        </Title>
        <WebhookSteps webhookUrl={app.webhookUrl} />
        <Text size="sm">
          <Text span fw={500} inherit>
            {t('signUp')}:
          </Text>{' '}
          {app.embeddedSignup ? t('signUpOn', { id: app.embeddedSignup.configurationId }) : t('signUpOff')}
        </Text>
        {isAdmin && (
          <Group gap="sm">
            <Button size="xs" variant="default" onClick={signUp.open}>
              {t('setUpSignUp')}
            </Button>
            <Button size="xs" variant="default" onClick={change.open}>
              {t('changeSecrets')}
            </Button>
          </Group>
        )}
      </Stack>
      <Dialog opened={isSigningUp} onClose={signUp.close} title={t('setUpSignUp')} size="lg">
        <SignUpForm app={app} onDone={signUp.close} />
      </Dialog>
      <Dialog opened={isChanging} onClose={change.close} title={t('changeSecrets')}>
        <SecretsForm id={app.id} onDone={change.close} />
      </Dialog>
    </Paper>
  );
}

function SecretsForm({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation('planfix');
  const { t: say } = useTranslation();
  const change = api.useMutation('patch', '/v1/meta-apps/{id}');
  const { given, take, rest } = useFields({ appSecret: '', verifyToken: '' }, change.error);
  const { appSecret, verifyToken } = given;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { ...(appSecret === '' ? {} : { appSecret }), ...(verifyToken === '' ? {} : { verifyToken }) };
    change.mutate(
      { params: { path: { id } }, body },
      {
        onSuccess: () => {
          readAnew();
          notifications.show({ message: t('secretsChanged') });
          onDone();
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{t('changeSecretsHint')}</Text>
        {rest && <Failure error={rest} />}
        <PasswordInput label={t('appSecret')} autoComplete="off" data-autofocus {...take('appSecret')} />
        <PasswordInput label={t('verifyToken')} autoComplete="off" {...take('verifyToken')} />
        <Button type="submit" loading={change.isPending} disabled={appSecret === '' && verifyToken === ''}>
          {say('save')}
        </Button>
      </Stack>
    </form>
  );
}
