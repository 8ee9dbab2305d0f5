import { Button, NumberInput, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { fieldErrorsOf } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { Failure } from '../layout/page.tsx';
import { restAddressOf } from './rest-address.ts';
import { Where } from './where.tsx';

type Created = Schemas['CreatedPlanfixAccount'];

const ASKED = ['name', 'url', 'token', 'primaryAdmin'];

/** Address, token and primary administrator of a Planfix account, which Planfix is asked about before it is stored. */
export function AccountForm({ onCreated }: { onCreated: (account: Created) => void }) {
  const { t } = useTranslation('planfix');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [token, setToken] = useState('');
  const [admin, setAdmin] = useState<number | string>('');
  const create = api.useMutation('post', '/v1/planfix-accounts', { onSuccess: readAccountsAnew });
  const errors = fieldErrorsOf(create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const url = restAddressOf(address);
    const body = { name: name.trim() || hostOf(url), url, token, primaryAdmin: `user:${admin}` };
    create.mutate({ body }, { onSuccess: onCreated });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {create.error && !ASKED.some((path) => errors[path] !== undefined) && <Failure error={create.error} />}
        <TextInput
          label={t('address')}
          description={t('addressHint')}
          required
          data-autofocus
          inputMode="url"
          value={address}
          error={errors.url}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('token')}
          required
          autoComplete="off"
          value={token}
          error={errors.token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        <Where of={t('token')} steps={[t('tokenWhere_1'), t('tokenWhere_2'), t('tokenWhere_3')]} />
        <AdminField value={admin} error={errors.primaryAdmin} onChange={setAdmin} />
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          value={name}
          error={errors.name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={create.isPending}>
          {t('checkAndConnect')}
        </Button>
      </Stack>
    </form>
  );
}

const readAccountsAnew = () => queryClient.invalidateQueries({ queryKey: ['get', '/v1/planfix-accounts'] });

/** What is no address is refused by the API, with the words for it. */
const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url);

type AdminFieldProps = {
  value: number | string;
  error: string | undefined;
  onChange: (value: number | string) => void;
};

function AdminField({ value, error, onChange }: AdminFieldProps) {
  const { t } = useTranslation('planfix');
  return (
    <>
      <NumberInput
        label={t('primaryAdmin')}
        description={t('primaryAdminHint')}
        required
        min={1}
        allowDecimal={false}
        allowNegative={false}
        hideControls
        value={value}
        error={error}
        onChange={onChange}
      />
      <Where of={t('primaryAdmin')} steps={[t('primaryAdminWhere_1'), t('primaryAdminWhere_2')]} />
    </>
  );
}
