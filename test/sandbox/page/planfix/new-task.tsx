import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAct } from '../acting.tsx';
import { createTask } from '../control/planfix-calls.ts';
import type { Account } from '../control/world.ts';
import { useTexts } from '../texts/language.tsx';

type NewTaskProps = {
  account: Account;
  opened: boolean;
  /** Whom it is proposed to be from. */
  assigner: string | undefined;
  onClose: () => void;
  onCreated: (id: number) => void;
};

/** A task that an employee starts, one that Parley has never seen. */
export function NewTask({ opened, onClose, ...rest }: NewTaskProps) {
  const t = useTexts();
  return (
    <Modal opened={opened} onClose={onClose} title={t.newTask} centered closeButtonProps={{ 'aria-label': t.close }}>
      {opened && <NewTaskForm onClose={onClose} {...rest} />}
    </Modal>
  );
}

function NewTaskForm({ account, assigner: proposed, onClose, onCreated }: Omit<NewTaskProps, 'opened'>) {
  const t = useTexts();
  const act = useAct();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [template, setTemplate] = useState(account.taskTemplates[0]?.id);
  const [assigner, setAssigner] = useState(proposed ?? account.contacts[0]?.id ?? account.employees[0]?.id ?? '');
  const isComplete = name.trim() !== '' && template !== undefined && assigner !== '';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    await act(async () => {
      const { id } = await createTask(account.account, { name: name.trim(), description, template, assigner });
      onCreated(id);
      onClose();
    });
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <TextInput
          label={t.taskName}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Select
          label={t.taskTemplate}
          allowDeselect={false}
          data={account.taskTemplates.map(({ id, name: label }) => ({ value: String(id), label }))}
          value={template === undefined ? null : String(template)}
          onChange={(value) => value !== null && setTemplate(Number(value))}
        />
        <AssignerChoice account={account} assigner={assigner} onChange={setAssigner} />
        <Textarea
          label={t.description}
          autosize
          minRows={2}
          maxRows={6}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" disabled={!isComplete}>
            {t.createTask}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type AssignerChoiceProps = { account: Account; assigner: string; onChange: (assigner: string) => void };

function AssignerChoice({ account, assigner, onChange }: AssignerChoiceProps) {
  const t = useTexts();
  return (
    <Select
      label={t.assigner}
      description={t.assignerHint}
      searchable
      allowDeselect={false}
      data={peopleOf(account, t.contacts, t.employees)}
      value={assigner}
      onChange={(value) => value !== null && onChange(value)}
    />
  );
}

function peopleOf({ contacts, employees }: Account, contactGroup: string, employeeGroup: string) {
  return [
    {
      group: contactGroup,
      items: contacts.map(({ id, name, phones }) => ({ value: id, label: [name, ...phones].join(', ') })),
    },
    {
      group: employeeGroup,
      items: employees.filter(({ active }) => active).map(({ id, name }) => ({ value: id, label: name })),
    },
  ].filter(({ items }) => items.length > 0);
}
