import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
import { restAddressOf } from './rest-address.ts';
import { Where } from './where.tsx';

type Created = Schemas['CreatedPlanfixAccount'];

/** Address, token and primary administrator of a Planfix account, which Planfix is asked about before it is stored. */
export function AccountForm({ onCreated }: { onCreated: (account: Created) => void }) {
  const { t } = useTranslation('planfix');
  const create = api.useMutation('post', '/v1/planfix-accounts', { onSuccess: readAccountsAnew });
  const { given, take, rest } = useFields({ url: '', token: '', primaryAdmin: '', name: '' }, create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { token, primaryAdmin } = given;
    const url = restAddressOf(given.url);
    const body = { name: given.name.trim() || hostOf(url), url, token, primaryAdmin: `user:${primaryAdmin}` };
    create.mutate({ body }, { onSuccess: onCreated });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {rest && <Failure error={rest} />}
        <TextInput
          label={t('address')}
          description={t('addressHint')}
          required
          data-autofocus
          inputMode="url"
          {...take('url')}
        />
        <PasswordInput label={t('token')} required autoComplete="off" {...take('token')} />
        <Where of={t('token')} steps={[t('tokenWhere_1'), t('tokenWhere_2'), t('tokenWhere_3')]} />
        <TextInput
          label={t('primaryAdmin')}
          description={t('primaryAdminHint')}
          required
          inputMode="numeric"
          pattern="[1-9][0-9]*"
          {...take('primaryAdmin')}
        />
        <Where of={t('primaryAdmin')} steps={[t('primaryAdminWhere_1'), t('primaryAdminWhere_2')]} />
        <TextInput label={t('name')} description={t('nameHint')} maxLength={200} {...take('name')} />
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
