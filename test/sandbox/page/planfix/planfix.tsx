import { Group, Select, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { type Account, isContact, type Task } from '../control/world.ts';
import { EmptyState } from '../empty-state.tsx';
import { HalfTitle } from '../half-title.tsx';
import { TasksIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { OpenTask } from './open-task.tsx';
import { TaskList } from './task-list.tsx';

/** The agent's half: tasks on the left, the open one beside them. */
export function Planfix({ accounts, nowMs }: { accounts: Account[]; nowMs: number }) {
  const t = useTexts();
  const [chosen, setChosen] = useState<string>();
  const account = accounts.find((one) => one.account === chosen) ?? accounts[0];
  return (
    <main className="half planfix" aria-label={t.planfix}>
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

function AccountView({ account, nowMs }: { account: Account; nowMs: number }) {
  const [openId, setOpenId] = useState<number>();
  const [author, setAuthor] = useState<string>();
  const open = account.tasks.find((task) => task.id === openId) ?? account.tasks.find((task) => !task.isDeleted);
  const unread = useUnread(account.tasks, open?.id);
  return (
    <div className="planfix-body">
      <TaskList tasks={account.tasks} openTask={open?.id} unread={unread} nowMs={nowMs} onOpen={setOpenId} />
      {open === undefined ? (
        <FirstSteps />
      ) : (
        <OpenTask
          key={open.id}
          account={account}
          task={open}
          nowMs={nowMs}
          author={author ?? usualAuthor(account, open)}
          onAuthor={setAuthor}
        />
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
function usualAuthor(account: Account, task: Task): string {
  const people = account.employees.filter((person) => person.active && !person.robot);
  const assignee = people.find((person) => task.assignees.some((one) => one.id === person.id));
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
