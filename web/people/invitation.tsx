import { Button, Radio, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import { fieldErrorsOf } from '../api/problem.ts';
import type { Role } from '../api/session.ts';
import { Dialog } from '../layout/dialog.tsx';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
import { type MadeLink, ROLES } from './operators.tsx';

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
  const { given, change, take } = useFields({ name: '', email: '', role: 'agent' as Role });
  const errors = fieldErrorsOf(create.error);
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
  return (
    <form onSubmit={submit}>
      <Stack>
        {create.error && Object.keys(errors).length === 0 && <Failure error={create.error} />}
        <TextInput label={t('name')} required data-autofocus {...take('name', errors)} />
        <TextInput label={t('email')} type="email" required {...take('email', errors)} />
        <Radio.Group label={t('role')} value={given.role} onChange={(role) => change('role', role as Role)}>
          <Stack gap="xs" mt="xs">
            {ROLES.map((role) => (
              <Radio key={role} value={role} label={t(`role_${role}`)} description={t(`roleHint_${role}`)} />
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
