import { Avatar, Group, SegmentedControl, Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { Task, TaskStatus } from '../control/world.ts';
import { EmptyState } from '../empty-state.tsx';
import { TasksIcon } from '../icons.tsx';
import { PersonAvatar } from '../person-avatar.tsx';
import { useLanguage } from '../texts/language.tsx';
import { shortTime } from '../times.ts';
import { PersonName } from './comment-view.tsx';

type Filter = 'active' | 'all' | 'bin';

type TaskListProps = {
  tasks: Task[];
  openTask: number | undefined;
  unread: Set<number>;
  nowMs: number;
  onOpen: (id: number) => void;
};

/** Tasks with the newest activity first. */
export function TaskList({ tasks, openTask, unread, nowMs, onOpen }: TaskListProps) {
  const { t } = useLanguage();
  const [filter, setFilter] = useState<Filter>('all');
  const shown = tasks.filter((task) => passes(task, filter)).sort((one, other) => lastAtMs(other) - lastAtMs(one));
  return (
    <nav className="task-list" aria-label={t.tasks}>
      <SegmentedControl
        size="xs"
        fullWidth
        m="sm"
        mb={6}
        aria-label={t.tasks}
        value={filter}
        onChange={(value) => setFilter(value as Filter)}
        data={[
          { value: 'all', label: t.allTasks },
          { value: 'active', label: t.inWork },
          { value: 'bin', label: t.bin },
        ]}
      />
      {tasks.length === 0 && <EmptyState icon={<TasksIcon size={28} />} title={t.noTasksTitle} hint={t.noTasksHint} />}
      {tasks.length > 0 && shown.length === 0 && (
        <Text size="sm" c="dimmed" ta="center" mt="xl">
          {t.noTasksInFilter}
        </Text>
      )}
      <div className="scrolled">
        {shown.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            isOpen={task.id === openTask}
            isUnread={unread.has(task.id)}
            nowMs={nowMs}
            onOpen={() => onOpen(task.id)}
          />
        ))}
      </div>
    </nav>
  );
}

type TaskRowProps = { task: Task; isOpen: boolean; isUnread: boolean; nowMs: number; onOpen: () => void };

function TaskRow({ task, isOpen, isUnread, nowMs, onOpen }: TaskRowProps) {
  const { t, language } = useLanguage();
  return (
    <UnstyledButton
      className="task-row"
      aria-current={isOpen || undefined}
      data-quiet={task.isDeleted || !task.status.isActive || undefined}
      onClick={onOpen}
    >
      <Group gap={6} wrap="nowrap">
        <StatusDot status={task.status} />
        <Text size="xs" c="dimmed" truncate>
          {t.taskNumber(task.id)} · {task.isDeleted ? t.inBin : task.status.name}
        </Text>
        <Text size="xs" c="dimmed" ml="auto" className="nowrap">
          {shortTime(lastAtMs(task), nowMs, language)}
        </Text>
      </Group>
      <Group gap={6} wrap="nowrap" my={3}>
        <Text size="sm" fw={isUnread ? 700 : 500} className="task-name" lineClamp={2}>
          {task.name}
        </Text>
        {isUnread && <span className="unread-dot" role="img" aria-label={t.unread} title={t.unread} />}
      </Group>
      <Group gap={6} wrap="nowrap" justify="space-between">
        <PersonName person={task.assigner} />
        <Avatar.Group spacing={6}>
          {task.assignees.slice(0, 3).map((person) => (
            <PersonAvatar key={person.id} name={person.name} size={22} />
          ))}
        </Avatar.Group>
      </Group>
    </UnstyledButton>
  );
}

export function StatusDot({ status }: { status: TaskStatus }) {
  const { t } = useLanguage();
  const label = status.isActive ? t.active : t.inactive;
  return (
    <span
      className="status-dot"
      data-active={status.isActive || undefined}
      role="img"
      aria-label={label}
      title={label}
    />
  );
}

const lastAtMs = (task: Task): number => Math.max(task.createdAtMs, ...task.comments.map((comment) => comment.atMs));

function passes(task: Task, filter: Filter): boolean {
  if (filter === 'bin') return task.isDeleted;
  return !task.isDeleted && (filter === 'all' || task.status.isActive);
}
