import { Anchor, Code, NativeSelect, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, type Schemas } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { useConnectionChoices } from '../layout/connection-select.tsx';
import { DataTable } from '../layout/data-table.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { EmptyState, Loaded, Page } from '../layout/page.tsx';
import { Moment } from '../layout/times.tsx';
import { useAddress } from '../layout/use-address.ts';
import { allItems, PAGED } from '../layout/use-pages.ts';

type Entry = Schemas['AuditEntry'];
const SUBJECTS = ['connection', 'planfix-account', 'meta-app', 'operator', 'api-key', 'mailing', 'problem'];

/** Every change, newest first. */
export function AuditPage() {
  const { t } = useTranslation();
  const { t: say } = useTranslation('audit');
  const words = useAuditWords();
  const [params, put] = useAddress();
  const subjectKind = SUBJECTS.find((known) => known === params.get('subjectKind')) ?? '';
  const query = api.useInfiniteQuery(
    'get',
    '/v1/audit-entries',
    { params: { query: subjectKind === '' ? {} : { subjectKind } } },
    PAGED,
  );
  useLive('audit', '/v1/audit-entries');
  return (
    <Page title={t('audit')} description={say('description')}>
      <NativeSelect
        label={say('subject')}
        maw={280}
        value={subjectKind}
        onChange={(event) => put('subjectKind', event.currentTarget.value)}
        data={[
          { value: '', label: say('anySubject') },
          ...SUBJECTS.map((value) => ({ value, label: words('subject', value) })),
        ]}
      />
      <Loaded query={allItems(query)}>{(entries) => <Entries entries={entries} />}</Loaded>
      <MoreButton {...query} />
    </Page>
  );
}

/** Words for what the log names; what has none is shown as it is. */
function useAuditWords() {
  const { t } = useTranslation('audit');
  return (what: 'actor' | 'action' | 'subject', word: string) =>
    t(`${what}_${word}` as 'action_create', { defaultValue: word });
}

function Entries({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation();
  const { t: say } = useTranslation('audit');
  const words = useAuditWords();
  if (entries.length === 0) return <EmptyState title={say('empty')}>{say('emptyHint')}</EmptyState>;
  return (
    <DataTable
      label={t('audit')}
      heads={[say('at'), say('who'), say('what'), say('subject'), say('details')]}
      minWidth={640}
      verticalSpacing="xs"
    >
      {entries.map((entry) => (
        <Table.Tr key={entry.id}>
          <Table.Td>
            <Moment at={entry.at} />
          </Table.Td>
          <Table.Td>{entry.actorName ?? words('actor', entry.actor)}</Table.Td>
          <Table.Td>{words('action', entry.action)}</Table.Td>
          <Table.Td>
            {words('subject', entry.subjectKind)} <Subject entry={entry} />
          </Table.Td>
          <Table.Td>{entry.detail !== null && <Code>{JSON.stringify(entry.detail)}</Code>}</Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}

/** A connection by its number, all else by its id. */
function Subject({ entry: { subjectKind, subjectId } }: { entry: Entry }) {
  const connection = useConnectionChoices().find(({ value }) => value === subjectId);
  if (subjectKind === 'connection' && connection !== undefined) {
    return (
      <Anchor component={Link} to={`/connections/${connection.value}`} size="sm">
        {connection.label}
      </Anchor>
    );
  }
  return (
    <Text span size="xs" c="dimmed">
      {subjectId}
    </Text>
  );
}
