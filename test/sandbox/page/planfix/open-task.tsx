import { Badge, Box, Group, Text, Title, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { type Account, isContact, type Person, type Task } from '../control/world.ts';
import { useLanguage } from '../texts/language.tsx';
import { fullTime } from '../times.ts';
import { usePinnedEnd } from '../use-pinned-end.ts';
import { CardButtons, Presses } from './card-buttons.tsx';
import { CommentBox, type Draft } from './comment-box.tsx';
import { CommentView, PersonName } from './comment-view.tsx';
import { FileList } from './file-list.tsx';
import { Html } from './html.tsx';
import { TaskMenu } from './task-menu.tsx';

type OpenTaskProps = {
  account: Account;
  task: Task;
  nowMs: number;
  author: string;
  onAuthor: (author: string) => void;
  onContact: (id: number) => void;
};

export function OpenTask({ account, task, nowMs, author, onAuthor, onContact }: OpenTaskProps) {
  const { t } = useLanguage();
  const [draft, setDraft] = useState<Draft>({});
  const [boxTurn, setBoxTurn] = useState(0);
  const startDraft = (next: Draft) => {
    setDraft(next);
    setBoxTurn((turn) => turn + 1);
  };
  const scroller = usePinnedEnd(task.comments.length);
  return (
    <section className="open-task" aria-label={task.name}>
      <TaskHead account={account} task={task} nowMs={nowMs} author={author} onContact={onContact} />
      <div className="scrolled task-scroll" ref={scroller}>
        <div>
          <Description task={task} />
          <Text size="xs" fw={700} c="dimmed" tt="uppercase" mt="lg" mb={4} lts="0.03em">
            {t.comments}
          </Text>
          {task.comments.length === 0 && (
            <Text size="sm" c="dimmed" py="xs">
              {t.noComments}
            </Text>
          )}
          {task.comments.map((comment) => (
            <CommentView
              key={comment.id}
              account={account.account}
              comment={comment}
              nowMs={nowMs}
              onDraft={startDraft}
            />
          ))}
        </div>
      </div>
      <CommentBox
        key={boxTurn}
        account={account}
        task={task}
        draft={draft}
        author={author}
        onAuthor={onAuthor}
        onDone={() => startDraft({})}
      />
    </section>
  );
}

function TaskHead({ account, task, nowMs, author, onContact }: Omit<OpenTaskProps, 'onAuthor'>) {
  const { t } = useLanguage();
  return (
    <Box className="task-head">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Box miw={0}>
          <Group gap={8}>
            <Text size="xs" c="dimmed" fw={600}>
              {t.taskNumber(task.id)}
            </Text>
            {task.isDeleted && (
              <Badge size="sm" color="red" variant="light">
                {t.inBin}
              </Badge>
            )}
          </Group>
          <Title order={2} size="h4" lineClamp={2}>
            {task.name}
          </Title>
        </Box>
        <TaskMenu account={account} task={task} />
      </Group>
      <Group mt={6} style={{ columnGap: 32, rowGap: 2 }}>
        <Role label={t.assigner} people={[task.assigner]} onContact={onContact} />
        <Role label={t.assignees} people={task.assignees} onContact={onContact} />
        {task.custom.map(({ name, value }) => (
          <Group key={name} gap={6} wrap="nowrap" maw={250}>
            <Text size="sm" c="dimmed" className="nowrap">
              {name}
            </Text>
            <Text size="sm" truncate title={value}>
              {value}
            </Text>
          </Group>
        ))}
      </Group>
      <Box mt={10} className="card-buttons">
        <CardButtons account={account} on={{ task: task.id }} author={author} />
        <Presses presses={account.presses.filter((press) => press.task === task.id)} answers={false} nowMs={nowMs} />
      </Box>
    </Box>
  );
}

type RoleProps = { label: string; people: Person[]; onContact: (id: number) => void };

/** A contact leads to their card. */
function Role({ label, people, onContact }: RoleProps) {
  const { t } = useLanguage();
  return (
    <Group gap={6} wrap="nowrap">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      {people.length === 0 && <Text size="sm">{t.nobody}</Text>}
      {people.map((person) =>
        isContact(person) ? (
          <UnstyledButton
            key={person.id}
            title={t.openContact}
            onClick={() => onContact(Number(person.id.slice('contact:'.length)))}
          >
            <PersonName person={person} />
          </UnstyledButton>
        ) : (
          <PersonName key={person.id} person={person} />
        ),
      )}
    </Group>
  );
}

function Description({ task }: { task: Task }) {
  const { t, language } = useLanguage();
  return (
    <section className="description" aria-label={t.description}>
      <Group justify="space-between" mb={4}>
        <Text size="xs" fw={700} c="dimmed" tt="uppercase" lts="0.03em">
          {t.description}
        </Text>
        <Text size="xs" c="dimmed">
          {fullTime(task.createdAtMs, language)}
        </Text>
      </Group>
      {task.descriptionHtml === '' && task.files.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t.descriptionEmpty}
        </Text>
      ) : (
        <Html html={task.descriptionHtml} />
      )}
      <FileList files={task.files} />
      {task.systemHtml !== '' && (
        <div className="system-text">
          <Html html={task.systemHtml} />
        </div>
      )}
    </section>
  );
}
