import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
import { Where } from './where.tsx';

type MetaApp = Schemas['MetaApp'];

/** The verify token is a word that two people type, so it is shown while it is made. */
const makeVerifyToken = () =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Id, secret and verify token of a Meta app. */
export function MetaAppForm({ onCreated }: { onCreated: (app: MetaApp, verifyToken: string) => void }) {
  const { t } = useTranslation('planfix');
  const create = api.useMutation('post', '/v1/meta-apps');
  const { given, change, take, rest } = useFields({ appId: '', appSecret: '', verifyToken: '' }, create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { body: { ...given, appId: given.appId.trim() } },
      {
        onSuccess: (app) => {
          void queryClient.invalidateQueries({ queryKey: ['get', '/v1/meta-apps'] });
          onCreated(app, given.verifyToken);
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {rest && <Failure error={rest} />}
        <TextInput label={t('appId')} required data-autofocus inputMode="numeric" {...take('appId')} />
        <Where of={t('appId')} steps={[t('appIdWhere_1'), t('appIdWhere_2')]} />
        <PasswordInput label={t('appSecret')} required autoComplete="off" {...take('appSecret')} />
        <Where of={t('appSecret')} steps={[t('appSecretWhere_1'), t('appSecretWhere_2')]} />
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <TextInput
            label={t('verifyToken')}
            description={t('verifyTokenHint')}
            required
            autoComplete="off"
            style={{ flex: 1 }}
            {...take('verifyToken')}
          />
          <Button variant="default" onClick={() => change('verifyToken', makeVerifyToken())}>
            {t('suggestToken')}
          </Button>
        </Group>
        <Button type="submit" loading={create.isPending}>
          {t('add')}
        </Button>
      </Stack>
    </form>
  );
}
