import { Badge, Button, Group, NativeSelect, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { queryClient } from '../api/query-client.ts';
import { type Role, useSession } from '../api/session.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { DataTable } from '../layout/data-table.tsx';
import { Dialog } from '../layout/dialog.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { Loaded } from '../layout/page.tsx';
import { SecretOnce } from '../layout/secret-once.tsx';
import { useMomentWords } from '../layout/times.tsx';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { Invitation } from './invitation.tsx';
import { OperatorMenu } from './operator-menu.tsx';
import { type MadeLink, ROLES } from './roles.ts';

type Operator = Schemas['Operator'];

/** People of the console: their roles, and links by which they come in. */
export function Operators() {
  const { t } = useTranslation('people');
  const query = api.useInfiniteQuery('get', '/v1/operators', {}, PAGED);
  useLive('operators', '/v1/operators');
  const [isInviting, invite] = useDisclosure();
  const [link, setLink] = useState<MadeLink>();
  return (
    <section aria-labelledby="people-title">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="people-title">
          {t('people')}
        </Title>
        <Button onClick={invite.open}>{t('invite')}</Button>
      </Group>
      <Loaded query={allItems(query)}>
        {(operators) => (
          <DataTable label={t('people')} heads={[t('name'), t('email'), t('role'), t('actions')]}>
            {operators.map((operator) => (
              <OperatorRow key={operator.id} operator={operator} onLink={setLink} />
            ))}
          </DataTable>
        )}
      </Loaded>
      <MoreButton {...query} />
      <Invitation isOpen={isInviting} onClose={invite.close} onLink={setLink} />
      <LinkDialog link={link} onClose={() => setLink(undefined)} />
    </section>
  );
}

function OperatorRow({ operator, onLink }: { operator: Operator; onLink: (link: MadeLink) => void }) {
  const { t } = useTranslation('people');
  const { operator: me } = useSession();
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Text>{operator.name}</Text>
          {operator.id === me?.id && <Badge variant="light">{t('you')}</Badge>}
          {operator.disabled && <Badge color="gray">{t('disabled')}</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>{operator.email}</Table.Td>
      <Table.Td>
        <RoleSelect operator={operator} />
      </Table.Td>
      <Table.Td>
        <OperatorMenu operator={operator} onLink={onLink} />
      </Table.Td>
    </Table.Tr>
  );
}

/** A change ends every session of the person, and a select changes with each arrow key: so it asks. */
function RoleSelect({ operator }: { operator: Operator }) {
  const { t } = useTranslation('people');
  const [asked, setAsked] = useState<Role>(operator.role);
  const [isAsking, asking] = useDisclosure();
  const change = api.useMutation('patch', '/v1/operators/{id}', {
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['get', '/v1/operators'] });
      asking.close();
    },
  });
  const choose = (role: Role) => {
    change.reset();
    setAsked(role);
    asking.open();
  };
  const { id, name, role, disabled } = operator;
  return (
    <>
      <NativeSelect
        aria-label={`${t('role')}: ${name}`}
        value={isAsking ? asked : role}
        disabled={disabled}
        onChange={(event) => choose(event.currentTarget.value as Role)}
        data={ROLES.map((value) => ({ value, label: t(`role_${value}`) }))}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('roleSure', { name, role: t(`role_${asked}`) })}
        hint={`${t(`roleHint_${asked}`)}. ${t('sessionsEnd')}`}
        action={t('changeRole')}
        isHarmless
        isBusy={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ params: { path: { id } }, body: { role: asked } })}
        onClose={asking.close}
      />
    </>
  );
}

function LinkDialog({ link, onClose }: { link: MadeLink | undefined; onClose: () => void }) {
  const { t } = useTranslation('people');
  const words = useMomentWords();
  return (
    <Dialog opened={link !== undefined} onClose={onClose} title={t('linkFor', { name: link?.name ?? '' })} isShownOnce>
      {link !== undefined && (
        <SecretOnce value={link.address}>{t('linkOnce', { name: link.name, until: words(link.expiresAt) })}</SecretOnce>
      )}
    </Dialog>
  );
}
