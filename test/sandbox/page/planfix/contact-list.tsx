import { Button, Group, Modal, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAct } from '../acting.tsx';
import { createContact } from '../control/planfix-calls.ts';
import type { Account } from '../control/world.ts';
import { PersonPlusIcon } from '../icons.tsx';
import { PersonAvatar } from '../person-avatar.tsx';
import { useTexts } from '../texts/language.tsx';

type ContactListProps = { account: Account; open: number | undefined; onOpen: (id: number) => void };

/** Contacts, the newest first. */
export function ContactList({ account, open, onOpen }: ContactListProps) {
  const t = useTexts();
  const [creating, setCreating] = useState(false);
  const [words, setWords] = useState('');
  const shown = account.contacts.filter((contact) => matches(contact, words)).toReversed();
  return (
    <>
      <Group gap={6} px="sm" pb={6} wrap="nowrap">
        <TextInput
          size="xs"
          flex={1}
          aria-label={t.findContact}
          placeholder={t.findContact}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Button size="xs" variant="default" px={8} aria-label={t.newContact} onClick={() => setCreating(true)}>
          <PersonPlusIcon size={16} />
        </Button>
      </Group>
      {shown.length === 0 && (
        <Text size="sm" c="dimmed" ta="center" mt="xl">
          {t.noContacts}
        </Text>
      )}
      <div className="scrolled">
        {shown.map((contact) => (
          <UnstyledButton
            key={contact.id}
            className="task-row contact-row"
            aria-current={contact.number === open || undefined}
            onClick={() => onOpen(contact.number)}
          >
            <PersonAvatar name={contact.name} contact size={30} />
            <span className="contact-words">
              <Text size="sm" fw={500} truncate>
                {contact.name}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {contact.phones[0] ?? t.noPhone}
              </Text>
            </span>
          </UnstyledButton>
        ))}
      </div>
      <Modal
        opened={creating}
        onClose={() => setCreating(false)}
        title={t.newContact}
        centered
        closeButtonProps={{ 'aria-label': t.close }}
      >
        <NewContactForm account={account.account} onClose={() => setCreating(false)} onCreated={onOpen} />
      </Modal>
    </>
  );
}

const matches = ({ name, phones }: Account['contacts'][number], words: string): boolean =>
  [name, ...phones].join(' ').toLowerCase().includes(words.trim().toLowerCase());

type NewContactFormProps = { account: string; onClose: () => void; onCreated: (id: number) => void };

function NewContactForm({ account, onClose, onCreated }: NewContactFormProps) {
  const t = useTexts();
  const act = useAct();
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const isComplete = name.trim() !== '' && phone.trim() !== '';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    await act(async () => {
      onCreated((await createContact(account, { name: name.trim(), phone: phone.trim() })).id);
      onClose();
    });
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <TextInput
          label={t.name}
          placeholder={t.namePlaceholder}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label={t.phone}
          type="tel"
          placeholder={t.phonePlaceholder}
          value={phone}
          onChange={(event) => setPhone(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" disabled={!isComplete}>
            {t.createContact}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
