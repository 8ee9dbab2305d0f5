import { Anchor, Group, Paper, Stack, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { DataTable } from '../layout/data-table.tsx';
import { useMomentWords } from '../layout/times.tsx';
import { type Connection, StateBadge } from './state-badge.tsx';
import { useNumberName, useQualityWords, useRoadName } from './words.ts';

type Account = Schemas['PlanfixAccount'];
type ListProps = { connections: Connection[]; accounts: Account[] };
/** As wide as the navigation needs beside a table. */
const IS_NARROW = '(max-width: 62em)';

/** A table, or cards where there is no room for one. */
export function ConnectionList(props: ListProps) {
  const isNarrow = useMediaQuery(IS_NARROW, undefined, { getInitialValueInEffect: false });
  return isNarrow ? <Cards {...props} /> : <Rows {...props} />;
}

const HEADS = ['number', 'state', 'road', 'quality', 'account', 'problems', 'tokenExpiry'] as const;

function Rows({ connections, accounts }: ListProps) {
  const { t } = useTranslation('connections');
  return (
    <DataTable label={t('title')} heads={HEADS.map((word) => t(word))} minWidth={760} highlightOnHover>
      {connections.map((connection) => (
        <Row key={connection.id} connection={connection} accounts={accounts} />
      ))}
    </DataTable>
  );
}

function Row({ connection, accounts }: { connection: Connection; accounts: Account[] }) {
  const road = useRoadName();
  const quality = useQualityWords();
  return (
    <Table.Tr>
      <Table.Td>
        <NumberLink connection={connection} />
      </Table.Td>
      <Table.Td>
        <StateBadge state={connection.state} />
      </Table.Td>
      <Table.Td>{road(connection)}</Table.Td>
      <Table.Td>{quality(connection.facts.quality)}</Table.Td>
      <Table.Td>{nameOf(accounts, connection)}</Table.Td>
      <Table.Td>
        <ProblemsLink connection={connection} />
      </Table.Td>
      <Table.Td>
        <TokenExpiry connection={connection} />
      </Table.Td>
    </Table.Tr>
  );
}

function Cards({ connections, accounts }: ListProps) {
  const { t } = useTranslation('connections');
  const road = useRoadName();
  const quality = useQualityWords();
  return (
    <Stack component="ul" gap="sm" p={0} m={0} aria-label={t('title')} style={{ listStyle: 'none' }}>
      {connections.map((connection) => (
        <Paper component="li" withBorder p="sm" key={connection.id}>
          <Group justify="space-between" align="flex-start" wrap="nowrap">
            <NumberLink connection={connection} />
            <StateBadge state={connection.state} />
          </Group>
          <Text size="sm" mt={6}>
            {road(connection)} · {nameOf(accounts, connection)}
          </Text>
          <Text size="sm">
            {t('quality')}: {quality(connection.facts.quality)}
          </Text>
          {hasTokenEnd(connection) && (
            <Text size="sm" component="div">
              {t('tokenExpiry')}: <TokenExpiry connection={connection} />
            </Text>
          )}
          <ProblemsLink connection={connection} />
        </Paper>
      ))}
    </Stack>
  );
}

const nameOf = (accounts: Account[], { planfixAccountId }: Connection) =>
  accounts.find(({ id }) => id === planfixAccountId)?.name ?? '';

function NumberLink({ connection }: { connection: Connection }) {
  const name = useNumberName();
  return (
    <Stack gap={0}>
      <Anchor component={Link} to={`/connections/${connection.id}`} fw={600} style={{ whiteSpace: 'nowrap' }}>
        {name(connection)}
      </Anchor>
      {connection.verifiedName !== null && (
        <Text size="sm" c="dimmed" lineClamp={2}>
          {connection.verifiedName}
        </Text>
      )}
    </Stack>
  );
}

function ProblemsLink({ connection: { id, openProblems } }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  if (openProblems === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('noProblems')}
      </Text>
    );
  }
  return (
    <Anchor component={Link} to={`/problems?connectionId=${id}`} size="sm">
      {t('problemsOpen', { count: openProblems })}
    </Anchor>
  );
}

/** A key of 360dialog has no end, and what is disconnected has no token. */
export const hasTokenEnd = ({ provider, state }: Connection) => provider !== 'dialog360' && state !== 'disconnected';

/** When the token ends, if anybody knows; an end that is near or past is said in bold. */
export function TokenExpiry({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const words = useMomentWords();
  const { tokenExpiresAt, tokenCheckedAt } = connection;
  if (!hasTokenEnd(connection)) return null;
  if (tokenExpiresAt === null) {
    return (
      <Text span size="sm" c="dimmed">
        {t(tokenCheckedAt === null ? 'expiryUnknown' : 'neverExpires')}
      </Text>
    );
  }
  const leftMs = Date.parse(tokenExpiresAt) - Date.now();
  return (
    <Text span size="sm" {...(leftMs < SOON_MS ? { fw: 700 } : {})}>
      {t(leftMs < 0 ? 'expired' : 'expires', { at: words(tokenExpiresAt) })}
    </Text>
  );
}

/** From here on the self-check warns, too. */
const SOON_MS = 14 * 24 * 3_600_000;
