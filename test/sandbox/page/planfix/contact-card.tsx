import { Box, Button, Group, Text, Title, UnstyledButton } from '@mantine/core';
import type { Account, Contact, Task } from '../control/world.ts';
import { PhoneIcon, PlusIcon } from '../icons.tsx';
import { PersonAvatar } from '../person-avatar.tsx';
import { useTexts } from '../texts/language.tsx';
import { CardButtons, Presses } from './card-buttons.tsx';
import { StatusDot } from './task-list.tsx';

type ContactCardProps = {
  account: Account;
  contact: Contact;
  author: string;
  nowMs: number;
  onTask: (id: number) => void;
  onNewTask: () => void;
};

/** A contact with its phones, what can be started from here, and its tasks. */
export function ContactCard({ account, contact, author, nowMs, onTask, onNewTask }: ContactCardProps) {
  const t = useTexts();
  const tasks = account.tasks.filter((task) => isOf(task, contact) && !task.isDeleted).toReversed();
  const presses = account.presses.filter((press) => press.contact === contact.number);
  return (
    <section className="open-task" aria-label={contact.name}>
      <Box className="task-head">
        <Group wrap="nowrap" gap="md">
          <PersonAvatar name={contact.name} contact size={52} />
          <Box miw={0}>
            <Text size="xs" c="dimmed" fw={600}>
              {t.contactNumber(contact.number)}
            </Text>
            <Title order={2} size="h4" lineClamp={2}>
              {contact.name}
            </Title>
          </Box>
        </Group>
        <Group mt={10} gap="lg" c="dimmed">
          {contact.phones.map((phone) => (
            <Group key={phone} gap={6} wrap="nowrap">
              <PhoneIcon size={15} />
              <Text size="sm">{phone}</Text>
            </Group>
          ))}
          {contact.phones.length === 0 && <Text size="sm">{t.noPhone}</Text>}
        </Group>
      </Box>
      <div className="scrolled task-scroll">
        <Group gap={8}>
          <CardButtons account={account} on={{ contact: contact.number }} author={author} />
          <Button size="xs" variant="default" leftSection={<PlusIcon size={14} />} onClick={onNewTask}>
            {t.newTaskFrom(contact.name)}
          </Button>
        </Group>
        <Presses presses={presses} answers nowMs={nowMs} />
        <Text size="xs" fw={700} c="dimmed" tt="uppercase" mt="lg" mb={4} lts="0.03em">
          {t.tasksOfContact}
        </Text>
        {tasks.length === 0 && (
          <Text size="sm" c="dimmed" py="xs">
            {t.noTasksOfContact}
          </Text>
        )}
        {tasks.map((task) => (
          <UnstyledButton key={task.id} className="card-row" onClick={() => onTask(task.id)}>
            <StatusDot status={task.status} />
            <Text size="xs" c="dimmed" className="nowrap">
              {t.taskNumber(task.id)}
            </Text>
            <Text size="sm" truncate>
              {task.name}
            </Text>
          </UnstyledButton>
        ))}
      </div>
    </section>
  );
}

const isOf = ({ assigner }: Task, { id }: Contact): boolean => assigner.id === id;
