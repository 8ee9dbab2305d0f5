import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { fieldErrorsOf } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { Failure } from '../layout/page.tsx';
import { Where } from './where.tsx';

type MetaApp = Schemas['MetaApp'];

/** The verify token is a word that two people type, so it is shown while it is made. */
const makeVerifyToken = () =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Id, secret and verify token of a Meta app. */
export function MetaAppForm({ onCreated }: { onCreated: (app: MetaApp, verifyToken: string) => void }) {
  const { t } = useTranslation('planfix');
  const [appId, setAppId] = useState('');
  const [appSecret, setAppSecret] = useState('');
  const [verifyToken, setVerifyToken] = useState('');
  const create = api.useMutation('post', '/v1/meta-apps');
  const errors = fieldErrorsOf(create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { body: { appId: appId.trim(), appSecret, verifyToken } },
      {
        onSuccess: (app) => {
          void queryClient.invalidateQueries({ queryKey: ['get', '/v1/meta-apps'] });
          onCreated(app, verifyToken);
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {create.error && Object.keys(errors).length === 0 && <Failure error={create.error} />}
        <TextInput
          label={t('appId')}
          required
          data-autofocus
          inputMode="numeric"
          value={appId}
          error={errors.appId}
          onChange={(event) => setAppId(event.currentTarget.value)}
        />
        <Where of={t('appId')} steps={[t('appIdWhere_1'), t('appIdWhere_2')]} />
        <PasswordInput
          label={t('appSecret')}
          required
          autoComplete="off"
          value={appSecret}
          error={errors.appSecret}
          onChange={(event) => setAppSecret(event.currentTarget.value)}
        />
        <Where of={t('appSecret')} steps={[t('appSecretWhere_1'), t('appSecretWhere_2')]} />
        <VerifyTokenField value={verifyToken} error={errors.verifyToken} onChange={setVerifyToken} />
        <Button type="submit" loading={create.isPending}>
          {t('add')}
        </Button>
      </Stack>
    </form>
  );
}

type VerifyTokenFieldProps = { value: string; error: string | undefined; onChange: (value: string) => void };

function VerifyTokenField({ value, error, onChange }: VerifyTokenFieldProps) {
  const { t } = useTranslation('planfix');
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        label={t('verifyToken')}
        description={t('verifyTokenHint')}
        required
        autoComplete="off"
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
        style={{ flex: 1 }}
      />
      <Button variant="default" onClick={() => onChange(makeVerifyToken())}>
        {t('suggestToken')}
      </Button>
    </Group>
  );
}
