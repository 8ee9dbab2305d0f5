import { Anchor, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../api/client.ts';
import { useChoices } from '../connection-settings/use-choices.ts';
import { Moment } from '../layout/times.tsx';
import { hasTokenEnd, TokenExpiry } from './connection-list.tsx';
import type { Connection } from './state-badge.tsx';
import { useNetworkWords, useQualityWords, useRoadName } from './words.ts';

/** What the network and Parley know of the number. */
export function ConnectionFacts({ connection }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const road = useRoadName();
  const quality = useQualityWords();
  const say = useNetworkWords();
  const { facts, provider } = connection;
  const entries: [string, ReactNode][] = [
    [t('fact_displayName'), connection.verifiedName],
    [t('fact_nameStatus'), say(facts.nameStatus)],
    [t('road'), road(connection)],
    [t('quality'), quality(facts.quality)],
    [t('fact_limit'), say(facts.messagingLimit)],
    [t('fact_throughput'), say(facts.throughput)],
    [t('fact_status'), say(facts.status)],
    [t('fact_platform'), say(facts.platform)],
    [t('fact_token'), hasTokenEnd(connection) && <TokenExpiry key="token" connection={connection} />],
    [
      t('fact_lastNews'),
      connection.webhookSeenAt ? <Moment key="webhook" at={connection.webhookSeenAt} /> : t('fact_noneYet'),
    ],
    [t('fact_queued'), connection.queued],
    [t('account'), <PlanfixAccountName key="account" id={connection.planfixAccountId} />],
    [t('fact_configuredBy'), <EmployeeName key="configured" connection={connection} />],
    [t('fact_waba'), provider === 'dialog360' ? undefined : connection.wabaId],
    [t('fact_phoneNumberId'), provider === 'dialog360' ? undefined : connection.phoneNumberId],
    [t('fact_created'), <Moment key="created" at={connection.createdAt} />],
  ];
  return (
    <dl className="fact-list">
      {entries
        .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
        .map(([label, value]) => (
          <div key={label}>
            <Text component="dt" size="sm" c="dimmed">
              {label}
            </Text>
            <Text component="dd" size="sm" m={0}>
              {value}
            </Text>
          </div>
        ))}
    </dl>
  );
}

function EmployeeName({ connection: { planfixAccountId, configuredBy } }: { connection: Connection }) {
  const { data } = useChoices(planfixAccountId);
  return data?.employees.find(({ id }) => id === configuredBy)?.name ?? configuredBy;
}

function PlanfixAccountName({ id }: { id: string }) {
  const { data } = api.useQuery('get', '/v1/planfix-accounts/{id}', { params: { path: { id } } });
  return (
    <Anchor component={Link} to={`/connections/accounts#${id}`} size="sm">
      {data?.name ?? id}
    </Anchor>
  );
}
