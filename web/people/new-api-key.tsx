import { Button, MultiSelect, NativeSelect, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type BodyOf } from '../api/client.ts';
import { fieldErrorsOf } from '../api/problem.ts';
import { Failure } from '../layout/page.tsx';
import { readKeysAnew } from './api-keys.tsx';

type Scope = BodyOf<'/v1/api-keys'>['scopes'][number];
const SCOPES: readonly Scope[] = [
  'admin',
  'read',
  'write:planfix-accounts',
  'write:meta-apps',
  'write:connections',
  'write:conversations',
  'write:messages',
  'write:problems',
  'write:api-keys',
];

/** What a new key is for and may do; `onMade` gets the key itself. */
export function NewApiKey({ onMade }: { onMade: (secret: string) => void }) {
  const { t } = useTranslation('people');
  const accounts = api.useQuery('get', '/v1/planfix-accounts', { params: { query: { limit: 100 } } });
  const create = api.useMutation('post', '/v1/api-keys', { onSuccess: readKeysAnew });
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scope[]>(['read']);
  const [account, setAccount] = useState('');
  const errors = fieldErrorsOf(create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const planfixAccountId = account === '' ? null : account;
    create.mutate({ body: { name, scopes, planfixAccountId } }, { onSuccess: ({ secret }) => onMade(secret) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {create.error && Object.keys(errors).length === 0 && <Failure error={create.error} />}
        <TextInput
          label={t('keyName')}
          required
          data-autofocus
          value={name}
          error={errors.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <MultiSelect
          label={t('scopes')}
          required
          data={[...SCOPES]}
          value={scopes}
          error={errors.scopes}
          onChange={(chosen) => setScopes(chosen as Scope[])}
        />
        <NativeSelect
          label={t('account')}
          value={account}
          onChange={(event) => setAccount(event.currentTarget.value)}
          data={[
            { value: '', label: t('everyAccount') },
            ...(accounts.data?.items ?? []).map(({ id, name: label }) => ({ value: id, label })),
          ]}
        />
        <Button type="submit" loading={create.isPending}>
          {t('newKey')}
        </Button>
      </Stack>
    </form>
  );
}
