import { ActionIcon, Group, SegmentedControl, Select, Text, Title, Tooltip } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { type Account, type Contact, isContact, type Task } from '../control/world.ts';
import { EmptyState } from '../empty-state.tsx';
import { HalfTitle } from '../half-title.tsx';
import { PlusIcon, TasksIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { FreezeNote } from './card-buttons.tsx';
import { ContactCard } from './contact-card.tsx';
import { ContactList } from './contact-list.tsx';
import { NewTask } from './new-task.tsx';
import { OpenTask } from './open-task.tsx';
import { TaskList } from './task-list.tsx';

/** The agent's half: tasks on the left, the open one beside them. */
export function Planfix({ accounts, nowMs, hidden }: { accounts: Account[]; nowMs: number; hidden: boolean }) {
  const t = useTexts();
  const [chosen, setChosen] = useState<string>();
  const account = accounts.find((one) => one.account === chosen) ?? accounts[0];
  return (
    <main className="half planfix" aria-label={t.planfix} hidden={hidden}>
      <Group className="half-head" justify="space-between" wrap="nowrap">
        <HalfTitle name={t.planfix} side={t.agentSide} />
        {accounts.length > 1 && (
          <Select
            size="xs"
            w={200}
            searchable
            limit={50}
            aria-label={t.account}
            allowDeselect={false}
            data={accounts.map((one) => one.account)}
            value={account?.account ?? null}
            onChange={(value) => setChosen(value ?? undefined)}
          />
        )}
      </Group>
      {account === undefined ? (
        <EmptyState icon={<TasksIcon size={28} />} title={t.noAccountTitle} hint={t.noAccountHint} />
      ) : (
        <AccountView key={account.account} account={account} nowMs={nowMs} />
      )}
    </main>
  );
}

type Card = { kind: 'task' | 'contact'; id: number };

function AccountView({ account, nowMs }: { account: Account; nowMs: number }) {
  const [card, setCard] = useState<Card>();
  const [author, setAuthor] = useState<string>();
  const [newTaskFrom, setNewTaskFrom] = useState<{ assigner: string | undefined }>();
  const contact = card?.kind === 'contact' ? account.contacts.find(({ number }) => number === card.id) : undefined;
  const task = contact === undefined ? taskOf(account, card) : undefined;
  const openTask = (id: number) => setCard({ kind: 'task', id });
  const openContact = (id: number) => setCard({ kind: 'contact', id });
  return (
    <div className="planfix-body">
      <Side
        account={account}
        task={task}
        contact={contact}
        nowMs={nowMs}
        onTask={openTask}
        onContact={openContact}
        onNewTask={() => setNewTaskFrom({ assigner: contact?.id })}
      />
      <div className="card">
        <FreezeNote account={account} nowMs={nowMs} />
        {contact !== undefined && (
          <ContactCard
            account={account}
            contact={contact}
            author={author ?? usualAuthor(account)}
            nowMs={nowMs}
            onTask={openTask}
            onNewTask={() => setNewTaskFrom({ assigner: contact.id })}
          />
        )}
        {task !== undefined && (
          <OpenTask
            key={task.id}
            account={account}
            task={task}
            nowMs={nowMs}
            author={author ?? usualAuthor(account, task)}
            onAuthor={setAuthor}
            onContact={openContact}
          />
        )}
        {contact === undefined && task === undefined && <FirstSteps />}
      </div>
      <NewTask
        account={account}
        opened={newTaskFrom !== undefined}
        assigner={newTaskFrom?.assigner}
        onClose={() => setNewTaskFrom(undefined)}
        onCreated={openTask}
      />
    </div>
  );
}

const taskOf = ({ tasks }: Account, card: Card | undefined): Task | undefined =>
  tasks.find((task) => card?.kind === 'task' && task.id === card.id) ?? tasks.find((task) => !task.isDeleted);

type SideProps = {
  account: Account;
  task: Task | undefined;
  contact: Contact | undefined;
  nowMs: number;
  onTask: (id: number) => void;
  onContact: (id: number) => void;
  onNewTask: () => void;
};

/** Tasks or contacts, and a way to start a task by hand. */
function Side({ account, task, contact, nowMs, onTask, onContact, onNewTask }: SideProps) {
  const t = useTexts();
  const [list, setList] = useState<Card['kind']>('task');
  const unread = useUnread(account.tasks, task?.id);
  return (
    <div className="side">
      <Group gap={6} p="sm" pb={0} wrap="nowrap">
        <SegmentedControl
          size="xs"
          flex={1}
          aria-label={t.lists}
          value={list}
          onChange={(value) => setList(value as Card['kind'])}
          data={[
            { value: 'task', label: t.tasks },
            { value: 'contact', label: t.contacts },
          ]}
        />
        <Tooltip label={t.newTask} withArrow>
          <ActionIcon variant="default" size={30} aria-label={t.newTask} onClick={onNewTask}>
            <PlusIcon size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {list === 'task' ? (
        <TaskList tasks={account.tasks} openTask={task?.id} unread={unread} nowMs={nowMs} onOpen={onTask} />
      ) : (
        <ContactList account={account} open={contact?.number} onOpen={onContact} />
      )}
    </div>
  );
}

/** Shown until there is a task: the whole round, in the order in which a person tries it. */
function FirstSteps() {
  const t = useTexts();
  return (
    <section className="first-steps" aria-label={t.firstStepsTitle}>
      <Title order={2} size="h4">
        {t.firstStepsTitle}
      </Title>
      <ol>
        {t.firstSteps.map(({ title, hint }, index) => (
          <li key={title}>
            <span className="step-number">{index + 1}</span>
            <div>
              <Text fw={600} size="sm">
                {title}
              </Text>
              <Text size="sm" c="dimmed">
                {hint}
              </Text>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Whoever the task is assigned to answers it, unless the person at the page chose somebody. */
function usualAuthor(account: Account, task?: Task): string {
  const people = account.employees.filter((person) => person.active && !person.robot);
  const assignee = people.find((person) => task?.assignees.some((one) => one.id === person.id));
  return (assignee ?? people[0])?.id ?? '';
}

/** Tasks with something newer from a contact than what was there when they were last open. */
function useUnread(tasks: Task[], openId: number | undefined): Set<number> {
  const seen = useRef<Map<number, number>>(undefined);
  const [unread, setUnread] = useState<Set<number>>(new Set());
  useEffect(() => {
    // What is there when the page is opened counts as read.
    seen.current ??= new Map(tasks.map((task) => [task.id, newestFromContact(task)]));
    const known = seen.current;
    for (const task of tasks) if (task.id === openId) known.set(task.id, newestFromContact(task));
    setUnread(
      new Set(tasks.filter((task) => newestFromContact(task) > (known.get(task.id) ?? -1)).map((task) => task.id)),
    );
  }, [tasks, openId]);
  return unread;
}

const newestFromContact = (task: Task): number =>
  Math.max(0, ...task.comments.filter((comment) => isContact(comment.owner)).map((comment) => comment.id));
