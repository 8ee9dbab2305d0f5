import { Group, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useCallback, useState } from 'react';
import { type Connection, listRecipients, type Mailing } from '../control/mailing-calls.ts';
import type { Customer } from '../control/world.ts';
import { PersonAvatar } from '../person-avatar.tsx';
import { useTexts } from '../texts/language.tsx';
import { usePolled } from './use-polled.ts';

/** More of them are easier found by name than by scrolling. */
const fewRecipients = 12;

const everyMs = 2_000;

type RecipientsProps = {
  connection: Connection;
  mailing: Mailing;
  onPhone: (customer: string, phoneNumberId: string) => void;
};

/** Everybody who got a message of the mailing from this number; a click takes their phone into the hand. */
export function Recipients({ connection, mailing, onPhone }: RecipientsProps) {
  const t = useTexts();
  const [words, setWords] = useState('');
  const { phoneNumberId } = connection;
  const { template, text, createdAt } = mailing;
  const name = template?.name;
  const ask = useCallback(
    () => listRecipients({ phoneNumberId, createdAt, said: name === undefined ? { text } : { template: name } }),
    [phoneNumberId, createdAt, name, text],
  );
  const { answer: people = [] } = usePolled(ask, everyMs);
  const found = people.filter((customer) => matches(customer, words));
  return (
    <>
      <Group justify="space-between" mt="md" mb={6} mih={30}>
        <Text size="xs" fw={700} c="dimmed" tt="uppercase" lts="0.03em">
          {t.answerAs}
        </Text>
        {people.length > fewRecipients && (
          <TextInput
            size="xs"
            w={220}
            aria-label={t.findRecipient}
            placeholder={t.findRecipient}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        )}
      </Group>
      {found.length === 0 && (
        <Text size="sm" c="dimmed">
          {people.length === 0 ? t.nobodyGotIt : t.nobodyFound}
        </Text>
      )}
      <div className="recipients">
        {found.map(({ userId, name }) => (
          <UnstyledButton key={userId} className="recipient" onClick={() => onPhone(userId, phoneNumberId)}>
            <PersonAvatar name={name} size={22} />
            {name}
          </UnstyledButton>
        ))}
      </div>
    </>
  );
}

const matches = ({ name, phone = '' }: Customer, words: string): boolean =>
  `${name} +${phone}`.toLowerCase().includes(words.trim().toLowerCase());
