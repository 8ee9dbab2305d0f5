import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { isEndedByOwner } from '../connections/state-meaning.ts';
import { type Draft, freshSettings, numberOf } from './draft.ts';
import { useWizard } from './wizard.tsx';

/**
 * The settings of the same number from before it was disconnected, here or by its owner. Those that the wizard asks for
 * are offered again, once; the others are kept. Until that is known nothing is to be typed, which it would overwrite.
 */
export function useFormerSettings() {
  const { i18n } = useTranslation();
  const { draft, change } = useWizard();
  const { planfixAccountId = '', settingsOf, isFormer } = draft;
  const search = numberOf(draft);
  const query = api.useQuery(
    'get',
    '/v1/connections',
    { params: { query: { planfixAccountId, search, limit: 100 } } },
    // What was known of it in an earlier wizard may have changed since.
    { gcTime: 0 },
  );
  const same = query.data?.items.filter((connection) => isSameNumber(connection, draft)) ?? [];
  const former = same.find(isEndedByOwner) ?? same.find(({ state }) => state === 'disconnected');
  const wanted = `${planfixAccountId} ${search}`;
  const isKnown = query.data !== undefined;
  const isSettled = isKnown && settingsOf === wanted;
  useEffect(() => {
    if (!isKnown || settingsOf === wanted) return;
    if (former !== undefined) change({ ...offered(former), settingsOf: wanted, isFormer: true });
    else change({ ...(isFormer ? freshSettings(i18n.language) : {}), settingsOf: wanted });
  }, [isKnown, former, settingsOf, wanted, isFormer, i18n.language, change]);
  const { error, refetch } = query;
  return { former: former?.settings, isSettled, query: { data: isSettled || undefined, error, refetch } };
}

function offered({ settings, configuredBy }: Schemas['Connection']): Partial<Draft> {
  const { taskTemplate, contactTemplate, additionalAssignees, fallbackOrder, language, historyDays } = settings;
  return {
    ...{ configuredBy, taskTemplate, contactTemplate },
    ...{ additionalAssignees, fallbackOrder, language, historyDays },
  };
}

const isSameNumber = ({ provider, phoneNumberId }: Schemas['Connection'], draft: Draft): boolean =>
  phoneNumberId === numberOf(draft) && (provider === 'dialog360') === (draft.road === 'dialog360');
