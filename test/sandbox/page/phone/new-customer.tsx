import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAct } from '../acting.tsx';
import { createCustomer } from '../control/client.ts';
import { useTexts } from '../texts/language.tsx';

type NewCustomerProps = { opened: boolean; onClose: () => void; onCreated: (userId: string) => void };

export function NewCustomer({ opened, onClose, onCreated }: NewCustomerProps) {
  const t = useTexts();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.newCustomerTitle}
      centered
      closeButtonProps={{ 'aria-label': t.close }}
    >
      <NewCustomerForm onClose={onClose} onCreated={onCreated} />
    </Modal>
  );
}

function NewCustomerForm({ onClose, onCreated }: Omit<NewCustomerProps, 'opened'>) {
  const t = useTexts();
  const act = useAct();
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const [username, setUsername] = useState(false);
  const digits = phone.replace(/\D/g, '');
  const isComplete = name.trim() !== '' && (username || digits.length >= 7);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    await act(async () => {
      const known = username ? {} : { phone: digits };
      onCreated((await createCustomer({ name: name.trim(), username, ...known })).userId);
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
          value={username ? '' : phone}
          disabled={username}
          onChange={(event) => setPhone(event.currentTarget.value)}
        />
        <Checkbox
          label={t.usernameOnly}
          description={t.usernameOnlyHint}
          checked={username}
          onChange={(event) => setUsername(event.currentTarget.checked)}
        />
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" disabled={!isComplete}>
            {t.createCustomer}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
