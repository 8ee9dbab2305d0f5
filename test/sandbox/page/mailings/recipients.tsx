import { Group, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { Connection, Mailing } from '../control/mailing-calls.ts';
import type { Customer, World } from '../control/world.ts';
import { PersonAvatar } from '../person-avatar.tsx';
import { useTexts } from '../texts/language.tsx';

/** More of them are easier found by name than by scrolling. */
const fewRecipients = 12;

type RecipientsProps = {
  connection: Connection;
  mailing: Mailing;
  world: World;
  onPhone: (customer: string, phoneNumberId: string) => void;
};

/** Everybody who got a message of the mailing from this number; a click takes their phone into the hand. */
export function Recipients({ connection, mailing, world, onPhone }: RecipientsProps) {
  const t = useTexts();
  const [words, setWords] = useState('');
  const people = recipientsOf(mailing, connection, world);
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
          <UnstyledButton key={userId} className="recipient" onClick={() => onPhone(userId, connection.phoneNumberId)}>
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

function recipientsOf(mailing: Mailing, { phoneNumberId }: Connection, world: World): Customer[] {
  const sinceMs = Date.parse(mailing.createdAt);
  const got = new Set(
    world.chats
      .filter((chat) => chat.phoneNumberId === phoneNumberId)
      .filter(({ messages }) =>
        messages.some((message) => message.from === 'business' && isOf(mailing, message, sinceMs)),
      )
      .map(({ customer }) => customer),
  );
  return world.customers.filter(({ userId }) => got.has(userId));
}

const isOf = (
  { template, text }: Mailing,
  message: World['chats'][number]['messages'][number],
  sinceMs: number,
): boolean =>
  message.atMs >= sinceMs - 5_000 &&
  (template === null ? message.text === text : Object(message.payload).name === template.name);
