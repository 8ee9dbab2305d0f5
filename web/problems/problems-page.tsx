import { Group, NativeSelect, SegmentedControl, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import type { paths } from '../api/schema.generated.ts';
import { useMay } from '../api/session.ts';
import { ConnectionSelect, useChosenConnection } from '../layout/connection-select.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { EmptyState, Loaded, Page } from '../layout/page.tsx';
import { useAddress } from '../layout/use-address.ts';
import { allItems, PAGED } from '../layout/use-pages.ts';
import { DecideAll } from './decide-all.tsx';
import { ProblemCard } from './problem-card.tsx';
import { openOf, type ProblemKind, useProblemKinds } from './use-problem-kinds.ts';

/** What needs a person, by kind; the address keeps what is looked at. */
export function ProblemsPage() {
  const { t } = useTranslation();
  const { t: say } = useTranslation('problems');
  const [params, put] = useAddress();
  const mayDecide = useMay('agent');
  const kind = params.get('kind') ?? '';
  const state = params.get('state') === 'settled' ? 'settled' : 'open';
  const [connectionId, setConnectionId] = useChosenConnection();
  const filter = { state, ...filterOf({ kind, connectionId }) } as ProblemFilter;
  const query = api.useInfiniteQuery('get', '/v1/problems', { params: { query: filter } }, PAGED);
  useLive('problems', '/v1/problems');
  const kinds = useProblemKinds();
  const chosen = kinds.find((one) => one.kind === kind);
  return (
    <Page title={t('problems')} description={say('description')}>
      <Group align="flex-end">
        <SegmentedControl
          aria-label={say('state')}
          value={state}
          onChange={(value) => put('state', value === 'open' ? '' : value)}
          data={[
            { value: 'open', label: say('open') },
            { value: 'settled', label: say('settled') },
          ]}
        />
        <NativeSelect
          label={say('kind')}
          maw={360}
          value={kind}
          onChange={(event) => put('kind', event.currentTarget.value)}
          data={kindChoices(kinds, kind, say('everyKind', { count: openOf(kinds) }))}
        />
        <ConnectionSelect value={connectionId} onChange={setConnectionId} everyLabel={say('everyConnection')} />
        {mayDecide && state === 'open' && chosen && <DecideAll kind={chosen} connectionId={connectionId} />}
      </Group>
      <Loaded query={allItems(query)}>
        {(problems) =>
          problems.length === 0 ? (
            <EmptyState title={say('empty')}>{say('emptyHint')}</EmptyState>
          ) : (
            <Stack component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
              {problems.map((problem) => (
                <ProblemCard key={problem.id} problem={problem} mayDecide={mayDecide} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <MoreButton {...query} />
    </Page>
  );
}

type ProblemFilter = NonNullable<paths['/v1/problems']['get']['parameters']['query']>;

/** Only what was chosen. */
const filterOf = (chosen: Record<string, string>) =>
  Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== ''));

/** Kinds of which some are open, and the one that is looked at. */
function kindChoices(kinds: readonly ProblemKind[], chosen: string, every: string) {
  const shown = kinds.filter(({ kind, open }) => open > 0 || kind === chosen);
  return [
    { value: '', label: every },
    ...shown.map(({ kind, title, open }) => ({ value: kind, label: `${title} (${open})` })),
  ];
}
