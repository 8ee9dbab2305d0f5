import { useEffect } from 'react';
import { api, type Schemas } from '../api/client.ts';
import type { Draft } from './draft.ts';
import { useWizard } from './wizard.tsx';

type Settings = Schemas['Connection']['settings'];

/**
 * The settings of the same number from when it was connected before. Those that the wizard asks for are offered again,
 * once; the others are kept.
 */
export function useFormerSettings(): Settings | undefined {
  const { draft, change } = useWizard();
  const { planfixAccountId = '', formerId } = draft;
  const { data } = api.useQuery(
    'get',
    '/v1/connections',
    { params: { query: { state: 'disconnected', planfixAccountId, limit: 100 } } },
    { enabled: planfixAccountId !== '' },
  );
  const former = data?.items.find((connection) => isSameNumber(connection, draft));
  useEffect(() => {
    if (former === undefined || former.id === formerId) return;
    const { taskTemplate, contactTemplate, additionalAssignees, fallbackOrder, language, historyDays } =
      former.settings;
    const { id, configuredBy } = former;
    change({
      ...{ formerId: id, configuredBy, taskTemplate, contactTemplate },
      ...{ additionalAssignees, fallbackOrder, language, historyDays },
    });
  }, [former, formerId, change]);
  return former?.settings;
}

function isSameNumber({ provider, phoneNumberId }: Schemas['Connection'], draft: Draft): boolean {
  const id = draft.road === 'dialog360' ? draft.phone.replace(/\D/g, '') : draft.phoneNumberId;
  return phoneNumberId === id && (provider === 'dialog360') === (draft.road === 'dialog360');
}
