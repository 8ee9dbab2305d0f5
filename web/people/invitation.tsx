import { Button, Radio, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import type { Role } from '../api/session.ts';
import { Dialog } from '../layout/dialog.tsx';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
import { type MadeLink, ROLES } from './roles.ts';

type InvitationProps = { isOpen: boolean; onClose: () => void; onLink: (link: MadeLink) => void };

/** Makes an operator and the link by which they choose their password. */
export function Invitation({ isOpen, onClose, onLink }: InvitationProps) {
  const { t } = useTranslation('people');
  return (
    <Dialog opened={isOpen} onClose={onClose} title={t('inviteTitle')}>
      <InvitationForm onClose={onClose} onLink={onLink} />
    </Dialog>
  );
}

function InvitationForm({ onClose, onLink }: Omit<InvitationProps, 'isOpen'>) {
  const { t } = useTranslation('people');
  const create = api.useMutation('post', '/v1/operators');
  const { given, change, take, rest } = useFields({ name: '', email: '', role: 'agent' as Role }, create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { body: given },
      {
        onSuccess: ({ name, address, expiresAt }) => {
          onClose();
          onLink({ name, address, expiresAt });
        },
      },
    );
  };
  const role = take('role');
  return (
    <form onSubmit={submit}>
      <Stack>
        {rest && <Failure error={rest} />}
        <TextInput label={t('name')} required data-autofocus {...take('name')} />
        <TextInput label={t('email')} type="email" required {...take('email')} />
        <Radio.Group
          label={t('role')}
          value={role.value}
          error={role.error}
          onChange={(value) => change('role', value as Role)}
        >
          <Stack gap="xs" mt="xs">
            {ROLES.map((one) => (
              <Radio key={one} value={one} label={t(`role_${one}`)} description={t(`roleHint_${one}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Button type="submit" loading={create.isPending}>
          {t('invite')}
        </Button>
      </Stack>
    </form>
  );
}
