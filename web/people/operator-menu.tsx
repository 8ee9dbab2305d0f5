import { Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Failure } from '../layout/page.tsx';
import type { MadeLink } from './roles.ts';

type OperatorMenuProps = { operator: Schemas['Operator']; onLink: (link: MadeLink) => void };

/** What else can be done about somebody: a link for a new password, and letting them in or not. */
export function OperatorMenu({ operator: { id, name, disabled }, onLink }: OperatorMenuProps) {
  const { t } = useTranslation('people');
  const [isAsking, asking] = useDisclosure();
  const params = { path: { id } };
  const change = api.useMutation('patch', '/v1/operators/{id}', {
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['get', '/v1/operators'] });
      asking.close();
    },
  });
  const makeLink = api.useMutation('post', '/v1/operators/{id}/sign-in-link', {
    onSuccess: (made) => onLink({ name, ...made }),
  });
  const error = makeLink.error ?? (isAsking ? null : change.error);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" size="compact-sm" aria-label={`${t('actions')}: ${name}`}>
            …
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {disabled ? (
            <Menu.Item onClick={() => change.mutate({ params, body: { disabled: false } })}>{t('enable')}</Menu.Item>
          ) : (
            <>
              <Menu.Item onClick={() => makeLink.mutate({ params })}>{t('newPassword')}</Menu.Item>
              <Menu.Item onClick={asking.open}>{t('disable')}</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {error && <Failure error={error} />}
      <ConfirmDialog
        isOpen={isAsking}
        title={t('disableSure', { name })}
        hint={t('sessionsEnd')}
        action={t('disable')}
        isBusy={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ params, body: { disabled: true } })}
        onClose={asking.close}
      />
    </>
  );
}
