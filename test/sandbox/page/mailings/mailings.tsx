import { Button, Group, Select, Text, UnstyledButton } from '@mantine/core';
import { useCallback, useState } from 'react';
import { type Connection, listConnections, listMailings, type Mailing } from '../control/mailing-calls.ts';
import type { World } from '../control/world.ts';
import { EmptyState } from '../empty-state.tsx';
import { HalfTitle } from '../half-title.tsx';
import { PlusIcon, SendIcon, WarningIcon } from '../icons.tsx';
import { useLanguage, useTexts } from '../texts/language.tsx';
import { shortTime } from '../times.ts';
import { NewMailing } from './new-mailing.tsx';
import { OpenMailing, StateBadge } from './open-mailing.tsx';
import { usePolled } from './use-polled.ts';

const connectionsEveryMs = 10_000;
const mailingsEveryMs = 2_000;

type MailingsProps = {
  world: World;
  /** Takes a customer's phone into the hand, in the chat with that business number. */
  onPhone: (customer: string, phoneNumberId: string) => void;
};

/** Mailings by the product's API, as a company's own program would make them. */
export function Mailings({ world, onPhone }: MailingsProps) {
  const t = useTexts();
  return (
    <main className="half" aria-label={t.mailings}>
      {world.parley === undefined ? (
        <>
          <Group className="half-head">
            <HalfTitle name={t.mailings} side={t.mailingsSide} />
          </Group>
          <EmptyState icon={<WarningIcon size={28} />} title={t.parleyUnknownTitle} hint={t.parleyUnknownHint} />
        </>
      ) : (
        <KnownMailings key={world.parley.url} world={world} onPhone={onPhone} />
      )}
    </main>
  );
}

function KnownMailings({ world, onPhone }: MailingsProps) {
  const t = useTexts();
  const { answer: connections = [], reason } = usePolled(listConnections, connectionsEveryMs);
  const [chosen, setChosen] = useState<string>();
  const usable = connections.filter(({ state }) => state !== 'disconnected');
  const connection = usable.find(({ id }) => id === chosen) ?? usable[0];
  return (
    <>
      <Group className="half-head" justify="space-between" wrap="nowrap">
        <HalfTitle name={t.mailings} side={t.mailingsSide} />
        {connection !== undefined && (
          <Select
            size="xs"
            w={260}
            aria-label={t.connection}
            allowDeselect={false}
            data={usable.map((one) => ({ value: one.id, label: nameOf(one) }))}
            value={connection.id}
            onChange={(value) => setChosen(value ?? undefined)}
          />
        )}
      </Group>
      <Trouble reason={reason} />
      {connection === undefined ? (
        <EmptyState icon={<SendIcon size={28} />} title={t.noConnectionTitle} hint={t.noConnectionHint} />
      ) : (
        <OfConnection key={connection.id} connection={connection} world={world} onPhone={onPhone} />
      )}
    </>
  );
}

const nameOf = ({ verifiedName, displayPhoneNumber, phoneNumberId }: Connection): string =>
  [verifiedName, displayPhoneNumber ?? phoneNumberId].filter((part) => part !== null).join(', ');

function Trouble({ reason }: { reason: string | undefined }) {
  const t = useTexts();
  if (reason === undefined) return null;
  return (
    <Text c="red" size="sm" px="md" pb={6} role="alert" className="pre-line">
      {t.requestFailed(reason)}
    </Text>
  );
}

function OfConnection({ connection, world, onPhone }: MailingsProps & { connection: Connection }) {
  const t = useTexts();
  const ask = useCallback(() => listMailings(connection.id), [connection.id]);
  const { answer: mailings = [], reason, again } = usePolled(ask, mailingsEveryMs);
  const [openId, setOpenId] = useState<string | 'new'>();
  const id = openId ?? mailings[0]?.id ?? 'new';
  return (
    <>
      <Trouble reason={reason} />
      <div className="mailing-body">
        <nav className="side" aria-label={t.mailings}>
          <Button size="xs" m="sm" mb={6} leftSection={<PlusIcon size={14} />} onClick={() => setOpenId('new')}>
            {t.newMailing}
          </Button>
          <div className="scrolled">
            {mailings.map((mailing) => (
              <MailingRow
                key={mailing.id}
                mailing={mailing}
                nowMs={world.nowMs}
                isOpen={mailing.id === id}
                onOpen={() => setOpenId(mailing.id)}
              />
            ))}
          </div>
        </nav>
        {id === 'new' ? (
          <NewMailing
            connection={connection}
            onCreated={(created) => {
              setOpenId(created);
              again();
            }}
          />
        ) : (
          <OpenMailing key={id} id={id} connection={connection} onPhone={onPhone} />
        )}
      </div>
    </>
  );
}

type MailingRowProps = { mailing: Mailing; nowMs: number; isOpen: boolean; onOpen: () => void };

function MailingRow({ mailing, nowMs, isOpen, onOpen }: MailingRowProps) {
  const { t, language } = useLanguage();
  const { name, template, text, counts, state, createdAt, origin } = mailing;
  return (
    <UnstyledButton className="task-row" aria-current={isOpen || undefined} onClick={onOpen}>
      <Group gap={6} wrap="nowrap" justify="space-between">
        <StateBadge state={state} />
        <Text size="xs" c="dimmed" className="nowrap">
          {shortTime(Date.parse(createdAt), nowMs, language)}
        </Text>
      </Group>
      <Text size="sm" fw={500} lineClamp={2} my={3}>
        {name ?? template?.name ?? text}
      </Text>
      <Text size="xs" c="dimmed">
        {t.recipientCount(counts.recipients ?? 0)}
        {origin === 'detected' && ` · ${t.detected}`}
      </Text>
    </UnstyledButton>
  );
}
