import { Badge, Button, Group, Menu, NativeSelect, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { type Role, useSession } from '../api/session.ts';
import { Dialog } from '../layout/dialog.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { Failure, Loaded } from '../layout/page.tsx';
import { SecretOnce } from '../layout/secret-once.tsx';
import { useMomentWords } from '../layout/times.tsx';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { Invitation } from './invitation.tsx';

export const ROLES: readonly Role[] = ['admin', 'agent', 'viewer'];
type Operator = Schemas['Operator'];
/** A link that was just made, and for whom. */
export type MadeLink = { name: string; address: string; expiresAt: string };

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
          <Table.ScrollContainer minWidth={560}>
            <Table verticalSpacing="sm" aria-labelledby="people-title">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('name')}</Table.Th>
                  <Table.Th>{t('email')}</Table.Th>
                  <Table.Th>{t('role')}</Table.Th>
                  <Table.Th>{t('actions')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {operators.map((operator) => (
                  <OperatorRow key={operator.id} operator={operator} onLink={setLink} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
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
  const change = api.useMutation('patch', '/v1/operators/{id}');
  const makeLink = api.useMutation('post', '/v1/operators/{id}/sign-in-link');
  const params = { path: { id: operator.id } };
  const isDisabled = operator.disabledAt !== null;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Text>{operator.name}</Text>
          {operator.id === me?.id && <Badge variant="light">{t('you')}</Badge>}
          {isDisabled && <Badge color="gray">{t('disabled')}</Badge>}
        </Group>
        {change.error && <Failure error={change.error} />}
      </Table.Td>
      <Table.Td>{operator.email}</Table.Td>
      <Table.Td>
        <NativeSelect
          aria-label={`${t('role')}: ${operator.name}`}
          value={operator.role}
          disabled={isDisabled}
          onChange={(event) => change.mutate({ params, body: { role: event.currentTarget.value as Role } })}
          data={ROLES.map((role) => ({ value: role, label: t(`role_${role}`) }))}
        />
      </Table.Td>
      <Table.Td>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="subtle" size="compact-sm" aria-label={`${t('actions')}: ${operator.name}`}>
              …
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              onClick={() =>
                makeLink.mutate({ params }, { onSuccess: (made) => onLink({ name: operator.name, ...made }) })
              }
            >
              {t('newPassword')}
            </Menu.Item>
            <Menu.Item onClick={() => change.mutate({ params, body: { disabled: !isDisabled } })}>
              {t(isDisabled ? 'enable' : 'disable')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}

function LinkDialog({ link, onClose }: { link: MadeLink | undefined; onClose: () => void }) {
  const { t } = useTranslation('people');
  const words = useMomentWords();
  return (
    <Dialog opened={link !== undefined} onClose={onClose} title={t('linkFor', { name: link?.name ?? '' })}>
      {link !== undefined && (
        <Stack>
          <SecretOnce value={link.address}>
            {t('linkOnce', { name: link.name, until: words(link.expiresAt) })}
          </SecretOnce>
        </Stack>
      )}
    </Dialog>
  );
}
