import { ActionIcon, Badge, Group, Menu, Text } from '@mantine/core';
import { useAct } from '../acting.tsx';
import { deleteComment } from '../control/client.ts';
import { type Comment, isContact, type Person } from '../control/world.ts';
import { DotsIcon } from '../icons.tsx';
import { PersonAvatar } from '../person-avatar.tsx';
import { useLanguage } from '../texts/language.tsx';
import { shortTime } from '../times.ts';
import type { Draft } from './comment-box.tsx';
import { FileList } from './file-list.tsx';
import { Html } from './html.tsx';

type CommentViewProps = { account: string; comment: Comment; nowMs: number; onDraft: (draft: Draft) => void };

export function CommentView({ account, comment, nowMs, onDraft }: CommentViewProps) {
  const { t, language } = useLanguage();
  const fromContact = isContact(comment.owner);
  if (comment.isDeleted) {
    return (
      <Text size="xs" c="dimmed" fs="italic" ml={46} py={4}>
        {t.deletedComment}
      </Text>
    );
  }
  return (
    <article id={`comment-${comment.id}`} className="comment" data-contact={fromContact || undefined}>
      <PersonAvatar name={comment.owner.name} contact={fromContact} />
      <div className="comment-body">
        <Group gap={8} wrap="nowrap">
          <PersonName person={comment.owner} bold />
          <Text size="xs" c="dimmed">
            {shortTime(comment.atMs, nowMs, language)}
          </Text>
          {comment.isEdited && (
            <Text size="xs" c="dimmed">
              {t.edited}
            </Text>
          )}
          {comment.isHidden && (
            <Badge size="xs" color="gray" variant="light">
              {t.hidden}
            </Badge>
          )}
          <CommentMenu account={account} comment={comment} onDraft={onDraft} />
        </Group>
        {comment.html !== '' && <Html html={comment.html} />}
        <FileList files={comment.files} />
        <Notified people={comment.notified} />
      </div>
    </article>
  );
}

export function PersonName({ person, bold = false }: { person: Person; bold?: boolean }) {
  return (
    <Text component="span" size="sm" fw={bold ? 600 : 400} className={isContact(person) ? 'contact-name' : ''} truncate>
      {person.name}
    </Text>
  );
}

function Notified({ people }: { people: Person[] }) {
  const { t } = useLanguage();
  return (
    <Text size="xs" c="dimmed" mt={4}>
      {people.length === 0 ? t.notifiedNobody : `${t.notifiedList} `}
      {people.map((person, index) => (
        <span key={person.id}>
          {index > 0 && ', '}
          <span className={isContact(person) ? 'contact-name' : ''}>{person.name}</span>
        </span>
      ))}
    </Text>
  );
}

type CommentMenuProps = { account: string; comment: Comment; onDraft: (draft: Draft) => void };

/** Only what an employee wrote can be changed; what the customer wrote can be answered. */
function CommentMenu({ account, comment, onDraft }: CommentMenuProps) {
  const { t } = useLanguage();
  const act = useAct();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          className="comment-menu"
          variant="subtle"
          color="gray"
          size="sm"
          ml="auto"
          aria-label={t.commentActions(comment.id)}
        >
          <DotsIcon size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onDraft({ replyTo: comment })}>{t.replyTo}</Menu.Item>
        {!isContact(comment.owner) && (
          <>
            <Menu.Item onClick={() => onDraft({ editing: comment })}>{t.edit}</Menu.Item>
            <Menu.Item color="red" onClick={() => void act(() => deleteComment(account, comment.id))}>
              {t.delete}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
