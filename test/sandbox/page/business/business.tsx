import { Badge, Button, Code, Group, Text } from '@mantine/core';
import { useAct } from '../acting.tsx';
import { accountEvent } from '../control/business-calls.ts';
import type { BusinessNumber, World } from '../control/world.ts';
import { EmptyState } from '../empty-state.tsx';
import { HalfTitle } from '../half-title.tsx';
import { PhoneIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';

/** The business's own side: the owner's phone, Meta's settings, and what can be connected. */
export function Business({ world }: { world: World }) {
  const t = useTexts();
  return (
    <main className="half" aria-label={t.business}>
      <Group className="half-head" wrap="nowrap">
        <HalfTitle name={t.business} side={t.businessSide} />
      </Group>
      {world.numbers.length === 0 && (
        <EmptyState icon={<PhoneIcon size={28} />} title={t.noNumberTitle} hint={t.noNumberHint} />
      )}
      <div className="scrolled template-list">
        {world.numbers.map((number) => (
          <NumberCard key={number.phoneNumberId} number={number} />
        ))}
      </div>
    </main>
  );
}

const colors: Record<string, string> = {
  ...{ registered: 'green', linked: 'green', hosted: 'green' },
  ...{ suspended: 'orange', personal: 'red' },
};

function NumberCard({ number }: { number: BusinessNumber }) {
  const t = useTexts();
  const { verifiedName, displayPhoneNumber, kind, isSuspended, pin, apiKey } = number;
  const state = isSuspended ? 'suspended' : apiKey !== undefined ? 'hosted' : kind;
  return (
    <article className="template-card" aria-label={verifiedName}>
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600} size="sm">
          {verifiedName} · {displayPhoneNumber}
        </Text>
        <Badge size="sm" variant="light" color={colors[state] ?? 'gray'}>
          {t.numberKinds[state] ?? state}
        </Badge>
      </Group>
      <Ids number={number} />
      {pin !== null && (
        <Text size="xs" c="dimmed">
          {t.twoStepPin} <Code>{pin}</Code>
        </Text>
      )}
      <Actions number={number} />
    </article>
  );
}

/** What an administrator types or chooses when connecting. */
function Ids({ number }: { number: BusinessNumber }) {
  const t = useTexts();
  const { phoneNumberId, wabaId, appId, tokens, apiKey, displayPhoneNumber } = number;
  const atMeta = [
    [t.phoneNumberId, phoneNumberId],
    [t.wabaId, wabaId],
    [t.appId, appId],
    ...tokens.slice(0, 1).map((token) => [t.accessToken, token]),
  ];
  const at360dialog = [
    [t.hostedPhone, displayPhoneNumber],
    [t.apiKey, apiKey],
  ];
  const rows = apiKey === undefined ? atMeta : at360dialog;
  return (
    <dl className="number-ids">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Code>{value}</Code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Actions({ number }: { number: BusinessNumber }) {
  const t = useTexts();
  const act = useAct();
  const { wabaId, phoneNumberId, kind, isSuspended, appId, partners } = number;
  const happen = (event: string, more = {}) => void act(() => accountEvent(wabaId, { event, phoneNumberId, ...more }));
  return (
    <>
      {kind === 'linked' && (
        <>
          <Text size="xs" c="dimmed" mt={8}>
            {t.ownersPhone}
          </Text>
          <Group gap={6} mt={4}>
            <Button size="compact-xs" variant="light" color="red" onClick={() => happen('PARTNER_REMOVED')}>
              {t.disconnectPlatform}
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => happen(isSuspended ? 'ACCOUNT_RECONNECTED' : 'ACCOUNT_OFFBOARDED')}
            >
              {isSuspended ? t.phoneIsBack : t.changePhone}
            </Button>
          </Group>
        </>
      )}
      {partners.includes(appId) && (
        <>
          <Text size="xs" c="dimmed" mt={8}>
            {t.metaSettings}
          </Text>
          <Group gap={6} mt={4}>
            <Button
              size="compact-xs"
              variant="light"
              color="red"
              onClick={() => happen('PARTNER_REMOVED', { form: 'partner', appId })}
            >
              {t.removePartner}
            </Button>
          </Group>
        </>
      )}
    </>
  );
}
