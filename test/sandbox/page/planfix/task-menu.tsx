import { ActionIcon, Button, Group, Menu } from '@mantine/core';
import { useAct } from '../acting.tsx';
import { changeTask, type TaskChange } from '../control/client.ts';
import type { Account, Task, TaskStatus } from '../control/world.ts';
import { DotsIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { StatusDot } from './task-list.tsx';

/** The status and the bin of the open task. */
export function TaskMenu({ account, task }: { account: Account; task: Task }) {
  const t = useTexts();
  const act = useAct();
  const change = (wanted: TaskChange) => void act(() => changeTask(account.account, task.id, wanted));
  const purge = () => {
    if (window.confirm(t.purgeConfirm)) change({ purge: true });
  };
  return (
    <Group gap={6} wrap="nowrap">
      <StatusMenu statuses={account.statuses} task={task} onPick={(status) => change({ status })} />
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t.taskActions}>
            <DotsIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {task.isDeleted ? (
            <Menu.Item onClick={() => change({ restore: true })}>{t.restore}</Menu.Item>
          ) : (
            <Menu.Item onClick={() => change({ isDeleted: true })}>{t.moveToBin}</Menu.Item>
          )}
          <Menu.Item color="red" onClick={purge}>
            {t.purge}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

type StatusMenuProps = { statuses: TaskStatus[]; task: Task; onPick: (status: number) => void };

function StatusMenu({ statuses, task, onPick }: StatusMenuProps) {
  const t = useTexts();
  const group = (isActive: boolean) => statuses.filter((status) => status.isActive === isActive);
  const item = (status: TaskStatus) => (
    <Menu.Item key={status.id} leftSection={<StatusDot status={status} />} onClick={() => onPick(status.id)}>
      {status.name}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<StatusDot status={task.status} />}
          aria-label={t.setStatus(task.status.name)}
        >
          {task.status.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t.active}</Menu.Label>
        {group(true).map(item)}
        <Menu.Label>{t.inactive}</Menu.Label>
        {group(false).map(item)}
      </Menu.Dropdown>
    </Menu>
  );
}
