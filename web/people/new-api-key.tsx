import { Button, MultiSelect, NativeSelect, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type BodyOf } from '../api/client.ts';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
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
  const { given, take, rest } = useFields({ name: '', planfixAccountId: '' }, create.error);
  const [scopes, setScopes] = useState<Scope[]>(['read']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const planfixAccountId = given.planfixAccountId || null;
    create.mutate(
      { body: { name: given.name, scopes, planfixAccountId } },
      { onSuccess: ({ secret }) => onMade(secret) },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {rest && <Failure error={rest} />}
        <TextInput label={t('keyName')} required data-autofocus {...take('name')} />
        <MultiSelect
          label={t('scopes')}
          required
          data={[...SCOPES]}
          value={scopes}
          onChange={(chosen) => setScopes(chosen as Scope[])}
        />
        <NativeSelect
          label={t('account')}
          {...take('planfixAccountId')}
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
